"""Tests of `pipeline.summary`."""

import dataclasses
import io

import pytest

from pipeline import console as console_lib
from pipeline import summary as summary_lib
from pipeline import summary_trial

_PUSHED = summary_lib.RunSummary(
    name="sentiment",
    seconds=102.0,
    status=0,
    components=[
        summary_lib.ComponentRow("Ingest", 2.0, "HIT"),
        summary_lib.ComponentRow("Trainer", 95.04, "MISS"),
        summary_lib.ComponentRow("Pusher", 0.1, "MISS"),
    ],
    rows_by_split={"train": 18962, "eval": 2370, "test": 371},
    metrics=[
        summary_lib.MetricRow("accuracy", 0.7551, floor=0.74, baseline=0.751, passed=True),
        summary_lib.MetricRow("example_count", 371.0),
        summary_lib.MetricRow("auc", 0.8612),
        summary_lib.MetricRow("accuracy", 0.681, slice="domain=nyt"),
        summary_lib.MetricRow("example_count", 71.0, slice="domain=nyt"),
    ],
    verdict=summary_lib.BLESSED,
    reasons=["accuracy is 0.7551, within its floor of 0.7400"],
    quarantined=0,
    quarantine_dir="/w/sentiment/quarantine",
    warnings=[],
    pushed_dir="/w/sentiment/serving/sentiment/17",
    data_page="/w/sentiment/data/index.html",
    lineage_page="/w/sentiment/lineage/index.html",
    report_page="/w/sentiment/report/index.html",
    log_path="/w/sentiment/logs/a.log",
    next_command="meritline run --data reviews.csv",
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides what the tester's own terminal asks for."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def _rendered(width: int | None = None, **changes: object) -> str:
    """Renders the summary with some fields changed, on a terminal if a width is given."""
    stream = io.StringIO()
    console = console_lib.Console(stream, animated=width is not None, width=width)
    summary_lib.render(dataclasses.replace(_PUSHED, **changes), console)  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_pushed_run() -> None:
    assert (
        _rendered()
        == """
sentiment  1 min 42 s, 1 of 3 cached
✓ Ingest                     2.0 s  HIT
✓ Trainer                   95.0 s  MISS
✓ Pusher                     0.1 s  MISS

Rows
  train  18,962
  eval    2,370
  test      371

Metrics  371 examples of the test split
  accuracy  0.7551  pass  floor 0.74; baseline 0.7510
  auc       0.8612

  domain  examples  accuracy
  nyt           71    0.6810

Blessed
  accuracy is 0.7551, within its floor of 0.7400

Pushed  /w/sentiment/serving/sentiment/17
Report  /w/sentiment/report/index.html
Data    /w/sentiment/data/index.html
Lineage /w/sentiment/lineage/index.html
Log     /w/sentiment/logs/a.log
Next    meritline run --data reviews.csv
"""
    )


def test_a_run_that_is_not_blessed_says_why_and_its_status() -> None:
    text = _rendered(
        verdict=summary_lib.NOT_BLESSED,
        status=3,
        reasons=["accuracy is too low", "f1 is too low"],
        pushed_dir=None,
    )
    assert "\nNot blessed, exit status 3\n  accuracy is too low\n  f1 is too low\n" in text
    assert "\nPushed  nothing\n" in text


def test_a_probe_is_told_of_before_the_verdict() -> None:
    text = _rendered(
        verdict=summary_lib.PROBE_FAILED,
        status=3,
        reasons=["It hangs."],
        probe="9 rows asked 4 ways",
    )
    assert "\nProbe\n  9 rows asked 4 ways\n\nProbe failed, exit status 3\n  It hangs.\n" in text


def test_a_run_that_failed_early_shows_what_there_is() -> None:
    text = _rendered(
        components=[summary_lib.ComponentRow("Ingest", 2.0, "failed")],
        rows_by_split={},
        metrics=[],
        verdict="failed",
        status=1,
        reasons=[],
        pushed_dir=None,
        next_command=None,
    )
    assert (
        text
        == """
sentiment  1 min 42 s, 0 of 1 cached
✗ Ingest                     2.0 s  FAILED

Failed, exit status 1

Pushed  nothing
Report  /w/sentiment/report/index.html
Data    /w/sentiment/data/index.html
Lineage /w/sentiment/lineage/index.html
Log     /w/sentiment/logs/a.log
"""
    )


def test_rows_that_were_put_aside_are_counted_and_named() -> None:
    text = _rendered(quarantined=1204)
    assert "\n  test            371\n  quarantined   1,204  /w/sentiment/quarantine\n" in text


def test_warnings_stand_before_the_metrics() -> None:
    text = _rendered(warnings=["truncation: 12 % of train", "\x1b[2J"])
    assert "\n\nWarnings  2 of the data\n  truncation: 12 % of train\n  \\x1b[2J\n\nMetrics" in text


def test_a_trial_stands_before_the_metrics() -> None:
    row = summary_trial.CandidateRow("linear", 0.78, 0.01, -0.02, 0.04, 0.5, 3.0, 10**6, 0.001, 0.1)
    trial = summary_trial.TrialSummary(
        "not warranted", ["linear is enough"], "accuracy", [row], "linear", "it is cheapest", 0.05
    )
    lines = _rendered(trial=trial).splitlines()
    at = lines.index("Transformer not warranted")
    assert lines[at + 1 : at + 3] == ["  linear is enough", "  linear goes on: it is cheapest"]
    assert lines.index("Rows") < at < lines.index("Metrics  371 examples of the test split")


def test_long_reasons_are_wrapped_on_a_terminal_only() -> None:
    reason = "accuracy " * 12 + "end"
    assert f"\n  {reason}\n" in _rendered(reasons=[reason])
    lines = _rendered(width=60, reasons=[reason]).splitlines()
    assert "    accuracy accuracy accuracy accuracy accuracy end" not in lines  # two lines suffice
    wrapped = [line for line in lines if "accuracy accuracy" in line]
    assert len(wrapped) == 2
    assert max(map(len, wrapped)) <= 60


def test_paths_and_commands_are_never_broken() -> None:
    path, command = "/deep" * 30, "meritline run " + "--set a.b=c " * 20
    text = _rendered(width=60, pushed_dir=path, log_path=path, next_command=command.strip())
    assert text.count(path) == 2
    assert command.strip() in text


def test_text_from_data_is_not_obeyed() -> None:
    text = _rendered(name="a\x1b[2J", rows_by_split={"\x1b[2J": 1}, reasons=["\x1b[2J"])
    assert "\x1b" not in text
    assert text.count("\\x1b[2J") == 3


def test_verdicts_have_their_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;32mBlessed" in _rendered(width=80)
    assert "\x1b[1;31mNot blessed" in _rendered(width=80, verdict=summary_lib.NOT_BLESSED)
