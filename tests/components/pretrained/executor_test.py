"""A copy of a model, with what tells where it came from."""

import pathlib

from tfx.types import standard_artifacts

from components.pretrained import component, executor


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


def test_the_cache_sees_source_and_digest() -> None:
    node = component.Pretrained(source="/pushed/3", digest="abc")
    assert node.id == "Pretrained"
    assert node.exec_properties == {"source": "/pushed/3", "digest": "abc"}
    assert set(node.outputs) == {"model"}
