"""All checks together."""

import dataclasses
from collections.abc import Callable

import numpy as np
from tensorflow_metadata.proto.v0 import anomalies_pb2, statistics_pb2

from components.data_gate import checks, config, outcome
from components.statistics import text_statistics

_Make = Callable[..., outcome.Data]
_MakeStatistics = Callable[..., statistics_pb2.DatasetFeatureStatisticsList]
_NAMES = tuple(config.ValidateConfig.model_fields)


def test_honest_data_trips_over_nothing(make_data: _Make, make_statistics: _MakeStatistics) -> None:
    rng = np.random.default_rng(2)

    def columns(rows: int) -> statistics_pb2.DatasetFeatureStatisticsList:
        return make_statistics(
            {
                "text": [f"text {i}" for i in range(rows)],
                "label": rng.choice(["good", "bad"], rows, p=[0.55, 0.45]),
                "domain": rng.choice(["movies", "nyt", "tweets"], rows),
                "stars": rng.integers(1, 6, rows).astype(float),
                "price": rng.pareto(1.5, rows),
            }
        )

    statistics = {
        split: columns(rows) for split, rows in (("train", 800), ("eval", 100), ("test", 100))
    }
    data = make_data(
        statistics=statistics, anomalies={s: anomalies_pb2.Anomalies() for s in statistics}
    )
    baseline = outcome.Baseline(columns(700), data.text)
    found = checks.judge(dataclasses.replace(data, baseline=baseline), config.ValidateConfig())
    assert found.findings == ()
    assert found.checked == _NAMES
    assert found.not_checked == {}


def test_checks_that_are_off_are_not_made(make_data: _Make) -> None:
    data = make_data({"train": {"near_empty": text_statistics.Share(8000, 8000)}})
    off = config.ValidateConfig.model_validate(dict.fromkeys(_NAMES, "off"))
    found = checks.judge(data, off)
    assert (found.findings, found.checked, found.not_checked) == ((), (), {})


def test_what_could_not_be_checked_says_why(make_data: _Make) -> None:
    found = checks.judge(make_data(statistics={}), config.ValidateConfig())
    reason = "there is no blessed model yet to compare with"
    assert found.not_checked == {
        "skew": "there is no train split",
        "drift": reason,
        "unigram_drift": reason,
    }
    assert set(found.checked) == set(_NAMES) - set(found.not_checked)


def test_errors_come_first_and_levels_are_the_configs(make_data: _Make) -> None:
    all_of_them = text_statistics.Share(8000, 8000)
    anomalies = anomalies_pb2.Anomalies()
    anomalies.anomaly_info["a"].severity = anomalies_pb2.AnomalyInfo.WARNING
    anomalies.anomaly_info["b"].severity = anomalies_pb2.AnomalyInfo.ERROR
    data = make_data(
        {"train": {"near_empty": all_of_them, "conflicts": all_of_them, "truncated": all_of_them}},
        anomalies={"train": anomalies},
    )
    levels = {"conflicts": "error", "near_empty": "warn", "truncation": "error"}
    found = checks.judge(data, config.ValidateConfig.model_validate(levels))
    assert [(finding.check, finding.level) for finding in found.findings] == [
        ("anomalies", "error"),
        ("conflicts", "error"),
        ("truncation", "error"),
        ("anomalies", "warn"),
        ("near_empty", "warn"),
    ]
    assert found.findings[0].message.startswith("b of train")
