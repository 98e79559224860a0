"""Skew between splits and drift since the latest blessed model."""

from collections.abc import Callable, Sequence

import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2

from components.data_gate import chance, config, distance_checks, outcome
from pipeline import overrides

_Make = Callable[..., outcome.Data]
_MakeStatistics = Callable[..., statistics_pb2.DatasetFeatureStatisticsList]
_NONE = "there is no blessed model yet to compare with"


def _labels(good: int, rows: int) -> Sequence[str]:
    return ["good"] * good + ["bad"] * (rows - good)


def _skew(data: outcome.Data, limit: float = 0.1) -> outcome.Outcome:
    return distance_checks.skew("skew", data, config.FractionCheck(level="warn", limit=limit))


def _drift(data: outcome.Data, limit: float = 0.1) -> outcome.Outcome:
    return distance_checks.drift("drift", data, config.FractionCheck(level="warn", limit=limit))


def _limit(remedy: str) -> float:
    override = overrides.parse(remedy.removeprefix("--set "))
    assert (override.keys[0], override.keys[2]) == ("validate", "limit")
    return float(override.value)


def test_a_split_may_differ_by_the_limit_and_chance(
    make_data: _Make, make_statistics: _MakeStatistics
) -> None:
    bound = 0.1 + chance.of_infinity_norm(4000, 1000)  # 0.153
    train = make_statistics({"label": _labels(2000, 4000)})
    for good, found in ((500, 0), (600, 0), (int(1000 * (0.5 + bound)), 0), (654, 1), (346, 1)):
        test = make_statistics({"label": _labels(good, 1000)})
        data = make_data(statistics={"train": train, "test": test})
        assert len(_skew(data)) == found, good


def test_skew_tells_every_column_of_every_split(
    make_data: _Make, make_statistics: _MakeStatistics
) -> None:
    def made(good: int, stars: Sequence[float]) -> statistics_pb2.DatasetFeatureStatisticsList:
        return make_statistics({"label": _labels(good, 400), "stars": list(stars) * 100})

    data = make_data(
        statistics={
            "train": made(200, [1, 2, 3, 4]),
            "eval": made(396, [1, 2, 3, 4]),
            "test": made(320, [8, 9, 8, 9]),
        }
    )
    [violation] = _skew(data)
    stars, eval_label, test_label, limit = violation.message.split("; ")
    assert stars == (
        "`stars` moved between train and test (mean 2.5 → 8.5): Jensen-Shannon divergence 1.000"
    )
    assert eval_label == (
        "`label` moved between train and eval (`good` 50 % → 99 %): L-infinity distance 0.490"
    )
    assert test_label == (
        "`label` moved between train and test (`good` 50 % → 80 %): L-infinity distance 0.300"
    )
    assert limit.startswith("at most 0.1 (+ 0.")
    assert violation.remedy == "--set validate.skew.limit=1"
    assert _skew(data, _limit(violation.remedy)) == ()


def test_texts_are_not_compared_as_values(
    make_data: _Make, make_statistics: _MakeStatistics
) -> None:
    statistics = {s: make_statistics({"text": [s] * 1000}) for s in ("train", "eval")}
    assert _skew(make_data(statistics=statistics)) == ()


def test_without_a_train_split_there_is_no_skew(
    make_data: _Make, make_statistics: _MakeStatistics
) -> None:
    data = make_data(statistics={"eval": make_statistics({"label": ["a"]})})
    assert _skew(data) == outcome.NotChecked("there is no train split")


@pytest.mark.parametrize(("good", "found"), [(2000, 0), (2400, 0), (3500, 1)])
def test_train_may_drift_by_the_limit_and_chance(
    make_data: _Make, make_statistics: _MakeStatistics, good: int, found: int
) -> None:
    data = make_data(statistics={"train": make_statistics({"label": _labels(good, 4000)})})
    baseline = outcome.Baseline(make_statistics({"label": _labels(1900, 4000)}), data.text)
    data = make_data(statistics=data.statistics, baseline=baseline)
    violations = _drift(data)
    assert len(violations) == found
    for violation in violations:
        assert "since the latest blessed model (`good` 47.5 % → 87.5 %)" in violation.message
        assert violation.remedy == "--set validate.drift.limit=0.4"
        assert _drift(data, _limit(violation.remedy)) == ()


def test_without_a_baseline_there_is_no_drift(make_data: _Make) -> None:
    assert _drift(make_data()) == outcome.NotChecked(_NONE)
