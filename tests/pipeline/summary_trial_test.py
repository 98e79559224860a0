import subprocess
import sys

from pipeline import summary_trial

_TRIAL = summary_trial.TrialSummary(
    decision="not decided",
    reasons=["2,331 test rows do not decide between transformer and linear"],
    metric="accuracy",
    rows=[
        summary_trial.CandidateRow(
            *("transformer", 0.7675, None, None, None, None),
            train_seconds=178.0,
            export_bytes=7_640_000,
            p50_seconds=0.00191,
            cost_of_a_million=0.01234,
        ),
        summary_trial.CandidateRow(
            *("linear", 0.7795, -0.012, -0.0281, 0.004, 0.1523),
            train_seconds=21.26,
            export_bytes=1_000_000,
            p50_seconds=0.0005,
            cost_of_a_million=0.0011,
        ),
    ],
    winner="transformer",
    winner_reason="`trial.policy` is advise, so the transformer goes on",
    price_per_core_hour=0.05,
)


def _lines(width=None):
    return [line.plain for line in summary_trial.lines(_TRIAL, width, str)]


def test_the_verdict_stands_first_and_then_the_candidates():
    assert _lines() == [
        "Transformer not decided",
        "  2,331 test rows do not decide between transformer and linear",
        "  transformer goes on: `trial.policy` is advise, so the transformer goes on",
        "",
        "  candidate    accuracy         transformer better by  p (Holm)     p50  per million"
        "    size       train",
        "  transformer    0.7675                                          1.9 ms       0.0123"
        "  7.6 MB  2 min 58 s",
        "  linear         0.7795  -0.0120 (-0.0281 to +0.0040)    0.1523  0.5 ms       0.0011"
        "  1.0 MB      21.3 s",
        "  a core-hour at 0.05; time and price at batch 1 and 32",
    ]


def test_a_narrow_terminal_has_fewer_columns_and_no_longer_lines():
    lines = _lines(60)
    assert max(map(len, lines)) <= 60
    assert any("0.7795  -0.0120" in line for line in lines)
    assert not any("per million" in line for line in lines)


def test_the_summary_imports_no_tensorflow():
    script = "import sys; from pipeline import summary_trial; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
