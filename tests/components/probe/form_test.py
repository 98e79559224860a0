"""The form of answers, by what a signature says of them."""

import numpy as np
import pytest

from components.probe import client, form

_SPEC = client.Signature(
    inputs={"text": client.Spec("string", (None,))},
    outputs={
        "label": client.Spec("string", (None,)),
        "probabilities": client.Spec("float32", (None, 2)),
        "ids": client.Spec("int64", (None, None)),
    },
)


def _answer(**other: np.ndarray) -> dict[str, np.ndarray]:
    sound = {
        "label": np.array([b"a", b"b"], object),
        "probabilities": np.array([[0.25, 0.75], [0.5, 0.5]], np.float32),
        "ids": np.zeros((2, 7), np.int64),
    }
    return {**sound, **other}


def test_a_sound_answer_has_no_faults() -> None:
    assert list(form.faults(_answer(), _SPEC, 2)) == []


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        (
            {"probabilities": np.array([[0.5, np.nan], [0.5, 0.5]], np.float32)},
            "`probabilities` must be finite. Received: nan",
        ),
        (
            {"probabilities": np.array([[0.5, np.inf], [0.5, 0.5]], np.float32)},
            "`probabilities` must be finite. Received: inf",
        ),
        (
            {"probabilities": np.zeros((2, 3), np.float32)},
            "`probabilities` must be of the shape (2, 2). Received: (2, 3)",
        ),
        (
            {"ids": np.zeros((1, 7), np.int64)},
            "`ids` must be of the shape (2, any). Received: (1, 7)",
        ),
        ({"ids": np.zeros(2, np.int64)}, "`ids` must be of the shape (2, any). Received: (2,)"),
        ({"label": np.array([b"a"], object)}, "`label` must be of the shape (2). Received: (1,)"),
        (
            {"label": np.array([b"a", b"caf\xe9"], object)},
            "`label` must be UTF-8. Received: b'caf\\xe9'",
        ),
        (
            {"more": np.zeros(2)},
            "outputs must be ids, label, probabilities. Received: ids, label, more, probabilities",
        ),
    ],
)
def test_a_fault_is_named_with_the_rule_and_the_value(other: dict, fault: str) -> None:
    assert list(form.faults(_answer(**other), _SPEC, 2)) == [fault]


def test_no_rows_have_an_answer_of_none() -> None:
    nothing = {name: value[:0] for name, value in _answer().items()}
    assert list(form.faults(nothing, _SPEC, 0)) == []


def test_an_output_whose_rank_is_not_told_has_a_row_each() -> None:
    spec = client.Signature({}, {"x": client.Spec("float32", None)})
    assert list(form.faults({"x": np.zeros((2, 3, 4), np.float32)}, spec, 2)) == []
    assert list(form.faults({"x": np.zeros((3, 2), np.float32)}, spec, 2)) != []
