"""The combiner as TFMA drives it, for each task's metrics."""

import copy

import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.metrics import metric_types

from schemas import tasks as tasks_lib
from trainer.tasks import task_metrics

_CONFIG = tfma.EvalConfig(
    model_specs=[
        tfma.ModelSpec(name=name, prediction_key="p") for name in ("candidate", "baseline")
    ]
)


def _metric(name, **settings):
    return task_metrics.TaskMetrics(tasks_lib.Settings(name, **settings).to_fields())


def _regression(*names):
    return _metric("regression", targets=names, options={"names": list(names)})


_METRICS = {
    "one label": (_metric("classification"), 1),
    "several labels": (_metric("classification", options={"separator": "|"}), 3),
    "one number": (_regression("a"), 1),
    "numbers": (_regression("a", "b", "c"), 3),
}
_WIDTH = {"one label": 3, "several labels": 3, "one number": 1, "numbers": 3}


def _rows(kind):
    """Makes what TFMA extracts: labels, and two models' predictions."""
    rng = np.random.default_rng(0)
    for _ in range(40):
        label = rng.integers(0, 2, _METRICS[kind][1])
        made = {name: {"p": rng.random(_WIDTH[kind])} for name in ("candidate", "baseline")}
        yield metric_types.StandardMetricInputs(
            {"labels": dict.fromkeys(made, label), "predictions": made}
        )


def _combiners(kind):
    metric, _ = _METRICS[kind]
    made = metric.computations(eval_config=_CONFIG, model_names=["candidate", "baseline"])
    return [computation.combiner for computation in made]


def _combine(combiner, rows):
    accumulator = combiner.create_accumulator()
    for row in rows:
        accumulator = combiner.add_input(accumulator, row)
    return accumulator


def _told(combiner, accumulator):
    return {key.name: value for key, value in combiner.extract_output(accumulator).items()}


@pytest.mark.parametrize("kind", _METRICS)
def test_parts_of_the_data_add_up_and_stay_as_they_are(kind):
    rows = list(_rows(kind))
    combiner = _combiners(kind)[0]
    parts = [_combine(combiner, some) for some in (rows[:0], rows[:7], rows[7:], [])]
    before = copy.deepcopy(parts[1])
    merged = _told(combiner, combiner.merge_accumulators(parts))

    whole = _told(combiner, _combine(combiner, rows))
    assert merged.keys() == whole.keys()
    for name, value in whole.items():
        np.testing.assert_allclose(merged[name], value, rtol=1e-9)
    for name, value in _told(combiner, before).items():
        np.testing.assert_array_equal(_told(combiner, parts[1])[name], value)


@pytest.mark.parametrize("kind", _METRICS)
def test_each_model_is_judged_by_its_own_answers(kind):
    rows = list(_rows(kind))
    candidate, baseline = (_told(c, _combine(c, rows)) for c in _combiners(kind))
    assert candidate.keys() == baseline.keys()
    # Some of a few rows' metrics may be equal by chance; not most.
    equal = [np.array_equal(value, baseline[name]) for name, value in candidate.items()]
    assert sum(equal) < len(equal) / 2


@pytest.mark.parametrize("kind", _METRICS)
def test_nothing_seen_has_every_key(kind):
    combiner = _combiners(kind)[0]
    assert set(_told(combiner, None)) == set(_told(combiner, _combine(combiner, _rows(kind))))


@pytest.mark.parametrize(
    "settings",
    [
        tasks_lib.Settings("classification"),
        tasks_lib.Settings("classification", options={"separator": "|"}),
        tasks_lib.Settings("regression"),
        tasks_lib.Settings("regression", targets=("v", "a")),
        tasks_lib.Settings("question_answering", texts=("text", "text_pair")),
        tasks_lib.Settings("language_model", targets=()),
        tasks_lib.Settings("masked_language_model", targets=()),
        tasks_lib.Settings("translation"),
    ],
)
def test_what_is_computed_is_what_the_contract_lists(settings):
    metric = task_metrics.TaskMetrics(settings.to_fields())
    [computation] = metric.computations(eval_config=_CONFIG)
    scalars = [key.name for key in computation.keys if key.name not in ("confusion_matrix",)]
    assert scalars == list(tasks_lib.contract(settings.name).metrics(settings))
