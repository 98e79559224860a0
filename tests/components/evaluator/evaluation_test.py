"""What is read from TFMA's files and config, without running TFMA."""

import pathlib

import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.proto import metrics_for_slice_pb2

from components.evaluator import evaluation, verdict
from pipeline import config as config_lib
from pipeline import eval_config

_Rule, _Value = verdict.Rule, verdict.Value


def _of_slice(
    metrics: dict[str, float], slice_key: dict[str, object] | None = None, **key: object
) -> metrics_for_slice_pb2.MetricsForSlice:
    """Makes what TFMA writes for a slice; `key` tells more of the metrics' keys."""
    made = metrics_for_slice_pb2.MetricsForSlice()
    for column, value in (slice_key or {}).items():
        kind = {bytes: "bytes_value", int: "int64_value", float: "float_value"}[type(value)]
        part = made.slice_key.single_slice_keys.add(column=column)
        setattr(part, kind, value)
    for name, value in metrics.items():
        entry = made.metric_keys_and_values.add()
        entry.key.name = name
        for field, wanted in key.items():
            setattr(entry.key, field, wanted)
        entry.value.double_value.value = value
    return made


def _read(
    monkeypatch: pytest.MonkeyPatch, *written: metrics_for_slice_pb2.MetricsForSlice
) -> list[verdict.Value]:
    monkeypatch.setattr(tfma, "load_metrics", lambda directory: iter(written))
    return evaluation.values("nowhere")


def test_all_rows_come_first_and_slices_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(
        monkeypatch,
        _of_slice({"auc": 0.5}, {"shop": b"Rome"}),
        _of_slice({"auc": 0.25}, {"shop": "Köln".encode()}),
        _of_slice({"auc": 0.75, "accuracy": 1.0}),
    ) == [
        _Value("all rows", "auc", 0.75, None),
        _Value("all rows", "accuracy", 1.0, None),
        _Value("shop=Köln", "auc", 0.25, None),
        _Value("shop=Rome", "auc", 0.5, None),
    ]


@pytest.mark.parametrize(
    ("value", "name"), [(b"\xff", "n=\ufffd"), (3, "n=3"), (0.5, "n=0.5"), (b"a=b", "n=a=b")]
)
def test_a_slice_is_named_by_its_column_and_value(
    monkeypatch: pytest.MonkeyPatch, value: object, name: str
) -> None:
    [read] = _read(monkeypatch, _of_slice({"auc": 0.5}, {"n": value}))
    assert read.slice == name


def test_a_metric_stands_beside_the_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    of_slice = _of_slice({"auc": 0.75}, model_name=tfma.CANDIDATE_KEY)
    of_slice.MergeFrom(_of_slice({"auc": 0.5, "old": 0.1}, model_name=tfma.BASELINE_KEY))
    of_slice.MergeFrom(_of_slice({"auc": 0.25}, model_name=tfma.CANDIDATE_KEY, is_diff=True))
    assert _read(monkeypatch, of_slice) == [_Value("all rows", "auc", 0.75, 0.5)]


def test_undefined_numbers_are_none_and_arrays_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_slice = _of_slice({"auc": float("nan")})
    entry = of_slice.metric_keys_and_values.add()
    entry.key.name = "confusion_matrix"
    entry.value.array_value.shape.append(0)
    assert _read(monkeypatch, of_slice) == [_Value("all rows", "auc", None, None)]


def test_the_rules_are_those_of_the_users_config() -> None:
    config = config_lib.from_columns(
        "a.csv",
        overrides=[
            "evaluate.slices=[shop, town]",
            "evaluate.floor={accuracy: 0.7, auc: 0.6}",
            "evaluate.ceiling={cross_entropy: 0.5}",
            "evaluate.slice_floor={shop: {accuracy: 0.4}}",
            "evaluate.metric=cross_entropy",
            "evaluate.max_drop=0.01",
        ],
    )
    rules = evaluation.rules(eval_config.build(config))
    assert sorted(rules, key=repr) == sorted(
        [
            _Rule("accuracy", "floor", 0.7, True),
            _Rule("auc", "floor", 0.6, True),
            _Rule("accuracy", "floor", 0.4, True, "shop"),
            _Rule("cross_entropy", "ceiling", 0.5, False),
            _Rule("cross_entropy", "max_drop", 0.01, False),
        ],
        key=repr,
    )


def test_a_drop_of_a_metric_where_higher_is_better() -> None:
    config = config_lib.from_columns(
        "a.csv", overrides=["evaluate.floor={}", "evaluate.metric=f1", "evaluate.max_drop=0.25"]
    )
    rules = evaluation.rules(eval_config.build(config))
    assert rules == [_Rule("f1", "max_drop", 0.25, True)]


def test_a_verdict_lies_beside_the_evaluation(tmp_path: pathlib.Path) -> None:
    written = verdict.judge(True, [_Value("shop=Köln", "auc", None, 0.5)], [], True)
    evaluation.write_verdict(str(tmp_path), written)
    assert (tmp_path / "verdict.json").is_file()
    assert evaluation.read_verdict(str(tmp_path)) == written
