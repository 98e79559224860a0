"""A copy of a model, with what tells where it came from."""

import pathlib

from tfx.types import standard_artifacts
from tfx.utils import path_utils

from components.pretrained import component, executor
from components.transform import executor as transform
from tests import keras_hub_presets


def test_the_model_is_copied_to_where_a_trainer_looks_for_it(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "pushed" / "3"
    (source / "variables").mkdir(parents=True)
    (source / "saved_model.pb").write_bytes(b"graph")
    (source / "variables" / "variables.index").write_bytes(b"index")
    model = standard_artifacts.Model()
    model.uri = str(tmp_path / "model")
    properties = {"source": str(source), "digest": "abc"}
    executor.Executor().Do({}, {"model": [model]}, properties)
    copied = tmp_path / "model" / "Format-Serving"
    assert (copied / "saved_model.pb").read_bytes() == b"graph"
    assert (copied / "variables" / "variables.index").read_bytes() == b"index"
    assert model.get_string_custom_property("source") == str(source)
    assert model.get_string_custom_property("digest") == "abc"
    assert model.get_string_custom_property("kind") == "exported"


def test_a_preset_is_converted_to_where_a_trainer_looks_for_a_model(
    tmp_path: pathlib.Path,
) -> None:
    source = keras_hub_presets.bert(tmp_path / "bert")
    model = standard_artifacts.Model()
    model.uri = str(tmp_path / "model")
    properties = {"source": str(source), "digest": "abc"}
    executor.Executor().Do({}, {"model": [model]}, properties)
    directory = path_utils.serving_model_path(model.uri)
    assert sorted(transform.read_vocabulary(directory)) == sorted(keras_hub_presets.BERT_VOCABULARY)
    assert transform.read_merges(directory) == []
    assert pathlib.Path(directory, "assets.extra", "model.json").is_file()
    assert model.get_string_custom_property("source") == str(source)
    assert model.get_string_custom_property("kind") == "keras_hub"


def test_the_cache_sees_source_and_digest() -> None:
    node = component.Pretrained(source="/pushed/3", digest="abc")
    assert node.id == "Pretrained"
    assert node.exec_properties == {"source": "/pushed/3", "digest": "abc"}
    assert set(node.outputs) == {"model"}
