"""The section `tune` of a config: what is filled in, and what is refused in one line."""

import pytest

from pipeline import config, errors

_RIVALS = "rivals=[linear, cnn]"


def _load(*overrides):
    return config.from_columns("a.csv", overrides=overrides)


def _problems(*overrides):
    with pytest.raises(errors.ConfigError) as raised:
        _load(*overrides)
    return list(raised.value.problems)


def test_without_the_section_nothing_is_searched():
    assert _load().tune is None
    assert _load("tune=null").tune is None


def test_what_is_left_out_is_filled_in_with_one_budget_for_all():
    found = _load("tune={trials: 7}", _RIVALS, "train.learning_rate=2e-3")
    assert found.tune.model_dump() == {
        "method": "bayesian",
        "trials": 7,
        "metric": "accuracy",
        "epochs": 10,
        "space": {
            "train.learning_rate": {"min": 0.0004, "max": 0.01, "scale": "log"},
            "model.dropout": {"min": 0.0, "max": 0.5, "step": 0.1},
        },
        "rivals": {
            "linear": {
                "learning_rate": {"min": 0.002, "max": 0.05, "scale": "log"},
                "token_dropout": {"min": 0.0, "max": 0.5, "step": 0.1},
            },
            "cnn": {
                "learning_rate": {"min": 0.0002, "max": 0.005, "scale": "log"},
                "dropout": {"min": 0.0, "max": 0.5, "step": 0.1},
            },
        },
        "factor": 3,
        "initial_trials": None,
        "partial_grid": False,
    }


def test_a_grid_has_three_rates_and_what_is_counted_has_orders():
    found = _load("task=language_model", "rivals=[ngram]", "tune={method: grid}").tune
    assert found.space == {"train.learning_rate": [0.001, 0.000333333, 0.003]}
    assert found.rivals == {"ngram": {"order": [2, 3, 4, 5, 6]}}


@pytest.mark.parametrize(
    ("task", "metric"), [("language_model", "bits_per_character"), ("translation", "loss")]
)
def test_the_metric_is_the_deciding_one_where_a_training_tells_it(task, metric):
    assert _load(f"task={task}", "tune={}", "evaluate={}").tune.metric == metric


def test_values_are_read_as_what_their_keys_take():
    space = (
        "{model.num_kv_heads: [null, 2], train.clip_norm: [null, 1e-1], model.tied_embeddings: "
        "[true, false], model: {activation: [gelu, relu]}, model.hidden_dim: {min: 64, max: 256, "
        "step: 64}, train.learning_rate: {min: 1e-4, max: 1e-2, scale: log, step: 10}}"
    )
    found = _load(f"tune={{space: {space}}}", "tune.rivals={}").tune.space
    assert found == {
        "model.num_kv_heads": [None, 2],
        "train.clip_norm": [None, 0.1],
        "model.tied_embeddings": [True, False],
        "model.activation": ["gelu", "relu"],
        "model.hidden_dim": {"min": 64, "max": 256, "step": 64},
        "train.learning_rate": {"min": 1e-4, "max": 1e-2, "step": 10.0, "scale": "log"},
    }


def test_a_list_is_a_value_too():
    found = _load("rivals=[cnn]", "tune={rivals: {cnn: {widths: [[3, 4, 5], [2]]}}}")
    assert found.tune.rivals == {"cnn": {"widths": [[3, 4, 5], [2]]}}


def test_what_is_dumped_reads_back_equal(tmp_path):
    found = _load("tune={space: {model.num_heads: [2, 4], train.clip_norm: [null]}}", _RIVALS)
    path = tmp_path / "config.yaml"
    path.write_text(config.dump(found))
    assert config.load(path) == found


@pytest.mark.parametrize(
    ("tune", "problem"),
    [
        (
            "{space: {train.peak_learning_rate: [1e-3]}}",
            "`tune.space.train.peak_learning_rate` is not a known key. "
            "Did you mean `train.learning_rate`?",
        ),
        ("{space: {}}", "`tune.space` must not be empty. Received: {}"),
        (
            "{space: {train.seed: [1, 2]}}",
            "`tune.space` must leave every trial one budget and one chance. Received: train.seed",
        ),
        (
            "{space: {model.num_layers: [1, two]}}",
            "`tune.space.model.num_layers[1]` must be a whole number. Received: two",
        ),
        (
            "{space: {model.num_layers: [1, 97]}}",
            "`tune.space.model.num_layers[1]` must be at most 96. Received: 97",
        ),
        (
            "{space: {model.num_layers: [1, 1]}}",
            "`tune.space.model.num_layers` must not hold anything twice. Received: 1",
        ),
        (
            "{space: {model.dropout: {min: 0.0, max: 1.0}}}",
            "`tune.space.model.dropout.max` must be below 1. Received: 1.0",
        ),
        (
            "{space: {model.dropout: {min: 0.5, max: 0.1}}}",
            "`tune.space.model.dropout.min` must be below `tune.space.model.dropout.max`. "
            "Received: min=0.5, max=0.1",
        ),
        (
            "{space: {model.dropout: {min: 0.0, max: 0.5, scale: log}}}",
            "`tune.space.model.dropout.min` must be above 0 on a logarithmic scale. Received: 0.0",
        ),
        (
            "{space: {model.dropout: {min: 0.0, max: 0.5, stepp: 0.1}}}",
            "`tune.space.model.dropout.stepp` is not a known key. "
            "Known keys: min, max, step, scale",
        ),
        (
            "{space: {model.dropout: {min: 0.0}}}",
            "`tune.space.model.dropout.max` must be given",
        ),
        (
            "{space: {model.num_layers: {min: 1, max: 4, step: 1.5}}}",
            "`tune.space.model.num_layers.step` must be a whole number above 0 and at most 3. "
            "Received: 1.5",
        ),
        (
            "{space: {model.activation: {min: 1, max: 2}}}",
            "`tune.space.model.activation` must be a list of values. Received: a range",
        ),
        (
            "{space: {model.dropout: 0.1}}",
            "`tune.space.model.dropout` must be a list of values, or a range such as "
            "{min: 1, max: 4}. Received: 0.1",
        ),
        (
            "{space: {train.freeze: [1]}}",
            "`tune.space.train.freeze` must be left out without `model.init_from`",
        ),
        (
            "{metric: auc}",
            "`tune.metric` must be one that classification tells after each epoch "
            "(loss, accuracy). Received: auc",
        ),
        (
            "{metric: acuracy}",
            "`tune.metric` must be one that classification tells after each epoch "
            "(loss, accuracy). Received: acuracy. Did you mean `accuracy`?",
        ),
        (
            "{rivals: {cnn: {filters: [50]}}}",
            "`tune.rivals` must hold names of `rivals` (none). Received: cnn",
        ),
        (
            "{method: grid, trials: 3, space: {model.num_layers: [1, 2, 3, 4]}}",
            "`tune.trials` must be at least 4, the combinations of `tune.space` with the config's "
            "own, or `tune.partial_grid` must be true. Received: 3",
        ),
        (
            "{method: grid, trials: 3, space: {model.num_layers: [3, 4, 5]}}",
            "`tune.trials` must be at least 4, the combinations of `tune.space` with the config's "
            "own, or `tune.partial_grid` must be true. Received: 3",
        ),
        (
            "{method: grid, space: {model.dropout: {min: 0.0, max: 0.5}}}",
            "`tune.space.model.dropout` must be a list or have a `step` for the method grid. "
            'Received: {"min": "0.0", "max": "0.5"}',
        ),
        (
            "{method: grid, space: {model.num_heads: [3, 5]}}",
            "`tune.space` must hold values that go with each other. Received: none",
        ),
        (
            "{method: grid, space: {train.batch_size: {min: 1, max: 200000}}}",
            "`tune.space` must have at most 100,000 combinations for the method grid. "
            "Received: 200,000",
        ),
        (
            "{method: hyperband, trials: 9, epochs: 9}",
            "`tune.trials` must be at least 13, the first bracket of hyperband with 9 epochs and a "
            "factor of 3. Received: 9",
        ),
        (
            "{method: random, initial_trials: 3}",
            "`tune.initial_trials` must be left out for the method random. Received: 3",
        ),
        ("{method: magic}", "`tune.method` must be one of grid, random, bayesian, hyperband"),
        ("{trails: 3}", "`tune.trails` is not a known key. Did you mean `tune.trials`?"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_key_rule_and_value(tune, problem):
    [line] = _problems(f"tune={tune}")
    assert line.removeprefix("--set: ").startswith(problem)


def test_a_key_that_the_task_does_not_heed_is_refused():
    [line] = _problems("task=regression", "tune={space: {train.label_smoothing: [0.1]}}")
    assert line.endswith("`tune.space.train.label_smoothing` must be left out for regression")


def test_what_a_model_to_start_from_decides_is_refused():
    [line] = _problems("model.init_from=other", "tune={space: {model.hidden_dim: [64]}}")
    assert line.endswith(
        "`tune.space.model.hidden_dim` must be left out, as `model.init_from` decides it"
    )
    allowed = _load("model.init_from=other", "tune={space: {train.freeze: [null, encoder, 1]}}")
    assert allowed.tune.space == {"train.freeze": [None, "encoder", 1]}


def test_a_rivals_space_holds_its_own_settings_alone():
    [line] = _problems(_RIVALS, "tune={rivals: {linear: {filters: [50]}}}")
    assert "`tune.rivals.linear.filters` is not a known key. " in line


def test_combinations_that_do_not_go_with_each_other_are_no_part_of_a_grid():
    # 64 and 3 do not, nor do 100 and 3; the config's own, 128 and 4, is one more.
    space = "{model.hidden_dim: [64, 96, 100], model.num_heads: [3, 4]}"
    assert _load(f"tune={{method: grid, trials: 5, space: {space}}}").tune.trials == 5
    [line] = _problems(f"tune={{method: grid, trials: 4, space: {space}}}")
    assert "`tune.trials` must be at least 5, the combinations of `tune.space`" in line


def test_the_place_in_the_file_is_told(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "name: a\ndata: {path: a.csv}\ntune:\n  trials: 3\n  space:\n"
        "    model.dropout: [0.1]\n    train.learning_rate: [fast]\n"
    )
    with pytest.raises(errors.ConfigError) as raised:
        config.load(path)
    assert list(raised.value.problems) == [
        f"{path}:7: `tune.space.train.learning_rate[0]` must be a number. Received: fast"
    ]
