"""What a probe has found, written and read back, and in one line."""

import json
import pathlib

from components.probe import outcome

_FULL = outcome.Outcome(
    findings=(outcome.Finding("skew", "They differ."),),
    rows=100,
    tolerance=1e-4,
    load_seconds=0.5,
    agreements=(outcome.Agreement("serving_default", 1, "the Evaluator", 100, 2e-7, 1, 0),),
    hostile=(
        outcome.Hostile("emoji", "serving_default", outcome.ANSWERED),
        outcome.Hostile("a NUL", "serving_default", outcome.REFUSED, "no"),
    ),
    latency=outcome.Latency(200, 0.001, 0.0025),
    max_p95_ms=10.0,
    called=("generate",),
    not_called=("look",),
    warmup=15,
)


def test_it_comes_back_as_it_was(tmp_path: pathlib.Path) -> None:
    outcome.write(str(tmp_path), _FULL)
    assert outcome.read(str(tmp_path)) == _FULL
    nothing = outcome.Outcome((), 0, 0.5)
    assert outcome.Outcome.from_json(nothing.to_json()) == nothing


def test_programs_read_whether_it_passed(tmp_path: pathlib.Path) -> None:
    outcome.write(str(tmp_path), _FULL)
    assert json.loads((tmp_path / "probe.json").read_text())["passed"] is False
    assert outcome.Outcome((), 0, 0.5).passed


def test_one_line_tells_what_was_tried() -> None:
    assert _FULL.summary() == (
        "100 rows asked 1 way, at most 2e-07 apart (0.0001 allowed), 2 hostile requests, "
        "1 refused, p95 2.5 ms"
    )


def test_one_line_of_what_did_not_load() -> None:
    assert outcome.Outcome(_FULL.findings, 100, 1e-4).summary() == "100 rows asked 0 ways"
