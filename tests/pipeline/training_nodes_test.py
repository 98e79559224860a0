"""The nodes that train candidates, and those that search better settings for them."""

import json
import pathlib

import pytest
from tfx.utils import json_utils

from components.trial import settings as trial_settings
from tests.pipeline import reviews

_RIVALS = "rivals=[linear, embeddings, cnn, lstm]"
_TUNE = "tune={method: random, trials: 4, epochs: 2}"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the directory that TFX makes for its records out of the project."""
    monkeypatch.chdir(tmp_path)


def _custom(node_id: str, *overrides: str) -> dict:
    node = reviews.nodes(*overrides)[node_id]
    custom: dict = json_utils.loads(node.exec_properties["custom_config"])
    return custom


def test_every_candidate_is_searched_with_one_budget() -> None:
    settings = (_RIVALS, _TUNE, "train.epochs=7")
    names = ["Tuner", *(f"Tuner_{rival}" for rival in ("linear", "embeddings", "cnn", "lstm"))]
    told = [_custom(name, *settings) for name in names]
    assert all(each["tune"] == told[0]["tune"] for each in told)
    assert all(each["train"]["epochs"] == 2 for each in told)
    assert {each["candidate"] for each in told} == {
        *("transformer", "linear", "embeddings", "cnn", "lstm")
    }
    for each in told:
        assert dict(each["own"]).keys() == dict(each["space"]).keys()
    # What is trained in the end has the epochs of every run.
    assert _custom("Trainer", *settings)["train"]["epochs"] == 7


def test_a_search_is_given_train_and_eval_alone() -> None:
    settings = reviews.nodes(_TUNE)["Tuner"].exec_properties
    assert json.loads(settings["train_args"])["splits"] == ["train"]
    assert json.loads(settings["eval_args"])["splits"] == ["eval"]


def test_all_seeds_of_a_candidate_have_the_values_that_were_found_best() -> None:
    made = reviews.nodes("rivals=[linear]", "trial.seeds=2", _TUNE).values()
    sources = {
        node.id: node.inputs["hyperparameters"].producer_component_id
        for node in made
        if node.id.startswith("Trainer")
    }
    assert sources == {
        **{"Trainer": "Tuner", "Trainer_2": "Tuner"},
        **{"Trainer_linear": "Tuner_linear", "Trainer_linear_2": "Tuner_linear"},
    }


def test_a_changed_space_of_one_leaves_the_searches_of_others_cached() -> None:
    settings = (_RIVALS, _TUNE)
    before = {node.id: repr(node.exec_properties) for node in reviews.nodes(*settings).values()}
    changed = reviews.nodes(*settings, "tune.rivals={cnn: {filters: [50, 100]}}").values()
    after = {node.id: repr(node.exec_properties) for node in changed}
    different = {name for name in before if before[name] != after[name]}
    assert different == {"Config", "Tuner_cnn", "Report"}


def test_the_order_of_a_space_is_kept_for_a_grid() -> None:
    space = "{train.weight_decay: [0.1], model.dropout: [0.2], train.learning_rate: [0.01]}"
    told = _custom("Tuner", f"tune={{method: grid, space: {space}}}")
    keys = ["train.weight_decay", "model.dropout", "train.learning_rate"]
    assert [key for key, _ in told["space"]] == keys


def test_the_trainer_is_given_train_and_eval_alone() -> None:
    settings = reviews.nodes()["Trainer"].exec_properties
    assert json.loads(settings["train_args"])["splits"] == ["train"]
    assert json.loads(settings["eval_args"])["splits"] == ["eval"]


def test_each_rival_has_a_trainer_of_its_own_with_the_runs_budget() -> None:
    config = reviews.config(_RIVALS, "train.epochs=7", "train.layer_decay=0.5")
    made = reviews.create(_RIVALS, "train.epochs=7", "train.layer_decay=0.5")
    nodes = {node.id: node for node in made.components}
    settings = {
        name: json_utils.loads(nodes[name].exec_properties["custom_config"])
        for name in ("Trainer", *(f"Trainer_{rival}" for rival in config.rivals))
    }
    of_run = settings.pop("Trainer")
    assert {s["architecture"] for s in settings.values()} == {
        *("linear", "averaged_embeddings", "cnn", "lstm")
    }
    own = ("learning_rate", "weight_decay", "freeze", "layer_decay")
    for name, of_rival in settings.items():
        rival = config.rival_settings.of(name.removeprefix("Trainer_"))
        assert of_rival["model"] == json_utils.loads(json_utils.dumps(rival.model_dump()))
        assert of_rival["train"]["learning_rate"] == rival.learning_rate
        assert of_rival["train"]["layer_decay"] == 1.0
        for key, value in of_run["train"].items():
            assert key in own or of_rival["train"][key] == value
        for key in set(of_run) - {"architecture", "model", "train"}:
            assert of_rival[key] == of_run[key]
        assert nodes[name].inputs.keys() == nodes["Trainer"].inputs.keys()


def test_a_changed_rival_leaves_the_other_nodes_cached() -> None:
    before = {node.id: repr(node.exec_properties) for node in reviews.nodes(_RIVALS).values()}
    changed = reviews.nodes(_RIVALS, "rival_settings.cnn.filters=7").values()
    after = {node.id: repr(node.exec_properties) for node in changed}
    different = {node_id for node_id in before if before[node_id] != after[node_id]}
    assert different == {"Config", "Trainer_cnn", "Report"}


def test_each_seed_of_each_candidate_has_a_trainer() -> None:
    settings = ("rivals=[linear]", "trial.seeds=2", "train.seed=7")
    made = {node.id: node for node in reviews.nodes(*settings).values()}
    seeds = {
        name: json_utils.loads(node.exec_properties["custom_config"])["train"]["seed"]
        for name, node in made.items()
        if name.startswith("Trainer")
    }
    assert seeds == {"Trainer": 7, "Trainer_linear": 7, "Trainer_2": 8, "Trainer_linear_2": 8}
    told = made["Trial"].exec_properties["settings"]
    assert trial_settings.Settings.from_json(told).candidates() == {
        "transformer": ["transformer_1", "transformer_2"],
        "linear": ["linear_1", "linear_2"],
    }
