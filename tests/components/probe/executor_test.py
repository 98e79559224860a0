"""Evaluator, Probe and Pusher in turn, on a model that answers texts otherwise than examples."""

import dataclasses
import json
import pathlib

import pytest
import tensorflow as tf
from tfx.dsl.components.base import base_beam_executor
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts
from tfx.utils import json_utils, proto_utils

from components import artifacts
from components.evaluator import executor as evaluator
from components.probe import executor, outcome
from components.pusher import executor as pusher
from pipeline import config as config_lib
from pipeline import eval_config
from schemas import features
from tests.components.probe import conftest as models


class _Skewed(models.Model):
    """Reads raw texts in capitals, as somebody may who prepares them apart from training."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        return self.score(tf.strings.upper(texts))

    def label_ids(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {"text": tf.io.FixedLenFeature([], tf.string)}
        texts = tf.io.parse_example(examples, spec)["text"]
        return {
            features.LABEL_ID: tf.cast(tf.strings.regex_full_match(texts, ".*good.*"), tf.int64)
        }

    def signatures(self) -> dict:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        truth = tf.function(self.label_ids).get_concrete_function(examples)
        return {**super().signatures(), "transform_features": truth}


@dataclasses.dataclass(frozen=True)
class _Ended:
    """What the three have left.

    Attributes:
        model_blessing: The Evaluator's.
        infra_blessing: The Probe's.
        probe: Where what it found lies.
        pushed: The Pusher's.
        serving: Where versions would be.
    """

    model_blessing: standard_artifacts.ModelBlessing
    infra_blessing: standard_artifacts.InfraBlessing
    probe: pathlib.Path
    pushed: standard_artifacts.PushedModel
    serving: pathlib.Path


def _artifact(kind, uri: pathlib.Path):
    made = kind()
    made.uri = str(uri)
    return made


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> _Ended:
    """Judges, probes and would push the skewed model."""
    root = tmp_path_factory.mktemp("skewed")
    models.saved(_Skewed(), root / "model" / "Format-Serving")
    path = root / "examples" / "Split-test" / "data_tfrecord-00000-of-00001.gz"
    path.parent.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
        for number, text in enumerate(models.TEXTS, start=2):
            writer.write(models.example(text, number))
    examples = _artifact(standard_artifacts.Examples, root / "examples")
    examples.split_names = '["test"]'
    model = {"model": [_artifact(standard_artifacts.Model, root / "model")]}
    evaluation = _artifact(standard_artifacts.ModelEvaluation, root / "evaluation")
    blessing = _artifact(standard_artifacts.ModelBlessing, root / "blessing")
    config = config_lib.from_columns("a.csv", overrides=["evaluate.floor={}"])
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=["--direct_running_mode=in_memory"],
        tmp_dir=str(root / "temp"),
        unique_id="1",
    )
    evaluator.Executor(context).Do(
        {"examples": [examples], **model},
        {"evaluation": [evaluation], "blessing": [blessing]},
        {
            "eval_config": proto_utils.proto_to_json(eval_config.build(config)),
            "example_splits": json_utils.dumps(["test"]),
        },
    )
    infra = _artifact(standard_artifacts.InfraBlessing, root / "infra_blessing")
    probe = _artifact(artifacts.ProbeReport, root / "probe")
    executor.Executor().Do(
        {**model, "evaluation": [evaluation]},
        {"blessing": [infra], "probe": [probe]},
        {"settings": models.asked().to_json()},
    )
    (root / "report").mkdir()
    (root / "report" / "model_card.md").touch()
    pushed = _artifact(standard_artifacts.PushedModel, root / "pushed")
    serving = pusher_pb2.PushDestination.Filesystem(base_directory=str(root / "serving"))
    destination = pusher_pb2.PushDestination(filesystem=serving)
    pusher.Executor().Do(
        {
            **model,
            "model_blessing": [blessing],
            "infra_blessing": [infra],
            "probe": [probe],
            "report": [_artifact(artifacts.RunReport, root / "report")],
        },
        {"pushed_model": [pushed]},
        {"push_destination": proto_utils.proto_to_json(destination), "custom_config": "null"},
    )
    return _Ended(blessing, infra, root / "probe", pushed, root / "serving")


def test_skew_stops_the_push_of_a_model_that_the_evaluator_has_blessed(ended: _Ended) -> None:
    assert ended.model_blessing.get_int_custom_property("blessed") == 1
    assert ended.pushed.get_int_custom_property("pushed") == 0
    assert not ended.serving.exists()


def test_skew_is_named_in_one_line(ended: _Ended) -> None:
    found = outcome.read(str(ended.probe))
    assert {
        (finding.check, finding.message.partition(" must")[0]) for finding in found.findings
    } == {
        ("skew", "`serving_default` at batch 1"),
        ("skew", "`serving_default` at batch 32"),
    }
    # No text in capitals has an o; "film" and "bad film" have none at all, and are answered alike.
    assert [each.differences for each in found.agreements] == [2, 2, 0, 0]
    assert all(each.reference == "the Evaluator" for each in found.agreements)


def test_what_serves_is_named_by_the_artifact_type_of_tfx(ended: _Ended) -> None:
    assert ended.infra_blessing.get_int_custom_property("blessed") == 0
    assert ended.infra_blessing.get_string_custom_property("blessing_status") == "INFRA_NOT_BLESSED"
    files = [path.name for path in pathlib.Path(ended.infra_blessing.uri).iterdir()]
    assert files == ["INFRA_NOT_BLESSED"]


def test_what_was_found_is_an_artifact(ended: _Ended) -> None:
    assert json.loads((ended.probe / "probe.json").read_text())["passed"] is False
