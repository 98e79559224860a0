import numpy as np
import pytest

from components.trial import ceiling, comparison, latency, outcome, verdict
from trainer import training_record

_TIMING = latency.Timing(20, 0.002, 0.003, 400.0, 0.0025)


def _candidate(name: str, seconds: tuple[float, ...] = (3.0,)) -> outcome.Candidate:
    records = tuple(
        training_record.TrainingRecord(each, 10**9, 2, 1, "float32", 0, "all run", 1, [])
        for each in seconds
    )
    measured = latency.Measured(2, 0.5, 10**9, {outcome.ALONE: _TIMING})
    return outcome.Candidate(name, (f"Trainer_{name}",), records, 1000, measured, 0.01, 0.02)


def made(agreements: ceiling.Ceiling | None = None) -> outcome.Outcome:
    """An outcome of two candidates, the second trained with two seeds."""
    where = (comparison.ALL_ROWS, "accuracy")
    difference = comparison.Difference("transformer", "linear", *where, 0.02, -0.01, 0.05, p=0.2)
    of_slice = comparison.Difference("transformer", "linear", "shop=a", "accuracy", 0.5)
    return outcome.Outcome(
        verdict=verdict.Verdict("not decided", ("why",), {"linear": "open"}, 900),
        winner="transformer",
        winner_trainer="Trainer",
        winner_reason="it is told so",
        policy="advise",
        metric="accuracy",
        higher_is_better={"accuracy": True},
        tolerance=0.01,
        alpha=0.05,
        resamples=100,
        price_per_core_hour=0.05,
        candidates=(_candidate("transformer"), _candidate("linear", (2.0, 4.0))),
        compared=comparison.Compared(
            values=(
                comparison.Value("transformer", *where, 0.82, 0.8, 0.84),
                comparison.Value("linear", *where, 0.8, 0.78, 0.82),
                comparison.Value("linear", "shop=a", "accuracy", 0.1, None, None),
            ),
            differences=(of_slice, difference),
            between=(difference,),
            slices={comparison.ALL_ROWS: (100, 120)},
        ),
        ceiling=agreements,
        lengths=(16, 20),
    )


@pytest.mark.parametrize(
    "agreements",
    [None, ceiling.Ceiling(3, 9, (ceiling.Agreement("people", "accuracy", 0.8, 0.7, None),))],
)
def test_an_outcome_and_its_rows_come_back_from_their_files(tmp_path, agreements):
    written = made(agreements)
    rows = {"unit": np.arange(3), "origin": np.array(["a:1", "ü:2", ""])}
    outcome.write(str(tmp_path / "trial"), written, rows)
    assert outcome.read(str(tmp_path / "trial")) == written
    with np.load(tmp_path / "trial" / outcome.ROWS_FILE) as read:
        assert read["origin"].tolist() == ["a:1", "ü:2", ""]
        assert read["unit"].tolist() == [0, 1, 2]


def test_a_candidate_is_found_by_its_name():
    assert made().candidate("linear").trainings[1].seconds == 4.0
