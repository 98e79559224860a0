"""What is found wrong with the files of a version, without loading it."""

import pathlib
import shutil

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from serving import errors, integrity

_GRAPH, _INDEX = "saved_model.pb", "variables/variables.index"
_DATA = "variables/variables.data-00000-of-00001"


@pytest.fixture
def version(saved: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of the tiny model, which has one weight of 4 bytes."""
    return pathlib.Path(shutil.copytree(saved, tmp_path / "1"))


def test_what_is_whole_is_left_alone(version: pathlib.Path) -> None:
    integrity.check(version)
    for name in (_INDEX, _DATA):  # a model may have no weights
        (version / name).unlink()
    integrity.check(version)


@pytest.mark.parametrize(
    ("name", "kept", "message"),
    [
        (_GRAPH, 1000, r"Can't parse .*/1/saved_model\.pb as binary proto"),
        (_GRAPH, -1, r"Can't parse"),
        (_GRAPH, 0, r"Could not find meta graph def matching supplied tags: \{ serve \}"),
        (_INDEX, 10, r"variables\.index: file is too short to be an sstable"),
        (_INDEX, -1, r"variables\.index: not an sstable"),
        (_DATA, 3, r"variables\.data-\* must have at least 4 bytes\. Received: 3"),
    ],
)
def test_what_is_torn_is_told(version: pathlib.Path, name: str, kept: int, message: str) -> None:
    whole = (version / name).read_bytes()
    (version / name).write_bytes(whole[:kept])
    with pytest.raises(errors.ServingError, match=message) as raised:
        integrity.check(version)
    expected = errors.Code.DATA_LOSS if kept else errors.Code.NOT_FOUND
    assert raised.value.code is expected


# An end of a group, and a length without what is so long.
@pytest.mark.parametrize("content", [b"torn", b"\x0a"])
def test_what_is_no_graph_at_all_is_told(version: pathlib.Path, content: bytes) -> None:
    (version / _GRAPH).write_bytes(content)
    with pytest.raises(errors.ServingError, match="Can't parse") as raised:
        integrity.check(version)
    assert raised.value.code is errors.Code.DATA_LOSS


def test_a_graph_for_training_alone_is_none_to_serve(version: pathlib.Path) -> None:
    saved = saved_model_pb2.SavedModel.FromString((version / _GRAPH).read_bytes())
    saved.meta_graphs[0].meta_info_def.tags[:] = [tf.saved_model.TRAINING]
    (version / _GRAPH).write_bytes(saved.SerializeToString())
    with pytest.raises(errors.ServingError, match="matching supplied tags") as raised:
        integrity.check(version)
    assert raised.value.code is errors.Code.NOT_FOUND


def test_shards_are_counted_together(version: pathlib.Path, tmp_path: pathlib.Path) -> None:
    variables = version / "variables"
    shutil.rmtree(variables)
    checkpoint = tf.train.Checkpoint(a=tf.Variable(tf.zeros([2, 3])), b=tf.Variable(tf.ones([5])))
    checkpoint.write(str(variables / "variables"))
    integrity.check(version)
    [data] = variables.glob("*.data-*")
    whole = data.read_bytes()  # 44 bytes of weights, and a string
    data.write_bytes(whole[:20])
    (variables / "variables.data-00001-of-00002").write_bytes(whole[:20])
    with pytest.raises(errors.ServingError, match=r"at least 44 bytes\. Received: 40"):
        integrity.check(version)
