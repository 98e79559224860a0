"""The Trainer as a node."""

import json

from tfx import types
from tfx.proto import trainer_pb2
from tfx.types import standard_artifacts

from components import artifacts
from components.trainer import component, executor


def test_it_takes_statistics_beside_what_tfxs_takes() -> None:
    channels = {
        "examples": types.Channel(type=standard_artifacts.Examples),
        "transform_graph": types.Channel(type=standard_artifacts.TransformGraph),
        "statistics": types.Channel(type=standard_artifacts.ExampleStatistics),
        "text_statistics": types.Channel(type=artifacts.TextStatistics),
    }
    node = component.Trainer(
        run_fn="trainer.run.run_fn",
        train_args=trainer_pb2.TrainArgs(splits=["train"]),
        eval_args=trainer_pb2.EvalArgs(splits=["eval"]),
        custom_config={"task": "classification"},
        **channels,
    )
    assert node.id == "Trainer"
    assert node.executor_spec.executor_class is executor.Executor
    assert node.inputs == channels
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "model": standard_artifacts.Model,
        "model_run": standard_artifacts.ModelRun,
    }
    assert node.exec_properties["run_fn"] == "trainer.run.run_fn"
    assert json.loads(node.exec_properties["train_args"])["splits"] == ["train"]
    assert json.loads(node.exec_properties["custom_config"]) == {"task": "classification"}
