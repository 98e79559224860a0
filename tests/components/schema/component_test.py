"""The node, run by TFX's own rules on statistics on disk."""

import pathlib

import pandas as pd
import tensorflow_data_validation as tfdv
from tfx import types
from tfx.types import artifact_utils, standard_artifacts
from tfx.utils import io_utils

from components.schema import component, executor


def _statistics(directory: pathlib.Path, **labels: list[str]) -> types.Artifact:
    """Writes statistics of splits as StatisticsGen does."""
    artifact = standard_artifacts.ExampleStatistics()
    artifact.uri = str(directory)
    artifact.split_names = artifact_utils.encode_split_names(list(labels))
    for split, values in labels.items():
        rows = pd.DataFrame({"text": [f"{split} {i}" for i in range(len(values))], "label": values})
        path = directory / f"Split-{split}" / "FeatureStats.pb"
        path.parent.mkdir(parents=True)
        path.write_bytes(tfdv.generate_statistics_from_dataframe(rows).SerializeToString())
    return artifact


def test_it_is_a_node_of_one_schema() -> None:
    node = component.SchemaGen(types.Channel(type=standard_artifacts.ExampleStatistics))
    assert node.id == "Schema"
    assert node.executor_spec.executor_class is executor.Executor
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "schema": standard_artifacts.Schema
    }
    assert node.exec_properties == {"request_features": '["text"]', "label_feature": '"label"'}


def test_the_schema_is_that_of_the_train_split(tmp_path: pathlib.Path) -> None:
    statistics = _statistics(tmp_path / "s", train=["a", "b"], eval=["a", "c"], test=["d"])
    out = standard_artifacts.Schema()
    out.uri = str(tmp_path / "out")
    node = component.SchemaGen(types.Channel(type=standard_artifacts.ExampleStatistics))
    executor.Executor().Do({"statistics": [statistics]}, {"schema": [out]}, node.exec_properties)
    schema = io_utils.SchemaReader().read(f"{out.uri}/schema.pbtxt")
    assert [feature.name for feature in schema.feature] == ["text", "label"]
    assert list(tfdv.get_domain(schema, "label").value) == ["a", "b"]
    assert list(schema.feature[1].not_in_environment) == ["SERVING"]


def test_where_nothing_is_a_label_nothing_has_a_domain(tmp_path: pathlib.Path) -> None:
    statistics = _statistics(tmp_path / "s", train=["a", "b"])
    out = standard_artifacts.Schema()
    out.uri = str(tmp_path / "out")
    channel = types.Channel(type=standard_artifacts.ExampleStatistics)
    node = component.SchemaGen(channel, label_feature=None)
    executor.Executor().Do({"statistics": [statistics]}, {"schema": [out]}, node.exec_properties)
    assert not io_utils.SchemaReader().read(f"{out.uri}/schema.pbtxt").string_domain
