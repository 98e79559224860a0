"""`model.init_from`: what it finds, and what it is held to."""

import json
import pathlib
import shutil
import sqlite3

import pytest

from pipeline import config as config_lib
from pipeline import errors, initial_model
from pipeline import workspace as workspace_lib
from tests import keras_hub_presets
from trainer import config as trainer_config
from trainer import exported, rivals

_SHAPE = trainer_config.ModelConfig.model_validate({"num_layers": 1, "positions": "learned"})


def _export(directory: pathlib.Path, **fields: object) -> pathlib.Path:
    """Writes what is looked at of an exported model."""
    made = {"architecture": "transformer", "model": _SHAPE, "tokenizer": {}, "variables": {}}
    (directory / "assets.extra").mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(b"graph")
    text = exported.Exported(**{**made, **fields}).to_json()  # type: ignore[arg-type]
    (directory / exported.FILE).write_text(text, encoding="utf-8")
    return directory


def _find(root: pathlib.Path, name: str, *overrides: str) -> pathlib.Path | None:
    settings = [f"model.init_from={name}", "model.num_layers=1", "model.positions=learned"]
    config = config_lib.from_columns("reviews.csv", overrides=[*settings, *overrides])
    return initial_model.find(config, workspace_lib.Workspace.at(root, "reviews"))


def _problems(root: pathlib.Path, name: str, *overrides: str) -> list[str]:
    with pytest.raises(errors.ConfigError) as caught:
        _find(root, name, *overrides)
    return list(caught.value.problems)


def test_without_the_key_there_is_none(tmp_path: pathlib.Path) -> None:
    config = config_lib.from_columns("reviews.csv")
    assert initial_model.find(config, workspace_lib.Workspace.at(tmp_path, "reviews")) is None


def test_a_model_is_found_by_its_own_directory(tmp_path: pathlib.Path) -> None:
    model = _export(tmp_path / "some" / "model")
    assert _find(tmp_path, str(model)) == model


def test_a_model_artifact_is_found_by_its_directory(tmp_path: pathlib.Path) -> None:
    model = _export(tmp_path / "Trainer" / "model" / "7" / "Format-Serving")
    assert _find(tmp_path, str(model.parent)) == model


def test_the_newest_version_is_taken_by_number(tmp_path: pathlib.Path) -> None:
    for version in ("9", "10", "2"):
        _export(tmp_path / "serving" / version)
    (tmp_path / "serving" / "11").mkdir()  # half pushed
    assert _find(tmp_path, str(tmp_path / "serving")) == tmp_path / "serving" / "10"


def test_a_workspace_is_found_by_its_name_beside_the_runs_own(tmp_path: pathlib.Path) -> None:
    pushed = _export(tmp_path / "other" / "serving" / "other" / "5")
    assert _find(tmp_path, "other") == pushed
    assert _find(tmp_path / "elsewhere", str(tmp_path / "other")) == pushed


def _bless(root: pathlib.Path, *models: tuple[pathlib.Path, int]) -> None:
    """Writes what ML Metadata would have of blessings, the oldest first."""
    with sqlite3.connect(root / "metadata.db") as connection:
        connection.execute(
            "CREATE TABLE ArtifactProperty (artifact_id INT, name TEXT, is_custom_property INT, "
            "int_value INT, string_value TEXT)"
        )
        for number, (model, blessed) in enumerate(models):
            connection.executemany(
                "INSERT INTO ArtifactProperty VALUES (?, ?, 1, ?, ?)",
                [(number, "blessed", blessed, None), (number, "current_model", None, str(model))],
            )
    connection.close()


def test_where_nothing_is_pushed_the_newest_blessed_model_is_taken(tmp_path: pathlib.Path) -> None:
    models = [tmp_path / "other" / "artifacts" / str(number) for number in range(4)]
    for model in models[:3]:
        _export(model / "Format-Serving")
    # The newest is gone from the disk, the one before it was not blessed.
    _bless(tmp_path / "other", *zip(models, (1, 1, 0, 1), strict=True))
    assert _find(tmp_path, "other") == models[1] / "Format-Serving"


def test_what_is_pushed_goes_before_what_is_blessed(tmp_path: pathlib.Path) -> None:
    pushed = _export(tmp_path / "other" / "serving" / "other" / "5")
    blessed = _export(tmp_path / "other" / "artifacts" / "1" / "Format-Serving")
    _bless(tmp_path / "other", (blessed.parent, 1))
    assert _find(tmp_path, "other") == pushed


def test_what_is_no_model_is_told_in_one_line(tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "absent", str(tmp_path / "empty")):
        [problem] = _problems(tmp_path, name)
        assert problem.startswith("`model.init_from` must be the directory of a pushed or blessed")
        assert problem.endswith(f"a model in {tmp_path}. Received: {name}")


def test_every_difference_is_told_by_its_key(tmp_path: pathlib.Path) -> None:
    model = _export(
        tmp_path / "model", tokenizer={"kind": "words", "lowercase": False, "min_count": 3}
    )
    assert _problems(tmp_path, str(model), "model.hidden_dim=64", "tokenizer.max_length=129") == [
        "`model.hidden_dim` must be 128, as `model.init_from` has it. Received: 64",
        "`tokenizer.kind` must be words, as `model.init_from` has it. Received: wordpiece",
        "`tokenizer.lowercase` must be false, as `model.init_from` has it. Received: true",
        "`tokenizer.max_length` must be at most 128, as `model.init_from` has positions. "
        "Received: 129",
    ]


def test_of_learned_positions_the_first_may_be_taken(tmp_path: pathlib.Path) -> None:
    model = _export(tmp_path / "model")
    assert _find(tmp_path, str(model), "tokenizer.max_length=99") == model


def test_the_length_is_free_where_no_position_is_learned(tmp_path: pathlib.Path) -> None:
    shape = _SHAPE.model_copy(update={"positions": "rotary"})
    model = _export(tmp_path / "model", model=shape)
    free = ("model.positions=rotary", "tokenizer.max_length=99", "model.dropout=0.5")
    assert _find(tmp_path, str(model), *free) == model


def test_a_model_of_another_architecture_is_refused(tmp_path: pathlib.Path) -> None:
    model = _export(tmp_path / "model", architecture="decoder")
    assert _problems(tmp_path, str(model)) == [
        "`model.init_from` must be of the architecture transformer for classification. "
        "Received: decoder"
    ]


def test_a_rival_is_refused(tmp_path: pathlib.Path) -> None:
    model = _export(tmp_path / "model", architecture="cnn", model=rivals.Cnn.model_validate({}))
    assert _problems(tmp_path, str(model)) == [
        "`model.init_from` must be of the architecture transformer for classification. "
        "Received: cnn"
    ]


@pytest.mark.parametrize("text", ["", "{}", '{"model": {"heads": 1}}', "[]"])
def test_a_model_that_tells_nothing_of_itself_is_refused(tmp_path: pathlib.Path, text: str) -> None:
    model = _export(tmp_path / "model")
    (model / exported.FILE).write_text(text, encoding="utf-8")
    assert _problems(tmp_path, str(model)) == [
        "`model.init_from` must be a model with assets.extra/model.json, as this version exports "
        f"it. Received: {model}"
    ]


def test_the_digest_is_of_what_the_files_hold_and_how_they_are_called(
    tmp_path: pathlib.Path,
) -> None:
    first, second = _export(tmp_path / "1"), _export(tmp_path / "2")
    assert initial_model.digest(first) == initial_model.digest(second)
    (second / "saved_model.pb").write_bytes(b"grapf")
    assert initial_model.digest(first) != initial_model.digest(second)
    (second / "saved_model.pb").rename(second / "other.pb")
    (second / "other.pb").write_bytes(b"graph")
    assert initial_model.digest(first) != initial_model.digest(second)


def test_what_is_frozen_must_be_there_to_freeze() -> None:
    def problems(*overrides: str) -> list[str]:
        with pytest.raises(errors.ConfigError) as caught:
            config_lib.from_columns("reviews.csv", overrides=overrides)
        return [problem.partition(": ")[2] for problem in caught.value.problems]

    assert problems("train.freeze=encoder") == [
        "`train.freeze` must be left out without `model.init_from`. Received: encoder"
    ]
    assert problems("train.freeze=3", "model.init_from=a") == [
        "`train.freeze` must be at most `model.num_layers` (2). Received: 3"
    ]
    for value in ("0", "head"):
        assert problems(f"train.freeze={value}", "model.init_from=a") == [
            "`train.freeze` must be embeddings, encoder or a number of blocks from 1. "
            f"Received: {value}"
        ]
    made = config_lib.from_columns("reviews.csv", overrides=["train.freeze=2", "model.init_from=a"])
    assert (made.train.freeze, json.loads(made.train.model_dump_json())["freeze"]) == (2, 2)


@pytest.fixture(scope="module")
def preset(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return keras_hub_presets.bert(tmp_path_factory.mktemp("preset") / "bert")


def _bert(**fields: object) -> list[str]:
    """Settings that go with the preset."""
    size = len(keras_hub_presets.BERT_VOCABULARY)
    settings = {
        **{"model.num_layers": 2, "model.hidden_dim": 16, "model.num_heads": 2},
        **{"model.intermediate_dim": 24, "model.norm": "post", "model.norm_epsilon": 1e-12},
        **{"model.activation": "gelu_tanh", "model.embedding_scale": "false"},
        **{"model.embedding_norm": "true", "tokenizer.pretokenizer": "bert"},
        **{"tokenizer.vocabulary_size": size, "tokenizer.max_length": 24, **fields},
    }
    return [f"{key}={value}" for key, value in settings.items()]


def test_a_preset_of_keras_hub_is_found_by_its_directory(
    tmp_path: pathlib.Path, preset: pathlib.Path
) -> None:
    assert _find(tmp_path, str(preset), *_bert()) == preset
    # What is not heeded, and positions that are not wanted, do not count.
    free = {"tokenizer.unicode": "NFC", "tokenizer.max_length": 9, "model.pooling": "pooler"}
    assert _find(tmp_path, str(preset), *_bert(**free)) == preset


def test_all_in_which_a_preset_differs_is_told(
    tmp_path: pathlib.Path, preset: pathlib.Path
) -> None:
    size = len(keras_hub_presets.BERT_VOCABULARY)
    told = _problems(tmp_path, str(preset))
    assert [problem.partition(" must be ")[::2] for problem in told] == [
        (f"`{key}`", f"{wanted}, as `model.init_from` has {what}. Received: {received}")
        for key, wanted, received, what in [
            ("model.num_layers", 2, 1, "it"),
            ("model.hidden_dim", 16, 128, "it"),
            ("model.num_heads", 2, 4, "it"),
            ("model.intermediate_dim", 24, 512, "it"),
            ("model.norm", "post", "pre", "it"),
            ("model.norm_epsilon", "1e-12", "1e-05", "it"),
            ("model.activation", "gelu_tanh", "gelu", "it"),
            ("model.embedding_scale", "false", "true", "it"),
            ("model.embedding_norm", "true", "false", "it"),
            ("tokenizer.vocabulary_size", size, 8000, "it"),
            ("tokenizer.pretokenizer", "bert", "unicode", "it"),
            ("tokenizer.max_length", "at most 24", 128, "positions"),
        ]
    ]


def test_a_preset_that_cannot_be_used_is_told_in_one_line(
    tmp_path: pathlib.Path, preset: pathlib.Path
) -> None:
    copy = pathlib.Path(shutil.copytree(preset, tmp_path / "preset"))
    (copy / "tokenizer.json").unlink()
    assert _problems(tmp_path, str(copy), *_bert()) == [
        "`model.init_from` must be a preset with tokenizer.json, as KerasHub saves it. "
        f"Received: {copy}"
    ]


def test_a_vocabulary_that_is_only_taken_needs_a_model_to_take_it_from() -> None:
    with pytest.raises(errors.ConfigError) as caught:
        config_lib.from_columns("reviews.csv", overrides=["tokenizer.kind=gpt2_bpe"])
    [problem] = caught.value.problems
    assert problem.endswith(
        "`tokenizer.kind` must be one that is learned without `model.init_from`. Received: gpt2_bpe"
    )
