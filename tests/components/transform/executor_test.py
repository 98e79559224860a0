"""Transform with a model to start from: its vocabulary reaches `preprocessing_fn`."""

import json
import pathlib

import pytest
from tfx import types
from tfx.components.transform import executor as tfx_executor
from tfx.types import standard_artifacts

from components.transform import component, executor, vocabulary, wordpiece, words
from components.transform import config as config_lib

_LINES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "¿"]


@pytest.fixture
def handed_on(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What TFX's executor is given, which has tests of its own."""
    given: dict = {}

    def do(self, input_dict, output_dict, exec_properties):
        given.update(exec_properties)

    monkeypatch.setattr(tfx_executor.Executor, "Do", do)
    return given


def _model(directory: pathlib.Path) -> types.Artifact:
    assets = directory / "Format-Serving" / "assets"
    assets.mkdir(parents=True)
    (assets / "token_vocabulary").write_text("\n".join(_LINES) + "\n", encoding="utf-8")
    model = standard_artifacts.Model()
    model.uri = str(directory)
    return model


def test_the_vocabulary_of_the_model_is_handed_on(tmp_path, handed_on) -> None:
    properties = {"custom_config": json.dumps({"labels": None}), "splits_config": "{}"}
    executor.Executor().Do({"base_model": [_model(tmp_path)]}, {}, properties)
    assert json.loads(handed_on["custom_config"]) == {"labels": None, "vocabulary": _LINES}
    assert handed_on["splits_config"] == "{}"
    assert "vocabulary" not in properties["custom_config"]  # the caller's are its own


def test_merges_are_handed_on_where_the_model_has_them(tmp_path, handed_on) -> None:
    model = _model(tmp_path)
    assets = tmp_path / "Format-Serving" / "assets"
    (assets / "token_merges").write_text("5 6 7\n7 5 8\n")
    executor.Executor().Do({"base_model": [model]}, {}, {"custom_config": "{}"})
    assert json.loads(handed_on["custom_config"])["merges"] == [[5, 6, 7], [7, 5, 8]]


def test_without_a_model_all_is_as_tfx_has_it(handed_on) -> None:
    executor.Executor().Do({}, {}, {"custom_config": "{}"})
    assert handed_on == {"custom_config": "{}"}


def test_a_given_vocabulary_is_taken_as_it_is_whatever_was_counted() -> None:
    counted = vocabulary.Counted([("zebra", 9), ("a", 1)], 2)
    config = config_lib.TokenizerConfig(vocabulary_size=16)
    assert words.take_words(counted, config, _LINES).lines == _LINES
    learned = wordpiece.learn_pieces(counted, config, _LINES)
    assert learned.lines == _LINES
    assert learned.companion.tobytes() == wordpiece.build_model(_LINES)
    # A split of which nothing could be learned does as well.
    assert words.take_words(vocabulary.Counted([], 0), config, _LINES).lines == _LINES


def test_the_node_takes_a_model_where_there_is_one() -> None:
    examples, schema, model = (
        types.Channel(type=kind)
        for kind in (
            standard_artifacts.Examples,
            standard_artifacts.Schema,
            standard_artifacts.Model,
        )
    )
    settings = {"preprocessing_fn": "a.b", "splits_config": None, "custom_config": {}}
    made = component.Transform(examples, schema, **settings, base_model=model)
    assert set(made.inputs) == {"examples", "schema", "base_model"}
    assert set(component.Transform(examples, schema, **settings).inputs) == {"examples", "schema"}
