"""Analyzers of our own: a Beam transform that writes an asset, as a step of Transform's analysis.

All of them run in Transform's one pass over the splits that it analyzes: the train split, unless
the pipeline says otherwise.
"""

import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_transform.beam as tft_beam
from tensorflow_transform import analyzer_nodes, nodes


def apply(
    ptransform: tft_beam.experimental.PTransformAnalyzer,
    asset_name: str,
    inputs: Sequence[tf.Tensor],
    companions: Sequence[tf.TensorSpec] = (),
) -> tuple[tf.Tensor, ...]:
    """Puts an analyzer into the graph.

    Args:
        ptransform: From batches of `inputs`, as tuples of arrays, to the path of the asset and the
            companions, each as a PCollection with one element.
        asset_name: File name of the asset.
        inputs: What is analyzed.
        companions: Shapes and types of the values that the graph needs beside the asset.

    Returns:
        The path of the asset, string `()`, and the companions. Their values are known only after
        the analysis; while it goes on, the graph sees others of the same type and rank.
    """
    infos = [
        analyzer_nodes.TensorInfo(
            tf.string, [], analyzer_nodes.TemporaryAssetInfo(b"not analyzed yet\n", "text")
        )
    ]
    infos += [
        analyzer_nodes.TensorInfo(spec.dtype, spec.shape.as_list(), None) for spec in companions
    ]
    # What `tft.experimental.ptransform_analyzer` does, but that one takes every output for an asset
    # as soon as one is, against its docstring (tensorflow_transform 1.16 to 1.21).
    with tf.name_scope(asset_name):  # an analyzer is named after its scope
        outputs = nodes.apply_multi_output_operation(
            analyzer_nodes.PTransform,
            analyzer_nodes.get_input_tensors_value_nodes(tuple(inputs)),
            ptransform=ptransform,
            is_partitionable=False,
            output_tensor_info_list=infos,
        )
        return tuple(map(analyzer_nodes.wrap_as_tensor, outputs))


def write_lines(lines: Sequence[str], path: str) -> np.ndarray:
    """Writes an asset, a line an entry, and returns its path as an analyzer puts it out."""
    tf.io.gfile.makedirs(os.path.dirname(path))  # noqa: PTH120 - may be gs://
    with tf.io.gfile.GFile(path, "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    return np.array(path.encode(), dtype=object)
