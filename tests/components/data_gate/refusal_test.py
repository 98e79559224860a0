"""Refusing data, in words."""

import pytest

from components.data_gate import findings, refusal
from components.statistics import text_statistics
from schemas import errors


def _row(line: int, text: str = "fine", note: str = "") -> text_statistics.RowExample:
    return text_statistics.RowExample(f"reviews.csv:{line}", text, note)


_WARNING = findings.Finding("skew", "warn", "the columns moved", (), "--set x=y")


def test_warnings_refuse_nothing() -> None:
    refusal.raise_errors(findings.Findings((_WARNING,), ("skew",), {}), "/data/index.html")


def test_a_refusal_says_what_where_and_what_accepts_it() -> None:
    rows = tuple(_row(line, note="also a.csv:1" if line == 3 else "") for line in range(3, 12))
    leakage = findings.Finding("leakage", "error", "3 % stand in train", rows, "--set a=b")
    anomaly = findings.Finding(
        "anomalies", "error", "stars: too big", (), "meritline schema accept"
    )
    found = findings.Findings((leakage, anomaly, anomaly, _WARNING, _WARNING), (), {})
    with pytest.raises(errors.DataError) as caught:
        refusal.raise_errors(found, "/data/index.html")
    assert str(caught.value) == "the data gate refused: leakage, anomalies"
    assert caught.value.details == (
        "leakage: 3 % stand in train",
        "  reviews.csv:3: fine (also a.csv:1)",
        "  reviews.csv:4: fine",
        "  reviews.csv:5: fine",
        "  reviews.csv:6: fine",
        "  reviews.csv:7: fine",
        "  to accept it: --set a=b",
        "anomalies: stars: too big",
        "anomalies: stars: too big",
        "  to accept it: meritline schema accept",
        "and 2 warnings",
        "the page of the data: /data/index.html",
    )


def test_one_warning_is_one_and_none_is_not_told() -> None:
    error = findings.Finding("labels", "error", "m")
    for warnings, told in (((_WARNING,), ["and 1 warning"]), ((), [])):
        with pytest.raises(errors.DataError) as caught:
            refusal.raise_errors(findings.Findings((error, *warnings), (), {}), "p")
        assert [line for line in caught.value.details if "warning" in line] == told


@pytest.mark.parametrize(
    ("aside", "told"),
    [
        (0, []),
        (1, ["1 row that could not be used was put aside"]),
        (1204, ["1,204 rows that could not be used were put aside"]),
    ],
)
def test_rows_that_were_put_aside_are_counted(aside: int, told: list[str]) -> None:
    found = findings.Findings((findings.Finding("labels", "error", "m"),), (), {})
    with pytest.raises(errors.DataError) as caught:
        refusal.raise_errors(found, "p", aside)
    assert [line for line in caught.value.details if "aside" in line] == told


def test_a_row_is_one_short_line_that_moves_no_terminal() -> None:
    assert refusal.spell(_row(3, "a\nb \x1b[31mc", "x\ty")) == "reviews.csv:3: a b \\x1b[31mc (x y)"
    assert refusal.spell(_row(4, "a" * 81)) == f"reviews.csv:4: {'a' * 79}…"
    assert refusal.spell(_row(5, "a" * 80)) == f"reviews.csv:5: {'a' * 80}"
