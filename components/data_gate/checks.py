"""All checks, in the order in which they are told, and the judging of data by them."""

from collections.abc import Callable
from typing import Any

from components.data_gate import config as config_lib
from components.data_gate import (
    distance_checks,
    findings,
    outcome,
    schema_checks,
    split_checks,
    text_checks,
    unigrams,
)

# A check takes its name, the data and its part of the config.
_CHECKS: dict[str, Callable[[str, outcome.Data, Any], outcome.Outcome]] = {
    "anomalies": schema_checks.anomalies,
    "min_rows": split_checks.min_rows,
    "labels": split_checks.labels,
    "label_balance": text_checks.label_balance,
    **dict.fromkeys(text_checks.OF_ROWS, text_checks.rows),
    "leakage": text_checks.leakage,
    "near_leakage": text_checks.near_leakage,
    "unknown_tokens": text_checks.unknown_tokens,
    "skew": distance_checks.skew,
    "drift": distance_checks.drift,
    "unigram_drift": unigrams.drift,
}


def judge(data: outcome.Data, config: config_lib.ValidateConfig) -> findings.Findings:
    """Makes every check that is not off.

    Args:
        data: All that is known of the data.
        config: Levels and limits.
    """
    checked: list[str] = []
    not_checked: dict[str, str] = {}
    found: list[findings.Finding] = []
    for name in type(config).model_fields:
        check: config_lib.Check = getattr(config, name)
        if check.level == "off":
            continue
        result = _CHECKS[name](name, data, check)
        if isinstance(result, outcome.NotChecked):
            not_checked[name] = result.reason
            continue
        checked.append(name)
        found += [_finding(name, check.level, violation) for violation in result]
    # Sorting is stable: among errors, and among warnings, the order of the checks stays.
    found.sort(key=lambda finding: finding.level != "error")
    return findings.Findings(tuple(found), tuple(checked), not_checked)


def _finding(name: str, level: findings.Level, violation: outcome.Violation) -> findings.Finding:
    return findings.Finding(
        check=name,
        level="warn" if violation.is_warning else level,
        message=violation.message,
        rows=violation.rows,
        remedy=violation.remedy,
    )
