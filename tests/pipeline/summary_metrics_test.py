"""Tests of `pipeline.summary_metrics`."""

import pytest

from pipeline import console_text, summary_metrics

_Row = summary_metrics.MetricRow


def _metrics(*rows: summary_metrics.MetricRow, width: int | None = None) -> list[str]:
    lines = summary_metrics.metric_lines(rows, width, console_text.printable)
    return [line.plain for line in lines]


def _slices(*rows: summary_metrics.MetricRow, width: int | None = None) -> list[str]:
    lines = summary_metrics.slice_lines(rows, width, console_text.printable)
    return [line.plain for line in lines]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_Row("f1", 0.7), ""),
        (_Row("f1", 0.7, floor=0.74), "floor 0.74"),
        (_Row("loss", 0.7, ceiling=1), "ceiling 1"),
        (_Row("f1", 0.7, baseline=0.75), "baseline 0.7500"),
        (_Row("f1", 0.7, max_drop=0.01), ""),  # the first run has nothing to compare with
        (
            _Row("f1", 0.7, floor=0.5, baseline=0.751, max_drop=0.01),
            "floor 0.5; baseline 0.7510, may drop 0.01",
        ),
        (
            _Row("loss", 0.7, baseline=0.751, max_drop=0.01, higher_is_better=False),
            "baseline 0.7510, may rise 0.01",
        ),
    ],
)
def test_bounds_in_words(row: summary_metrics.MetricRow, words: str) -> None:
    assert row.bounds_text() == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_Row("f1", 0.739999, floor=0.74), "0.739999"),
        (_Row("loss", 0.740001, ceiling=0.74), "0.740001"),
        (_Row("f1", 0.739999, baseline=0.75, max_drop=0.01), "0.739999"),
        (_Row("loss", 0.760001, baseline=0.75, max_drop=0.01, higher_is_better=False), "0.760001"),
        (_Row("f1", 0.739999, baseline=0.75), "0.7400"),
        (_Row("f1", None, floor=0.74), "undefined"),
        (_Row("example_count", 1234.0), "1,234"),
        (_Row("example_count", None), "undefined"),
    ],
)
def test_a_value_looks_equal_to_no_bound_that_it_missed(
    row: summary_metrics.MetricRow, words: str
) -> None:
    assert row.value_text() == words


def test_metrics_stand_beside_their_bounds() -> None:
    assert _metrics(
        _Row("accuracy", 0.75, floor=0.74, passed=True),
        _Row("example_count", 100),
        _Row("cross_entropy", 12.5, ceiling=0.7, passed=False, higher_is_better=False),
        _Row("auc", 0.8),
        _Row("accuracy", 0.6, slice="domain=nyt"),
    ) == [
        "  accuracy        0.7500  pass  floor 0.74",
        "  cross_entropy  12.5000  FAIL  ceiling 0.7",
        "  auc             0.8000",
    ]


def test_bounds_go_below_where_a_line_is_too_narrow() -> None:
    rows = [
        _Row("accuracy", 0.75, floor=0.74, baseline=0.751, max_drop=0.01, passed=True),
        _Row("auc", 0.8),
        _Row("f1", 0.7, floor=0.6, passed=True),
    ]
    assert _metrics(*rows, width=40) == [
        "  accuracy  0.7500  pass",
        "    floor 0.74; baseline 0.7510, may",
        "    drop 0.01",
        "  auc       0.8000",
        "  f1        0.7000  pass",
        "    floor 0.6",
    ]


def test_slices_make_a_table_for_each_column() -> None:
    assert _slices(
        _Row("accuracy", 0.7),
        _Row("accuracy", 0.6, slice="domain=nyt"),
        _Row("example_count", 1200, slice="domain=nyt"),
        _Row("accuracy", 0.8, slice="lang=a=b"),
        _Row("accuracy", 0.9, slice="domain=tweets"),
        _Row("f1", 0.5, slice="domain=tweets"),
    ) == [
        "  domain  examples  accuracy      f1",
        "  nyt        1,200    0.6000",
        "  tweets              0.9000  0.5000",
        "",
        "  lang  accuracy",
        "  a=b     0.8000",
    ]


def test_bounds_on_slices_follow_their_table() -> None:
    assert _slices(
        _Row("accuracy", 0.6, slice="domain=nyt", floor=0.7, passed=False),
        _Row("accuracy", 0.9, slice="domain=tweets"),
    ) == [
        "  domain  accuracy",
        "  nyt       0.6000",
        "  tweets    0.9000",
        "",
        "  accuracy, domain=nyt  0.6000  FAIL  floor 0.7",
    ]


def test_metrics_that_find_no_room_are_named() -> None:
    rows = [_Row(name, 0.5, slice="domain=nyt") for name in ("accuracy", "recall", "precision")]
    assert _slices(*rows, width=30) == [
        "  domain  accuracy  recall",
        "  nyt       0.5000  0.5000",
        "  too narrow here for",
        "  precision",
    ]


def test_a_long_slice_leaves_room_for_its_numbers() -> None:
    row = _Row("accuracy", 0.5, slice=f"title={'w' * 100}")
    assert _slices(row, width=60)[1] == f"  {'w' * 20}    0.5000"
    assert _slices(row)[1] == f"  {'w' * 100}    0.5000"


def test_a_slice_cannot_send_control_characters() -> None:
    row = _Row("accuracy", 0.5, slice="a\x1b[1m=b\x1b[2J\n", floor=0.4, passed=True)
    assert not any("\x1b" in line or "\n" in line for line in _slices(row))


def test_without_slices_there_are_no_lines() -> None:
    assert _slices(_Row("accuracy", 0.5)) == []
