"""Values of a trial in the settings of a training."""

import pytest

from trainer import config, rivals
from trainer.tuning import settling, space

_TRAIN = {"epochs": 3, "learning_rate": 1e-3}


def test_the_transformers_keys_are_those_of_the_config():
    model, train = settling.settle(
        "transformer",
        {"hidden_dim": 64},
        _TRAIN,
        {"model.num_layers": 3, "train.learning_rate": 2e-3, "train.clip_norm": None},
    )
    assert model == config.ModelConfig(hidden_dim=64, num_layers=3)
    assert train == config.TrainConfig(epochs=3, learning_rate=2e-3, clip_norm=None)


def test_a_rivals_keys_are_those_of_its_settings_and_its_rate_is_the_trainings():
    values = {"learning_rate": 0.05, "widths": [2, 3]}
    model, train = settling.settle("cnn", {"filters": 7}, _TRAIN, values)
    assert model == rivals.Cnn(filters=7, learning_rate=0.05, widths=(2, 3))
    assert (train.learning_rate, train.epochs) == (0.05, 3)


def test_what_is_counted_takes_no_more_than_a_batch_whatever_the_trial_may_take():
    _, train = settling.settle("n_gram", {}, _TRAIN, {"order": 4})
    assert (train.epochs, train.epoch_batches) == (1, 1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (
            {"model.num_heads": 3, "model.hidden_dim": 64},
            "`num_heads` must divide `hidden_dim`. Received: num_heads=3, hidden_dim=64",
        ),
        (
            {"train.freeze": 3, "model.num_layers": 2},
            "`train.freeze` must be at most `model.num_layers` (2). Received: 3",
        ),
    ],
)
def test_values_that_do_not_go_with_each_other_are_told(values, reason):
    assert settling.problem("transformer", {}, _TRAIN, values) == reason
    with pytest.raises(ValueError, match=reason[:20]):
        settling.settle("transformer", {}, _TRAIN, values)


def test_values_that_go_with_each_other_are_no_problem():
    assert settling.problem("transformer", {}, _TRAIN, {"model.num_heads": 8}) is None


@pytest.mark.parametrize(
    ("domain", "spelled"),
    [
        ([1, 2, 4], [1, 2, 4]),
        ([1, 2.5], [1.0, 2.5]),
        ([None, 2], ["null", "2"]),
        ([True, False], ["true", "false"]),
        (["gelu", "relu"], ['"gelu"', '"relu"']),
        ([[3, 4], [2]], ["[3, 4]", "[2]"]),
    ],
)
def test_keras_tuner_is_given_numbers_or_text_and_the_values_come_back(domain, spelled):
    choice = space.read({"key": domain})["key"]
    encoded = [settling.encode(choice, value) for value in domain]
    assert encoded == spelled
    assert {type(value) for value in encoded} == {type(spelled[0])}
    assert [settling.decode({"key": value}) for value in encoded] == [{"key": v} for v in domain]


def test_an_own_value_of_another_kind_comes_back_too():
    choice = space.read({"key": [1, 2]})["key"]
    assert settling.decode({"key": settling.encode(choice, None)}) == {"key": None}


def test_keras_tuners_own_values_are_left_out():
    assert settling.decode({"tuner/epochs": 3, "order": 2}) == {"order": 2}


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (0.000123456, "0.000123"),
        (64, "64"),
        (None, "null"),
        (True, "true"),
        ([3, 4], "[3, 4]"),
        ("gelu", "gelu"),
    ],
)
def test_values_are_spelled_as_a_config_has_them(value, spelled):
    assert settling.spell(value) == spelled


def test_the_values_of_a_trial_are_spelled_with_their_keys():
    values = {"train.learning_rate": 0.00312345, "model.num_layers": 4}
    assert settling.spell_all(values) == "train.learning_rate 0.00312, model.num_layers 4"
