"""Whether a version's files can be those of a model, found by sizes and by parsing alone.

Loading takes what answers meanwhile seconds of the processors; what is torn is found here in
milliseconds. Wrong bytes of the right number are found by loading: a checkpoint has a checksum of
each tensor.

References:
    tensorflow/tensorflow `cc/saved_model/reader.cc`, whose words the errors have;
    `core/util/tensor_bundle/tensor_bundle.h` (a checkpoint: an index, and shards of plain bytes)
"""

import math
import pathlib
import warnings

import tensorflow as tf
from google.protobuf import message
from tensorflow.core.protobuf import saved_model_pb2

from serving import errors, versions

VARIABLES = "variables"


def check(path: pathlib.Path) -> None:
    """Checks the files of a version.

    Raises:
        ServingError: If they cannot be loaded.
        OSError: If one of them cannot be read.
    """
    _check_graph(path / versions.MODEL_FILE)
    _check_variables(path / VARIABLES)


def _check_graph(file: pathlib.Path) -> None:
    content, saved = file.read_bytes(), saved_model_pb2.SavedModel()
    try:
        with warnings.catch_warnings():
            # protobuf only warns of an end of a group that never began, and leaves out the rest.
            warnings.simplefilter("ignore", RuntimeWarning)
            is_read = saved.ParseFromString(content) == len(content)
    except message.DecodeError:
        is_read = False
    if not is_read:
        raise _lost(f"Can't parse {file} as binary proto")
    if not any(tf.saved_model.SERVING in graph.meta_info_def.tags for graph in saved.meta_graphs):
        raise errors.ServingError(
            errors.Code.NOT_FOUND,
            f"Could not find meta graph def matching supplied tags: {{ {tf.saved_model.SERVING} }}",
        )


def _check_variables(directory: pathlib.Path) -> None:
    """Holds the bytes of a checkpoint against what its index tells; a model may have none."""
    prefix = directory / VARIABLES
    if not prefix.with_suffix(".index").is_file():
        return
    try:
        reader = tf.train.load_checkpoint(str(prefix))
    except tf.errors.OpError as error:
        raise _lost(f"{prefix}.index: {error.message}") from None
    dtypes = reader.get_variable_to_dtype_map()
    needed = sum(
        math.prod(shape) * dtypes[name].size
        for name, shape in reader.get_variable_to_shape_map().items()
        if dtypes[name] not in (tf.string, tf.variant)  # of no size that is known before
    )
    found = sum(path.stat().st_size for path in directory.glob(f"{VARIABLES}.data-*"))
    if found < needed:
        raise _lost(f"{prefix}.data-* must have at least {needed} bytes. Received: {found}")


def _lost(words: str) -> errors.ServingError:
    return errors.ServingError(errors.Code.DATA_LOSS, words)
