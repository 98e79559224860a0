"""Checks that each split has rows, and that train has every label."""

import dataclasses
import shlex
from collections.abc import Callable, Mapping

import pytest

from components.data_gate import config, outcome, split_checks
from components.statistics import text_statistics
from pipeline import overrides

_Make = Callable[..., outcome.Data]
_ERROR = config.Check(level="error")


def _judge_rows(data: outcome.Data, limit: int) -> outcome.Outcome:
    return split_checks.min_rows("min_rows", data, config.RowsCheck(level="error", limit=limit))


@pytest.mark.parametrize("split", ["train", "eval", "test"])
def test_each_split_must_have_its_rows(make_data: _Make, split: str) -> None:
    data = make_data({split: {"rows": 20}})
    assert _judge_rows(data, 20) == ()
    assert _judge_rows(data, 19) == ()
    [violation] = _judge_rows(data, 21)
    assert violation.message == f"{split} has 20 rows; each split must have 21"
    assert overrides.parse(violation.remedy.removeprefix("--set ")) == overrides.Override(
        ("validate", "min_rows", "limit"), "20"
    )
    assert _judge_rows(data, 20) == ()


def test_a_split_that_is_not_there_has_no_rows(make_data: _Make) -> None:
    data = make_data({"eval": {"rows": 3}})
    splits = {name: split for name, split in data.text.splits.items() if name != "test"}
    data = dataclasses.replace(data, text=text_statistics.TextStatistics(splits, ()))
    [violation] = _judge_rows(data, 5)
    assert violation.message == "eval has 3 rows and test has 0 rows; each split must have 5"
    # A limit of 0 would only let the Trainer or the Evaluator fail for want of rows.
    assert violation.remedy == "more rows, or other parts in `data.split`"
    assert _judge_rows(data, 0) == ()


def test_train_may_have_labels_that_others_lack(make_data: _Make) -> None:
    data = make_data({"train": {"labels": {"good": 4000, "bad": 3999, "meh": 1}}})
    assert not split_checks.labels("labels", data, _ERROR)


def test_a_label_that_train_lacks_is_named_with_its_rows(make_data: _Make) -> None:
    rows = {
        "eval": [{"label": [b"good"]}, {"label": [b"it's \xc3\xbc"]}, {"label": []}],
        "test": [{"label": [b"meh"]}, {"label": [b"bad"]}],
    }

    def find_rows(
        split: str, judges: Mapping[str, outcome.Judge]
    ) -> dict[str, tuple[text_statistics.RowExample, ...]]:
        return {
            name: tuple(
                text_statistics.RowExample(f"{split}.csv:{line}", "", note)
                for line, row in enumerate(rows[split], start=1)
                if (note := judge(row))
            )
            for name, judge in judges.items()
        }

    data = make_data(
        {
            "eval": {"labels": {"good": 997, "it's ü": 3}},
            "test": {"labels": {"bad": 990, "meh": 9, "none": 1}},
        },
        find_rows=find_rows,
    )
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert violation.message == (
        "train lacks the label `it's ü` (3 rows) of eval "
        "and the labels `meh` (9 rows) and `none` (1 row) of test"
    )
    assert violation.rows == (
        text_statistics.RowExample("eval.csv:2", "", "label `it's ü`"),
        text_statistics.RowExample("test.csv:1", "", "label `meh`"),
    )
    # As a shell would split it: every label is known, and the check is a warning.
    _, labels, _, level = shlex.split(violation.remedy)
    assert overrides.parse(labels) == overrides.Override(
        ("data", "labels"), ["bad", "good", "it's ü", "meh", "none"]
    )
    assert overrides.parse(level) == overrides.Override(("validate", "labels"), "warn")


def test_no_label_may_be_foreign_to_those_of_the_config(make_data: _Make) -> None:
    data = make_data(
        {"train": {"labels": {"good": 900, "bad": 90, "goood": 7}}}, labels=("good", "bad")
    )
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert violation.message == "`data.labels` lacks the label `goood` (7 rows) of train"
    # The ids of the labels that were there stay as they are.
    [_, labels] = shlex.split(violation.remedy)
    assert overrides.parse(labels) == overrides.Override(
        ("data", "labels"), ["good", "bad", "goood"]
    )
    accepted = dataclasses.replace(data, labels=("good", "bad", "goood"))
    assert not split_checks.labels("labels", accepted, _ERROR)


def test_labels_of_the_config_are_not_named_again(make_data: _Make) -> None:
    data = make_data({"test": {"labels": {"meh": 9}}}, labels=("none", "meh", "good", "bad"))
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert violation.message == "train lacks the label `meh` (9 rows) of test"
    assert violation.remedy == "--set validate.labels=warn"


def test_too_many_labels_are_not_all_told(make_data: _Make) -> None:
    labels = {f"label {value}": 1 for value in range(100, 160)}
    data = make_data({"test": {"labels": labels}})
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert violation.message.endswith("`label 104` (1 row) and 55 more of test")
    assert violation.remedy == "--set data.labels=[…all 62 labels…] --set validate.labels=warn"


@pytest.mark.parametrize(("count", "is_a_measure"), [(50, False), (51, True)])
def test_a_column_of_numbers_is_for_another_task(
    make_data: _Make, count: int, is_a_measure: bool
) -> None:
    numbers = [f"{value / 100}" for value in range(100, 100 + count)]
    train, test = dict.fromkeys(numbers[1:], 1), {numbers[0]: 1}
    data = make_data(
        {"train": {"labels": train}, "eval": {"labels": train}, "test": {"labels": test}}
    )
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert violation.remedy.startswith("--set task=regression") == is_a_measure


def test_without_labels_there_is_nothing_to_check(make_data: _Make) -> None:
    data = make_data({name: {"labels": {}} for name in ("train", "eval", "test")})
    assert split_checks.labels("labels", data, _ERROR) == outcome.NotChecked("there are no labels")


def test_labels_in_eval_alone_are_all_lacking(make_data: _Make) -> None:
    data = make_data({"train": {"labels": {}}, "test": {"labels": {}}})
    [violation] = split_checks.labels("labels", data, _ERROR)
    assert "of eval" in violation.message
