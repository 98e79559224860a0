"""The Trainer through TFX, with a training that takes no time."""

import json
import pathlib
import sys

import pytest
from tfx.dsl.components.common import importer
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local import local_dag_runner
from tfx.proto import trainer_pb2
from tfx.types import standard_artifacts

from components import artifacts
from components.trainer import baseline, component
from trainer import cluster

_SPLITS = ("train", "eval")
_RUN_FN = """
import pathlib

def run_fn(fn_args):
    served = pathlib.Path(fn_args.serving_model_dir)
    served.mkdir(parents=True)
    (served / "saved_model.pb").write_text(fn_args.custom_config["answer"])

def fail(fn_args):
    raise ArithmeticError("diverged")
"""


@pytest.fixture(autouse=True)
def run_fn(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with trainings; and TFX's executors read `sys.argv`."""
    (tmp_path / "quick_training.py").write_text(_RUN_FN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "argv", sys.argv[:1])
    monkeypatch.delitem(sys.modules, "quick_training", raising=False)


def _pipeline(
    directory: pathlib.Path, run_fn: str, strategy: str = "mirrored"
) -> pipeline.Pipeline:
    """Writes the inputs, and puts the Trainer behind nodes that hand them over."""
    files = {
        "statistics/Split-train/FeatureStats.pb": "train",
        "statistics/Split-eval/FeatureStats.pb": "eval",
        "text_statistics/text_statistics.json": "{}",
    }
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(content)
    of_splits = {"split_names": json.dumps(_SPLITS)}
    kinds = {
        "examples": (standard_artifacts.Examples, of_splits),
        "transform_graph": (standard_artifacts.TransformGraph, None),
        "statistics": (standard_artifacts.ExampleStatistics, of_splits),
        "text_statistics": (artifacts.TextStatistics, None),
    }
    sources = {
        name: importer.Importer(
            source_uri=str(directory / name), artifact_type=kind, properties=properties
        ).with_id(name)
        for name, (kind, properties) in kinds.items()
    }
    node = component.Trainer(
        run_fn=run_fn,
        train_args=trainer_pb2.TrainArgs(splits=["train"]),
        eval_args=trainer_pb2.EvalArgs(splits=["eval"]),
        custom_config={"answer": "42", "train": {"strategy": strategy}},
        **{name: source.outputs["result"] for name, source in sources.items()},
    )
    return pipeline.Pipeline(
        pipeline_name="small",
        pipeline_root=str(directory / "root"),
        components=[*sources.values(), node],
        metadata_connection_config=metadata.sqlite_metadata_connection_config(
            str(directory / "metadata.db")
        ),
    )


def test_the_model_carries_the_statistics_of_its_data(tmp_path: pathlib.Path) -> None:
    local_dag_runner.LocalDagRunner().run(_pipeline(tmp_path, "quick_training.run_fn"))
    [model] = (tmp_path / "root" / "Trainer" / "model").iterdir()
    assert (model / "Format-Serving" / "saved_model.pb").read_text() == "42"
    assert baseline.is_kept(str(model))
    statistics = pathlib.Path(baseline.statistics_dir(str(model)))
    for split in _SPLITS:
        assert (statistics / f"Split-{split}" / "FeatureStats.pb").read_text() == split
    text = pathlib.Path(baseline.text_statistics_dir(str(model)), "text_statistics.json")
    assert text.read_text() == "{}"


def test_the_chief_alone_writes_to_the_model(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cluster.Cluster(("a:1", "b:2"), 1)
    monkeypatch.setenv(cluster.VARIABLE, other.to_text())
    runner = local_dag_runner.LocalDagRunner()
    runner.run(_pipeline(tmp_path, "quick_training.run_fn", "multi_worker"))
    [model] = (tmp_path / "root" / "Trainer" / "model").iterdir()
    assert not baseline.is_kept(str(model))


def test_a_training_that_fails_fails(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ArithmeticError, match="diverged"):
        local_dag_runner.LocalDagRunner().run(_pipeline(tmp_path, "quick_training.fail"))
