"""What is kept of each row."""

import numpy as np

from components.trial import kept_rows
from schemas import tasks as settings_lib
from tests.components.probe import conftest as examples
from trainer import tasks


def test_each_row_has_its_scores_be_the_whole_their_mean_or_not() -> None:
    task = tasks.get(settings_lib.Settings("language_model"))
    serialized = [examples.example("one", 1), examples.example("two", 2)]
    # Of each: nats, tokens, hits and characters; the perplexity of both is no mean of theirs.
    truths = [np.array([5.0, 6.0]), np.array([7.0, 8.0])]
    given = [np.array([2.0, 4.0, 1.0, 8.0]), np.array([6.0, 2.0, 0.0, 4.0])]
    rows = task.rows(truths, given)
    found = kept_rows.arrays(
        serialized,
        truths,
        {"transformer": [given]},
        {"transformer": [rows]},
        np.array([0, 1]),
        {"shop": ["Rome", "Köln"]},
    )
    each = rows.each()["bits_per_character"]
    np.testing.assert_array_equal(found["score/transformer/1/bits_per_character"], each)
    np.testing.assert_array_equal(found["answer/transformer/1"], given)
    assert found["slice/shop"].tolist() == ["Rome", "Köln"]
    assert found["origin"].shape == (2,)


class _Rows:
    """Rows that have an error each, and no correlation."""

    def each(self) -> dict[str, np.ndarray]:
        return {"mse": np.array([1.0, np.nan]), "pearson": np.array([np.nan, np.nan])}


def test_what_no_row_has_by_itself_is_left_out() -> None:
    serialized = [examples.example("one", 1), examples.example("two", 2)]
    truths = [np.array([1.0]), np.array([2.0])]
    found = kept_rows.arrays(
        serialized, truths, {"linear": [truths]}, {"linear": [_Rows()]}, np.array([0, 1]), {}
    )
    assert {key for key in found if key.startswith("score/")} == {"score/linear/1/mse"}
