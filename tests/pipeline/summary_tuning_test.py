"""The searches in a summary."""

from pipeline import summary_tuning

_ROWS = [
    summary_tuning.SearchRow(
        "transformer", 6, 0.75, 0.7625, 0.78, "train.learning_rate 0.00312", 612.0
    ),
    summary_tuning.SearchRow("linear", 6, 0.7795, None, 0.7795, "learning_rate 0.01", 44.0, True),
    summary_tuning.SearchRow("cnn", 6, None, 0.7, 0.71, "dropout 0.2", 61.0),
]
_SEARCH = summary_tuning.SearchSummary("bayesian", "accuracy", _ROWS)


def test_each_candidate_has_a_row_and_its_best_values_a_line():
    assert [line.plain for line in summary_tuning.lines(_SEARCH, None, str)] == [
        "Search  bayesian, accuracy on the eval split",
        "  candidate    trials     own  runner-up    best         time",
        "  transformer       6  0.7500     0.7625  0.7800  10 min 12 s",
        "  linear            6  0.7795             0.7795       44.0 s",
        "  cnn               6  failed     0.7000  0.7100       61.0 s",
        "  transformer takes: train.learning_rate 0.00312",
        "  linear keeps its own values: learning_rate 0.01",
        "  cnn takes: dropout 0.2",
    ]


def test_on_a_narrow_terminal_values_are_wrapped():
    shown = summary_tuning.lines(_SEARCH, 40, str)
    assert all(line.cell_len <= 40 for line in shown if "takes" in line.plain)
