"""Checks of shares: at, below and above their limits, and accepted by their remedies."""

from collections.abc import Callable
from typing import Any

import pytest

from components.data_gate import chance, checks, config, findings, outcome
from components.statistics import text_statistics
from pipeline import overrides, strict_yaml

_OFF = dict.fromkeys(config.ValidateConfig.model_fields, "off")
_ROW_CHECKS = {
    "near_empty": "near_empty",
    "control_characters": "control_characters",
    "duplicates": "duplicates",
    "near_duplicates": "near_duplicates",
    "conflicts": "conflicts",
    "truncation": "truncated",
}
_Make = Callable[..., outcome.Data]


def _judge(data: outcome.Data, name: str, *settings: str) -> findings.Findings:
    """Makes one check, with settings written as on the command line."""
    document = strict_yaml.Document("test", {"validate": {**_OFF}}, {})
    del document.values["validate"][name]
    written = overrides.apply(document, settings).values["validate"]
    return checks.judge(data, config.ValidateConfig.model_validate(written))


def _accept(data: outcome.Data, name: str, finding: findings.Finding) -> findings.Findings:
    """Does as the remedy says."""
    option, setting = finding.remedy.split()
    assert option == "--set"
    return _judge(data, name, setting)


def _smallest_above(limit: float, total: int) -> int:
    bound = limit + chance.of_share(limit, total)
    return next(count for count in range(total + 1) if count / total > bound)


@pytest.mark.parametrize(("name", "field"), _ROW_CHECKS.items())
@pytest.mark.parametrize("split", ["train", "eval", "test"])
def test_a_share_of_rows_may_reach_its_limit_and_no_more(
    make_data: _Make, name: str, field: str, split: str
) -> None:
    limit = getattr(config.ValidateConfig(), name).limit
    above = _smallest_above(limit, 1000)
    for count in (0, int(limit * 1000), above - 1):
        data = make_data({split: {"rows": 1000, field: text_statistics.Share(count, 1000)}})
        assert _judge(data, name) == findings.Findings((), (name,), {})
    rows = (text_statistics.RowExample("a.csv:7", "a text", "a note"),)
    data = make_data({split: {"rows": 1000, field: text_statistics.Share(above, 1000, rows)}})
    [finding] = _judge(data, name).findings
    assert (finding.check, finding.level, finding.rows) == (name, "warn", rows)
    assert f"% of {split} rows ({above} of 1,000) " in finding.message
    assert _accept(data, name, finding).findings == ()


@pytest.mark.parametrize(("name", "field"), [("leakage", "exact"), ("near_leakage", "near")])
@pytest.mark.parametrize("split", ["eval", "test"])
def test_a_leak_may_reach_its_limit_and_no_more(
    leak: _Make, name: str, field: str, split: str
) -> None:
    check = getattr(config.ValidateConfig(), name)
    above = _smallest_above(check.limit, 1000)
    kept = leak(field, split, "train", text_statistics.Share(above - 1, 1000))
    assert _judge(kept, name).findings == ()
    rows = (text_statistics.RowExample("a.csv:7", "a text", "also b.csv:1"),)
    data = leak(field, split, "train", text_statistics.Share(above, 1000, rows))
    [finding] = _judge(data, name).findings
    assert (finding.level, finding.rows) == (check.level, rows)
    assert f"of {split} rows ({above} of 1,000)" in finding.message
    assert _accept(data, name, finding).findings == ()


def test_a_leak_is_told_with_its_limit_and_what_accepts_it(leak: _Make) -> None:
    data = leak("exact", "test", "train", text_statistics.Share(81, 2361))
    [finding] = _judge(data, "leakage", "validate.leakage.limit=0.01").findings
    assert finding == findings.Finding(
        check="leakage",
        level="error",
        message="3.4 % of test rows (81 of 2,361) stand in train, too; "
        "at most 1 % (+ 0.6 % for chance)",
        remedy="--set validate.leakage.limit=0.035",
    )


def test_texts_that_test_and_eval_share_are_no_leak_from_train(leak: _Make) -> None:
    data = leak("exact", "test", "eval", text_statistics.Share(1000, 1000))
    assert _judge(data, "leakage").findings == ()


def test_one_finding_tells_of_all_splits_with_the_worst_first(make_data: _Make) -> None:
    def share(count: int, total: int, name: str) -> dict[str, Any]:
        rows = [text_statistics.RowExample(f"{name}.csv:{i}", "") for i in range(10)]
        return {"rows": total, "duplicates": text_statistics.Share(count, total, tuple(rows))}

    data = make_data(
        {
            "train": share(2000, 8000, "a"),
            "eval": share(400, 1000, "b"),
            "test": share(1, 1000, "c"),
        }
    )
    [finding] = _judge(data, "duplicates").findings
    assert finding.message.startswith(
        "40 % of eval rows (400 of 1,000) and 25 % of train rows (2,000 of 8,000) repeat a text"
    )
    assert [row.origin for row in finding.rows[:4]] == ["b.csv:0", "a.csv:0", "b.csv:1", "a.csv:1"]
    assert len(finding.rows) == 10
    assert finding.remedy == "--set validate.duplicates.limit=0.4"
    assert _accept(data, "duplicates", finding).findings == ()


def test_a_limit_of_0_means_none_at_all(make_data: _Make) -> None:
    data = make_data({"train": {"conflicts": text_statistics.Share(1, 8000)}})
    [finding] = _judge(data, "conflicts", "validate.conflicts.limit=0").findings
    assert "0.01 % of train rows (1 of 8,000)" in finding.message
    assert finding.message.endswith("at most 0 %")


def test_few_rows_are_not_blamed_for_chance(make_data: _Make) -> None:
    few = {"rows": 30, "conflicts": text_statistics.Share(1, 30)}
    assert _judge(make_data({"train": few}), "conflicts").findings == ()
    many = {"rows": 3000, "conflicts": text_statistics.Share(100, 3000)}
    assert len(_judge(make_data({"train": many}), "conflicts").findings) == 1


def test_nothing_is_no_share(make_data: _Make) -> None:
    data = make_data({"eval": {"rows": 0, "unknown_tokens": text_statistics.Share(0, 0)}})
    found = checks.judge(data, config.ValidateConfig.model_validate({"min_rows": "off"}))
    assert found.findings == ()


@pytest.mark.parametrize(("split", "found"), [("eval", 1), ("test", 0), ("train", 0)])
def test_unknown_tokens_are_counted_in_eval(make_data: _Make, split: str, found: int) -> None:
    limit = config.ValidateConfig().unknown_tokens.limit
    above = _smallest_above(limit, 16_000)
    kept = make_data({split: {"unknown_tokens": text_statistics.Share(above - 1, 16_000)}})
    assert _judge(kept, "unknown_tokens").findings == ()
    data = make_data({split: {"unknown_tokens": text_statistics.Share(above, 16_000)}})
    result = _judge(data, "unknown_tokens").findings
    assert len(result) == found
    for finding in result:
        assert f"of eval tokens ({above:,} of 16,000) are unknown" in finding.message
        assert _accept(data, "unknown_tokens", finding).findings == ()


def test_the_most_frequent_label_may_have_nearly_all_rows(make_data: _Make) -> None:
    limit = config.ValidateConfig().label_balance.limit
    above = _smallest_above(limit, 8000)
    kept = make_data({"train": {"labels": {"ham": above - 1, "spam": 8000 - above + 1}}})
    assert _judge(kept, "label_balance").findings == ()
    data = make_data({"train": {"labels": {"spam": 8000 - above, "ham": above}}})
    [finding] = _judge(data, "label_balance").findings
    assert f"of train rows ({above:,} of 8,000) have the label `ham`" in finding.message
    assert _accept(data, "label_balance", finding).findings == ()


def test_without_labels_there_is_no_balance(make_data: _Make) -> None:
    found = _judge(make_data({"train": {"labels": {}}}), "label_balance")
    assert found == findings.Findings((), (), {"label_balance": "there are no labels"})
