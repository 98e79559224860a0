"""A cross-validation in a summary."""

from pipeline import summary_folds

_ROWS = [
    summary_folds.FoldRow("transformer", 0.77, 0.75, 0.79),
    summary_folds.FoldRow("linear", 0.78, 0.77, 0.79, -0.01, -0.0225, 0.0025),
]
_FOUND = summary_folds.FoldSummary("accuracy", 5, 0.95, _ROWS)


def test_each_candidate_has_its_mean_with_the_interval_and_the_paired_difference():
    assert [line.plain for line in summary_folds.lines(_FOUND, None)] == [
        "Cross-validation  5 folds of the train split, intervals of 95%",
        "  candidate    accuracy          interval         transformer better by",
        "  transformer    0.7700  0.7500 to 0.7900",
        "  linear         0.7800  0.7700 to 0.7900  -0.0100 (-0.0225 to +0.0025)",
    ]


def test_without_rivals_there_is_nothing_to_be_better_than():
    alone = summary_folds.FoldSummary("r2", 2, 0.9, [summary_folds.FoldRow("transformer", None)])
    assert [line.plain for line in summary_folds.lines(alone, None)] == [
        "Cross-validation  2 folds of the train split, intervals of 90%",
        "  candidate           r2  interval",
        "  transformer  undefined",
    ]


def test_a_narrow_terminal_shows_fewer_columns():
    shown = summary_folds.lines(_FOUND, 50)
    assert all(line.cell_len <= 50 for line in shown[1:])
    assert "better" not in shown[1].plain
