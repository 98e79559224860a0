"""The summary of a run, filled from its results."""

import dataclasses
import pathlib
import shlex
import sys

import pytest

from components.data_gate import findings
from components.evaluator import verdict
from components.probe import outcome as probe_outcome
from components.statistics import text_statistics
from components.trial import comparison, latency, outcome
from components.trial import verdict as trial_verdict
from pipeline import config as config_lib
from pipeline import errors, execution, results, run_summary, summary, summary_trial, workspace
from trainer import training_record

_ALL = verdict.ALL_ROWS
_VALUES = [
    verdict.Value(_ALL, "example_count", 40.0, 40.0),
    verdict.Value(_ALL, "accuracy", 0.5, 0.75),
    verdict.Value(_ALL, "cross_entropy", 0.25, 0.5),
    verdict.Value("shop=Köln", "accuracy", 0.25, 0.5),
]
_NODES = [
    execution.NodeRun("Ingest", 2.0, execution.HIT, 1),
    execution.NodeRun("Evaluator", 5.5, execution.MISS, 2),
]


_ROW = text_statistics.RowExample("a.csv:3", "…", "81 tokens")
_WARNINGS = (
    findings.Finding("skew", "warn", "label of eval"),
    findings.Finding("truncation", "warn", "12 %", (_ROW,)),
    findings.Finding("duplicates", "warn", "9 %", (_ROW, _ROW, _ROW)),
)


def _build(
    blessed: bool = True,
    pushed_dir: str | None = None,
    trial: outcome.Outcome | None = None,
    broken: int | None = None,
) -> summary.RunSummary:
    """Builds one; `broken` is the number of a probe's findings, None without a probe."""
    rules = [
        verdict.Rule("accuracy", "floor", 0.4, True),
        verdict.Rule("accuracy", "max_drop", 0.25 if blessed else 0.1, True),
        verdict.Rule("cross_entropy", "ceiling", 0.3, False),
        verdict.Rule("accuracy", "floor", 0.2, True, "shop"),
    ]
    judged = verdict.judge(blessed, _VALUES, rules, has_baseline=True)
    findings_ = [probe_outcome.Finding("skew", f"no {i}") for i in range(broken or 0)]
    probe = None if broken is None else probe_outcome.Outcome(tuple(findings_), 40, 1e-4)
    rows = {"train": 8, "test": 1}
    found = results.Results(rows, judged, pushed_dir, 3, _WARNINGS, trial, probe)
    config = config_lib.from_columns("My Reviews.csv")
    place = workspace.Workspace(pathlib.Path("/w"))
    return run_summary.build(config, place, _NODES, found, 12.5, "/w/run.log")


def test_a_blessed_run() -> None:
    built = _build(pushed_dir="/w/serving/17")
    assert dataclasses.replace(built, metrics=[], next_command=None) == summary.RunSummary(
        name="my-reviews",
        seconds=12.5,
        status=errors.ExitStatus.PUSHED,
        components=[
            summary.ComponentRow("Ingest", 2.0, "HIT"),
            summary.ComponentRow("Evaluator", 5.5, "MISS"),
        ],
        rows_by_split={"train": 8, "test": 1},
        metrics=[],
        verdict=summary.BLESSED,
        reasons=("all bounds hold (4 checked)",),
        quarantined=3,
        quarantine_dir="/w/quarantine",
        warnings=[
            "skew: label of eval",
            "truncation: 12 %: a.csv:3 (81 tokens)",
            "duplicates: 9 %: a.csv:3 (81 tokens) and 2 more on the page",
        ],
        pushed_dir="/w/serving/17",
        data_page="/w/data/index.html",
        lineage_page="/w/lineage/index.html",
        report_page="/w/report/index.html",
        log_path="/w/run.log",
        next_command=None,
    )


def test_a_run_that_was_not_blessed() -> None:
    built = _build(blessed=False)
    assert built.status == errors.ExitStatus.NOT_BLESSED == 3
    assert built.verdict == summary.NOT_BLESSED
    assert built.reasons == (
        "accuracy on all rows is 0.5000, beyond 0.1000 of the latest blessed model's 0.7500",
    )
    assert built.pushed_dir is None
    assert built.next_command is None


def test_a_probe_that_failed_keeps_a_blessed_model_back() -> None:
    built = _build(broken=2)
    assert built.status == errors.ExitStatus.NOT_BLESSED
    assert built.verdict == summary.PROBE_FAILED
    assert list(built.reasons) == ["no 0", "no 1"]


def test_one_run_tells_all_that_keeps_a_model_back() -> None:
    built = _build(blessed=False, broken=1)
    assert built.verdict == summary.NOT_BLESSED
    assert built.reasons == (*_build(blessed=False).reasons, "no 0")


def test_of_many_findings_the_first_are_told() -> None:
    reasons = list(_build(broken=13).reasons)
    assert reasons[9:] == ["no 9", "3 more findings are on the page of the run"]


def test_a_probe_that_found_nothing_is_told_of_in_one_line() -> None:
    built = _build(broken=0)
    assert (built.status, built.verdict) == (errors.ExitStatus.PUSHED, summary.BLESSED)
    assert built.probe == "40 rows asked 0 ways"
    assert _build().probe == ""


def test_each_metric_stands_beside_its_own_bounds() -> None:
    assert _build(blessed=False).metrics == [
        summary.MetricRow("example_count", 40.0, baseline=40.0),
        summary.MetricRow("accuracy", 0.5, floor=0.4, baseline=0.75, max_drop=0.1, passed=False),
        summary.MetricRow(
            "cross_entropy", 0.25, ceiling=0.3, baseline=0.5, passed=True, higher_is_better=False
        ),
        summary.MetricRow(
            "accuracy", 0.25, slice="shop=Köln", floor=0.2, baseline=0.5, passed=True
        ),
    ]


@pytest.mark.parametrize(
    ("on_path", "here", "python"),
    [
        (True, "elsewhere", "python"),
        (False, "project", ".venv/bin/python"),
        (False, "elsewhere", "{}/project/.venv/bin/python"),
    ],
)
def test_the_next_command_can_be_pasted(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, on_path: bool, here: str, python: str
) -> None:
    executable = tmp_path / "project/.venv/bin/python"
    executable.parent.mkdir(parents=True)
    executable.touch(mode=0o755)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(sys, "executable", str(executable))
    monkeypatch.setenv("PATH", str(executable.parent) if on_path else "/usr/bin")
    monkeypatch.chdir(tmp_path / here)
    command = _build(pushed_dir="/w/my serving/17").next_command
    assert command is not None
    assert shlex.split(command) == [
        python.format(tmp_path),
        "-m",
        "serving.ask",
        "/w/my serving/17",
        "Any text of your own.",
    ]


def _candidate(name: str, seconds: tuple[float, ...]) -> outcome.Candidate:
    records = tuple(
        training_record.TrainingRecord(each, 10**9, 2, 1, "float32", 0, "all run", 1, [])
        for each in seconds
    )
    timings = {outcome.ALONE: latency.Timing(20, 0.002, 0.003, 400.0, 0.0025)}
    measured = latency.Measured(2, 0.5, 10**9, timings)
    return outcome.Candidate(name, (), records, 1000, measured, 0.01, 0.02)


def test_a_trial_is_shown_by_the_metric_that_decides_on_all_rows() -> None:
    where = (comparison.ALL_ROWS, "accuracy")
    compared = comparison.Compared(
        values=(
            comparison.Value("transformer", *where, 0.82, 0.8, 0.84),
            comparison.Value("linear", *where, 0.8, 0.78, 0.82),
            comparison.Value("linear", "shop=a", "accuracy", 0.1, None, None),
            comparison.Value("linear", comparison.ALL_ROWS, "f1", 0.2, None, None),
        ),
        differences=(
            comparison.Difference("transformer", "linear", "shop=a", "accuracy", 0.5),
            comparison.Difference(
                "transformer", "linear", *where, 0.02, -0.01, 0.05, p=0.1, corrected_p=0.2
            ),
            comparison.Difference("transformer", "linear", comparison.ALL_ROWS, "f1", 0.7),
        ),
        between=(),
        slices={comparison.ALL_ROWS: (100, 100)},
    )
    found = outcome.Outcome(
        verdict=trial_verdict.Verdict("not decided", ("why",), {"linear": "open"}, 900),
        winner="linear",
        winner_trainer="Trainer_linear",
        winner_reason="it is cheapest",
        policy="cheapest",
        metric="accuracy",
        higher_is_better={"accuracy": True},
        tolerance=0.01,
        alpha=0.05,
        resamples=100,
        price_per_core_hour=0.05,
        candidates=(_candidate("transformer", (9.0,)), _candidate("linear", (2.0, 4.0))),
        compared=compared,
        ceiling=None,
        lengths=(),
    )
    shown = _build(trial=found).trial
    assert shown == summary_trial.TrialSummary(
        decision="not decided",
        reasons=("why",),
        metric="accuracy",
        rows=[
            summary_trial.CandidateRow(
                "transformer", 0.82, None, None, None, None, 9.0, 1000, 0.002, 0.01
            ),
            summary_trial.CandidateRow(
                "linear", 0.8, 0.02, -0.01, 0.05, 0.2, 3.0, 1000, 0.002, 0.01
            ),
        ],
        winner="linear",
        winner_reason="it is cheapest",
        price_per_core_hour=0.05,
    )
