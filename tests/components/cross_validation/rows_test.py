"""Which rows stay together, and by what they are stratified."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from components.cross_validation import rows, settings
from schemas import tasks


def _example(**values):
    example = tf.train.Example()
    for name, value in values.items():
        feature = example.features.feature[name]
        if isinstance(value, str):
            feature.bytes_list.value.append(value.encode())
        else:
            feature.float_list.value.append(value)
    return example.SerializeToString()


def _asked(task="classification", unit_by=("text",), is_group=False, folds=2, **task_settings):
    return settings.Settings(
        task=tasks.Settings(task, **task_settings),
        folds=folds,
        metric="accuracy",
        alpha=0.05,
        seed=1,
        unit_by=unit_by,
        is_group=is_group,
        transform={},
        trainings={},
        backup_dir="/b",
    )


def test_texts_that_differ_in_case_or_white_space_alone_stay_together():
    texts = [f"text {i // 2}" if i % 2 else f"  TEXT   {i // 2} " for i in range(40)]
    examples = [_example(text=text, label="a") for text in texts]
    dealt, units = rows.deal(_asked(), examples)
    assert units == 20
    assert (dealt[::2] == dealt[1::2]).all()


def test_a_group_stays_together_byte_for_byte():
    examples = [_example(text=f"t{i}", label="a", shop="Ab"[i % 2 :] + "ab") for i in range(8)]
    dealt, units = rows.deal(_asked(unit_by=("shop",), is_group=True), examples)
    assert units == 2
    assert len(set(dealt[::2])) == len(set(dealt[1::2])) == 1


def test_one_label_stratifies():
    labels = ["rare"] * 4 + ["usual"] * 36
    examples = [_example(text=f"t{i}", label=label) for i, label in enumerate(labels)]
    dealt, _ = rows.deal(_asked(folds=4), examples)
    assert sorted(dealt[:4]) == [0, 1, 2, 3]


def test_a_number_stratifies_by_quantile():
    numbers = np.random.default_rng(1).permutation(40)
    examples = [_example(text=f"t{i}", label=float(n)) for i, n in enumerate(numbers)]
    dealt, _ = rows.deal(_asked("regression", folds=4), examples)
    in_order = dealt[np.argsort(numbers)].reshape(10, 4)
    assert (np.sort(in_order, axis=1) == np.arange(4)).all()


@pytest.mark.parametrize(
    "asked",
    [
        _asked("language_model", targets=()),
        _asked(options={"separator": "|"}),
        _asked("translation"),
    ],
    ids=["no label", "several labels", "text"],
)
def test_all_else_is_dealt_by_units_alone(asked):
    examples = [_example(text=f"t{i}", label=f"l{i % 3}") for i in range(9)]
    one, units = rows.deal(asked, examples)
    assert units == 9
    assert sorted(np.bincount(one)) == [4, 5]
    others = [_example(text=f"t{i}", label="same") for i in range(9)]
    assert (rows.deal(asked, others)[0] == one).all()


def test_settings_travel_as_json():
    asked = dataclasses.replace(_asked(), trainings={"transformer": {"a": 1}, "linear": {}})
    assert settings.Settings.from_json(asked.to_json()) == asked
    assert list(settings.Settings.from_json(asked.to_json()).trainings) == ["transformer", "linear"]
