"""Findings are read back as they were written."""

import pathlib

from components.data_gate import findings
from components.statistics import text_statistics

_FOUND = findings.Findings(
    findings=(
        findings.Finding(
            "leakage",
            "error",
            "3 % of test rows",
            (text_statistics.RowExample("ü.csv:3", "\u2028 \U0001f600", "also a.csv:1"),),
            "--set a=b",
        ),
        findings.Finding("skew", "warn", "moved"),
    ),
    checked=("leakage", "skew"),
    not_checked={"drift": "there is no blessed model yet"},
)


def test_findings_are_read_back(tmp_path: pathlib.Path) -> None:
    findings.write(str(tmp_path), _FOUND)
    assert findings.read(str(tmp_path)) == _FOUND


def test_errors_and_warnings_are_told_apart() -> None:
    assert [finding.check for finding in _FOUND.errors] == ["leakage"]
    assert [finding.check for finding in _FOUND.warnings] == ["skew"]
