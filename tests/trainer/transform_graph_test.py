"""The graph that Transform ran, applied to raw features."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features
from trainer import transform_graph


@pytest.fixture(scope="module")
def output(transformed):
    return tft.TFTransformOutput(transformed.directory)


def _raw(output, transformed, *names):
    spec = output.raw_feature_spec()
    rows = [tf.train.Example() for _ in transformed.rows]
    for row, example in zip(transformed.rows, rows, strict=True):
        for name in names:
            example.features.feature[name].bytes_list.value.append(row[name].encode())
    serialized = [example.SerializeToString() for example in rows]
    return tf.io.parse_example(serialized, {name: spec[name] for name in names})


def _dense(value):
    return (
        tf.sparse.to_dense(value).numpy() if isinstance(value, tf.SparseTensor) else value.numpy()
    )


def test_it_computes_what_the_layer_of_tensorflow_transform_does(output, transformed):
    raw = _raw(output, transformed, "text", "label")
    expected = output.transform_features_layer()(dict(raw))
    found = transform_graph.TransformGraph(output)(raw)
    assert set(found) == set(expected)
    for name, value in found.items():
        np.testing.assert_array_equal(_dense(value), _dense(expected[name]))


def test_what_needs_an_absent_feature_is_left_out(output, transformed):
    raw = _raw(output, transformed, "text")
    assert set(transform_graph.TransformGraph(output)(raw)) == {features.TOKEN_IDS}
    assert set(raw) == {"text"}


def test_its_tables_are_stored_with_what_holds_it(output, transformed, tmp_path):
    graph = transform_graph.TransformGraph(output)
    raw = _raw(output, transformed, "text")
    expected = _dense(graph(raw)[features.TOKEN_IDS])
    model = tf.Module()
    model.graph = graph
    spec = tf.TensorSpec([None, 1], tf.string, name="text")
    ids = tf.function(lambda text: graph({"text": text}), autograph=False)
    signature = ids.get_concrete_function(spec)
    tf.saved_model.save(model, str(tmp_path), signatures={"ids": signature})

    loaded = tf.saved_model.load(str(tmp_path)).signatures["ids"]
    found = loaded(text=raw["text"])[features.TOKEN_IDS]
    np.testing.assert_array_equal(_dense(found), expected)
