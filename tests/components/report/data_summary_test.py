"""The data in short."""

import dataclasses

from components.report import data_summary
from components.statistics import text_statistics


def test_splits_come_in_their_order_with_rows_and_lengths(tried):
    shuffled = dict(reversed(tried.text.splits.items()))
    text = text_statistics.TextStatistics(shuffled, ())
    table = data_summary.splits(dataclasses.replace(tried, text=text))
    assert [row[:2] for row in table.rows] == [("train", "3,200"), ("eval", "400"), ("test", "400")]
    assert table.rows[0][2:4] == ("9", "18")


def test_labels_are_counted_by_split(tried):
    rows = data_summary.labels(tried).rows
    # Half of the rows against a quarter.
    assert rows[0] == ("positive", *("1,600 (66.7\u00a0%)", *["200 (66.7\u00a0%)"] * 2))


def test_data_without_labels_has_no_table_of_them(tried):
    splits = {n: dataclasses.replace(s, labels={}) for n, s in tried.text.splits.items()}
    text = text_statistics.TextStatistics(splits, ())
    assert data_summary.labels(dataclasses.replace(tried, text=text)) is None
