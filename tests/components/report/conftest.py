"""A run that never was, small and whole, for the page and its sections."""

import dataclasses

import numpy as np
import pytest

from components.cross_validation import outcome as folds
from components.evaluator import verdict as evaluator_verdict
from components.probe import outcome as probe_outcome
from components.report import contents
from components.statistics import text_statistics
from components.trial import ceiling, comparison, latency, outcome, verdict
from schemas import tasks
from trainer import tasks as trainer_tasks
from trainer import training_record
from trainer.tuning import record

ROWS = 400
NAMES = ("transformer", "linear", "cnn")
# Rows that each candidate has right.
_RATES = {"transformer": 0.82, "linear": 0.8, "cnn": 0.74}
_PRICES = {"transformer": 0.21, "linear": 0.004, "cnn": 0.05}
_WORDS = ["a", "film", "of", "rare", "warmth", "and", "wit", "that", "never", "once", "forgets"]


def _record(name: str) -> training_record.TrainingRecord:
    epochs = [
        {
            "epoch": i,
            "seconds": 2.0,
            "metrics": {
                "loss": 0.7 / i + 0.1,
                "eval_loss": 0.6 / i + 0.1 * i,
                "eval_accuracy": 0.6 + 0.05 * i - 0.01 * i * i,
            },
            "best": i <= 3,
        }
        for i in range(1, 6)
    ]
    return training_record.TrainingRecord(
        seconds=125.0 if name == "transformer" else 12.0,
        peak_memory_bytes=10**9,
        parameters=1_895_362,
        replicas=1,
        precision="float32",
        resumed_step=0,
        reason="no better for 2 epochs",
        best_epoch=3,
        epochs=epochs,
    )


def _answers(labels: tuple[str, ...], seed: int = 5) -> contents.Answers:
    rng = np.random.default_rng(seed)
    count = len(labels)
    truth = rng.integers(0, count, ROWS)
    given = {}
    for name, rate in _RATES.items():
        right = rng.random(ROWS) < rate
        said = np.where(right, truth, (truth + 1) % count)
        sure = np.clip(rng.beta(6, 2, ROWS), 1 / count + 0.02, 0.999)
        rows = np.repeat(((1 - sure) / (count - 1))[:, None], count, axis=1)
        rows[np.arange(ROWS), said] = sure
        given[name] = rows
    texts = [(" ".join(rng.choice(_WORDS, rng.integers(4, 16))),) for _ in range(ROWS)]
    return contents.Answers(
        truths=truth[:, None].astype(float),
        given=given,
        scores={},
        texts=texts,
        origins=[f"reviews.csv:{i + 2}" for i in range(ROWS)],
        labels=labels,
    )


def _compared(answers: contents.Answers, metrics, task) -> comparison.Compared:
    truths = list(answers.truths)
    rows = {name: [task.rows(truths, list(given))] for name, given in answers.given.items()}
    shops = np.arange(ROWS) % 3
    slices = {f"shop={n}": shops == i for i, n in enumerate(("Köln", "Rome", "<b>Paris</b>"))}
    question = comparison.Question("transformer", metrics, "accuracy", 0.05, 200)
    return comparison.compare(rows, np.arange(ROWS), slices, question)


def _candidate(name: str) -> outcome.Candidate:
    price = _PRICES[name]
    timings = {
        probe: latency.Timing(20, price * scale / 100, price * scale / 60, 40 / price, price / 1e4)
        for probe, scale in (
            ("batch 1", 5),
            ("batch 32", 9),
            *((f"length {n}", n) for n in (16, 64)),
        )
    }
    measured = latency.Measured(1_895_362, 0.4, 700_000_000, timings)
    return outcome.Candidate(
        name, (f"Trainer_{name}",), (_record(name),), 8_400_000, measured, price, price * 3
    )


def _trial(compared: comparison.Compared, metrics) -> outcome.Outcome:
    agreements = [
        ceiling.Agreement("people", "accuracy", 0.84, 0.82, 0.86),
        *(
            ceiling.Agreement(
                name, "accuracy", rate, rate - 0.03, rate + 0.03, rate - 0.84, -0.1, 0.02
            )
            for name, rate in _RATES.items()
        ),
    ]
    reasons = ("linear is enough: transformer is better by +0.0040 in accuracy, for sure",)
    return outcome.Outcome(
        verdict=verdict.Verdict(verdict.NOT_WARRANTED, reasons, {"linear": "enough"}, None),
        winner="linear",
        winner_trainer="Trainer_linear",
        winner_reason="linear is the cheapest candidate within 0.01 of the best",
        policy="cheapest",
        metric="accuracy",
        higher_is_better={name: known.higher_is_better for name, known in metrics.items()},
        tolerance=0.01,
        alpha=0.05,
        resamples=200,
        price_per_core_hour=0.05,
        candidates=tuple(_candidate(name) for name in NAMES),
        compared=compared,
        ceiling=ceiling.Ceiling(ROWS, 8000, tuple(agreements)),
        lengths=(16, 64),
    )


def _text() -> text_statistics.TextStatistics:
    def split(rows: int) -> text_statistics.SplitText:
        lengths = text_statistics.Histogram((0, 10, 20), (rows // 2, rows // 2), 9.5, 9, 18, 19)
        share = text_statistics.Share(1, rows)
        return text_statistics.SplitText(
            rows=rows,
            characters=lengths,
            tokens=lengths,
            near_empty=share,
            control_characters=share,
            duplicates=share,
            near_duplicates=share,
            conflicts=share,
            truncated=share,
            unknown_tokens=share,
            labels={"positive": rows // 2, "negative": rows // 4},
            unigrams=(1,),
            top_words={"film": 3},
        )

    rows = {"train": 3200, "eval": 400, "test": ROWS}
    return text_statistics.TextStatistics({name: split(n) for name, n in rows.items()}, ())


def _attention(tokens: int = 12) -> contents.Attention:
    rng = np.random.default_rng(2)
    weights = rng.dirichlet(np.full(tokens, 0.3), (2, 4, tokens))
    return contents.Attention(("[CLS]", *_WORDS[: tokens - 2], "[SEP]"), weights)


def probed(*findings: str) -> probe_outcome.Outcome:
    """Makes what a probe has come to, with what keeps the model back."""
    ways = [(name, n) for name in ("serving_default", "serving_examples") for n in (1, 32)]
    refused = "InvalidArgumentError: Could not parse example input"
    return probe_outcome.Outcome(
        findings=tuple(probe_outcome.Finding("skew", message) for message in findings),
        rows=100,
        tolerance=1e-4,
        load_seconds=0.53,
        agreements=tuple(
            probe_outcome.Agreement(*way, "the Evaluator", 100, 3.3e-7, 1, len(findings))
            for way in ways
        ),
        hostile=(
            probe_outcome.Hostile("emoji", "serving_default", "answered"),
            probe_outcome.Hostile("emoji", "serving_examples", "answered"),
            probe_outcome.Hostile("no tf.Example", "serving_examples", "refused", refused),
        ),
        latency=probe_outcome.Latency(200, 0.0016, 0.00196),
        max_p95_ms=10.0,
        called=("attention",),
        warmup=10,
    )


def make(
    labels: tuple[str, ...] = ("negative", "positive"), trial: bool = True
) -> contents.Contents:
    """Makes what is known of a run of a classifier."""
    settings = tasks.Settings("classification")
    task = trainer_tasks.get(settings)
    metrics = task.contract.metrics(settings)
    answers = _answers(labels)
    compared = _compared(answers, metrics, task)
    waves = np.sin(np.arange(64)[:, None] / 10.0 ** (np.arange(32) / 8))
    return contents.Contents(
        name="reviews",
        task=settings,
        metric="accuracy",
        metrics=metrics,
        alpha=0.05,
        judged="linear" if trial else "transformer",
        architecture="linear" if trial else "transformer",
        judgement=evaluator_verdict.judge(
            True,
            [evaluator_verdict.Value("all rows", "accuracy", 0.8, None)],
            [evaluator_verdict.Rule("accuracy", "floor", 0.7, True)],
            False,
        ),
        values=compared.values,
        slices=compared.slices,
        answers=answers,
        trainings={name: _record(name) for name in NAMES},
        text=_text(),
        lineage=contents.Lineage(
            execution=12,
            artifacts=(contents.Artifact("model", "Model", 7, "/w/artifacts/Trainer/model/6"),),
            versions={"python": "3.10.1", "tfx": "1.16.0"},
            machine={"processor": "A processor", "cores": "2"},
            config="name: reviews\n",
        ),
        trial=_trial(compared, metrics) if trial else None,
        probe=probed(),
        attention={3: _attention()},
        positions=contents.Positions("sinusoidal", waves),
    )


def _search(name: str) -> record.Search:
    """A search of three trials, of which one failed, and one combination that was refused."""
    space = {
        "learning_rate": {"min": 1e-4, "max": 1e-2, "scale": "log"},
        "widths": [[3, 4, 5], [2]],
    }
    trials = [
        record.Trial(
            number,
            {"learning_rate": 1e-3 * number, "widths": [2]},
            2,
            "done",
            0.7 + 0.01 * number,
            (0.6, 0.7 + 0.01 * number),
            2,
            30.0,
            "all 2 epochs run",
        )
        for number in (1, 2)
    ]
    values = {"learning_rate": 1e-2, "widths": [3, 4, 5]}
    failed = record.Trial(3, values, 2, "failed", seconds=9.0, reason="<b>nan</b>")
    refused = record.Trial(0, values, 2, "refused", reason="`a` must divide `b`")
    return record.Search(
        name, "random", "accuracy", True, space, [*trials, failed, refused], best=2
    )


def _folds() -> folds.Outcome:
    values = {"transformer": [0.8, 0.7, 0.9], "linear": [0.7, 0.65, 0.85]}
    found = [
        folds.Fold(name, number, {"accuracy": value}, 50, 100, 9.0)
        for name, of_name in values.items()
        for number, value in enumerate(of_name, start=1)
    ]
    return folds.Outcome("accuracy", True, 0.05, 140, found)


@pytest.fixture(scope="session")
def tried() -> contents.Contents:
    """A run with a trial, in which the linear model won."""
    return make()


@pytest.fixture(scope="session")
def searched(tried: contents.Contents) -> contents.Contents:
    """The same with a search for two candidates and a cross-validation."""
    searches = {name: _search(name) for name in NAMES[:2]}
    return dataclasses.replace(tried, searches=searches, folds=_folds())


@pytest.fixture(scope="session")
def many_labels() -> contents.Contents:
    """A run without a trial, of ten labels."""
    return make(tuple(f"label {i}" for i in range(10)), trial=False)
