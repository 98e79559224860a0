"""What is shown of TFDV's statistics: worked out by hand from tables of a few rows."""

import math

import pytest

from components.data_gate import page_features

_COLORS = ["red"] * 6 + ["blue"] * 3 + [None]
_SIZES = [1.0, 2.0, 3.0, 0.0, 4.0, None, 5.0, 0.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def statistics(make_statistics):
    """Train has colors and sizes, eval another color and no sizes."""
    texts = [f"text number {index}" for index in range(10)]
    return {
        "eval": make_statistics({"color": ["green", "red", "red", "red"]}),
        "train": make_statistics({"text": texts, "color": _COLORS, "size": _SIZES}),
    }


@pytest.fixture(scope="module")
def features(statistics):
    return {each.name: each for each in page_features.gather(statistics, ("train", "eval"))}


def test_splits_stand_in_the_order_of_dealing():
    assert page_features.order({"test", "extra", "train", "eval", "a"}) == (
        *("train", "eval", "test"),
        *("a", "extra"),
    )


def test_kinds_are_words(features):
    assert {name: feature.kind for name, feature in features.items()} == {
        "text": "text",
        "color": "text",
        "size": "number",
    }


def test_figures_of_a_number(features):
    facts = dict(features["size"].facts)
    # 9 values that sum to 15, their squares to 55: variance 55 / 9 - (15 / 9) ** 2.
    deviation = math.sqrt(55 / 9 - (15 / 9) ** 2)
    assert facts == {
        "Values": ("9", "–"),
        "Missing": ("1 (10.0\u00a0%)", "–"),
        "Mean": ("1.667", "–"),
        "Standard deviation": (f"{deviation:.3f}", "–"),
        "Least": ("0", "–"),
        "Median": ("1", "–"),
        "Greatest": ("5", "–"),
        "Zeros": ("4 (44.4\u00a0%)", "–"),
    }


def test_a_number_has_a_histogram_of_the_splits_that_have_it(features):
    assert [split for split, _ in features["size"].histogram.strips] == ["train"]
    assert features["size"].top is None


def test_figures_of_a_category(features):
    facts = dict(features["color"].facts)
    assert facts["Values"] == ("9", "4")
    assert facts["Missing"] == ("1 (10.0\u00a0%)", "0")
    assert facts["Different values"] == ("2", "2")
    # 6 of 3 bytes, 3 of 4 bytes; 1 of 5 and 3 of 3.
    assert facts["Mean length, bytes"] == ("3.333", "3.5")


def test_top_values_of_a_category_by_split(features):
    shown = {
        value: [(cell.count, cell.share) for cell in cells]
        for value, cells in features["color"].top.rows
    }
    assert shown == {
        "red": [(6, 6 / 9), (3, 0.75)],
        "blue": [(3, 3 / 9), (0, 0.0)],
        "green": [(0, 0.0), (1, 0.25)],
    }


def test_values_that_are_all_different_have_no_top(features):
    assert features["text"].top is None
    assert features["text"].histogram is None


def test_a_split_of_one_row_hides_no_category(statistics, make_statistics):
    small = {**statistics, "eval": make_statistics({"color": ["red"]})}
    color = page_features.gather(small, ("train", "eval"))[1]
    assert dict(color.top.rows)["red"][1].count == 1


def test_estimates_of_values_that_are_nearly_all_different_are_not_shown(statistics):
    [_, color, _] = statistics["train"].datasets[0].features
    many = type(color).FromString(color.SerializeToString())
    many.string_stats.unique, many.string_stats.common_stats.num_non_missing = 5001, 10_000
    made = type(statistics["train"])()
    made.datasets.add().features.append(many)
    beside = {"train": made, "eval": statistics["eval"]}
    assert page_features.gather(beside, ("train", "eval"))[0].top is None
    made.datasets[0].features[0].string_stats.unique = 5000
    assert page_features.gather(beside, ("train", "eval"))[0].top is not None


def test_no_more_values_differ_than_there_are(statistics):
    changed = type(statistics["eval"]).FromString(statistics["eval"].SerializeToString())
    [color] = changed.datasets[0].features
    color.string_stats.unique = 5  # as a sketch may have it
    [shown] = page_features.gather({"eval": changed}, ("eval",))
    assert dict(shown.facts)["Different values"] == ("4",)


def test_a_value_below_the_counted_ones_is_not_shown_as_absent(statistics):
    changed = {
        name: type(each).FromString(each.SerializeToString()) for name, each in statistics.items()
    }
    [color] = changed["eval"].datasets[0].features
    color.string_stats.unique = 2000
    color.string_stats.common_stats.num_non_missing = 9000
    [shown] = [each for each in page_features.gather(changed, ("train", "eval")) if each.top]
    assert dict(shown.top.rows)["blue"][1] is None


def test_numbers_that_are_none_are_counted(make_statistics):
    made = make_statistics({"size": [1.0, 2.0]})
    [size] = made.datasets[0].features
    for histogram in size.num_stats.histograms:
        histogram.num_nan = 1
    [feature] = page_features.gather({"train": made}, ("train",))
    assert dict(feature.facts)["Not a number"] == ("1 (50.0\u00a0%)",)


def test_infinite_buckets_are_not_drawn(make_statistics):
    made = make_statistics({"size": [1.0, 2.0, 3.0, 4.0]})
    [size] = made.datasets[0].features
    for histogram in size.num_stats.histograms:
        histogram.buckets[-1].high_value = math.inf
    [feature] = page_features.gather({"train": made}, ("train",))
    assert "inf" not in feature.histogram.strips[0][1]


def test_a_split_without_statistics_has_dashes(statistics):
    gathered = page_features.gather({"train": statistics["train"]}, ("train", "test"))
    assert gathered
    assert all(values[1] == "–" for each in gathered for _, values in each.facts)


def test_a_split_where_all_is_missing_has_no_figures(statistics):
    made = type(statistics["train"]).FromString(statistics["train"].SerializeToString())
    common = made.datasets[0].features[2].num_stats.common_stats
    common.num_non_missing, common.num_missing = 0, 10
    facts = dict(page_features.gather({"train": made}, ("train",))[2].facts)
    assert facts["Values"] == ("0",)
    assert facts["Missing"] == ("10 (100\u00a0%)",)
    assert facts["Mean"] == facts["Zeros"] == ("–",)


def test_no_statistics_are_no_features():
    assert page_features.gather({}, ("train",)) == []
