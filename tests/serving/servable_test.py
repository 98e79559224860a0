"""Loading a SavedModel, asking it, and what TensorFlow's errors become."""

import errno
import pathlib
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
import tensorflow as tf

from serving import errors, servable


@pytest.fixture(scope="module")
def model(saved: pathlib.Path) -> Iterator[servable.Servable]:
    """The tiny model."""
    model = servable.Servable(saved)
    yield model
    model.close()


def test_it_answers_as_the_savedmodel_does(model: servable.Servable, saved: pathlib.Path) -> None:
    texts = np.array([b"a", "größer".encode(), b""], object)
    answer = model.run(model.signature(""), {"text": texts})
    loaded = tf.saved_model.load(str(saved)).signatures["serving_default"]
    expected = loaded(text=tf.constant(texts))
    assert answer.keys() == expected.keys()
    for name, value in answer.items():
        np.testing.assert_array_equal(value, expected[name].numpy())


def test_inputs_are_told_apart_by_name(model: servable.Servable) -> None:
    inputs = {"yes": np.array([True]), "n": np.array([41], np.int32)}
    answer = model.run(model.signature("whole"), inputs)
    assert {name: value.tolist() for name, value in answer.items()} == {"n": [42], "no": [False]}


def test_what_the_model_refuses_is_the_clients_fault(model: servable.Servable) -> None:
    with pytest.raises(
        errors.ServingError, match=r"^indices\[0\] = 7 is not in \[0, 2\)$"
    ) as error:
        model.run(model.signature("narrow"), {"x": np.array([7])})
    assert error.value.code is errors.Code.INVALID_ARGUMENT


def test_a_signature_that_is_none(model: servable.Servable) -> None:
    with pytest.raises(errors.ServingError, match='"x" not found in signature def'):
        model.signature("x")


def test_a_model_that_is_torn_is_told(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    def tear(name: str, kept: int) -> pathlib.Path:
        path = tmp_path / name.replace("/", "-")
        shutil.copytree(saved, path)
        whole = (path / name).read_bytes()
        (path / name).write_bytes(whole[:kept])
        return path

    for path in (
        tear("saved_model.pb", 1000),
        tear("variables/variables.index", 10),
        tear("variables/variables.data-00000-of-00001", 2),
        tmp_path / "nope",
    ):
        with pytest.raises(errors.ServingError) as error:
            servable.Servable(path)
        assert error.value.code is not errors.Code.OK
        assert error.value.message


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            "assertion failed: [`x` must be 0 or more. Received: ] [-1]\n\t [[{{node Assert}}]]",
            "`x` must be 0 or more. Received: -1",
        ),
        ("assertion failed: [Received: ] [-1 2]", "Received: -1 2"),
        ("assertion failed: [only words]", "assertion failed: [only words]"),
    ],
)
def test_what_a_graph_asserts_is_told_without_its_brackets(told: str, words: str) -> None:
    error = servable.translate(tf.errors.InvalidArgumentError(None, None, told))
    assert (error.code, error.message) == (errors.Code.INVALID_ARGUMENT, words)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOENT, errors.Code.NOT_FOUND),
        (errno.EACCES, errors.Code.PERMISSION_DENIED),
        (errno.EMFILE, errors.Code.UNAVAILABLE),  # which may pass
    ],
)
def test_what_the_system_refuses_has_a_code(number: int, code: errors.Code) -> None:
    assert servable.translate(OSError(number, "so it is")).code is code
