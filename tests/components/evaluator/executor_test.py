"""The Evaluator as TFX runs it, on models whose answers are known, against scikit-learn."""

import dataclasses
import json
import pathlib
import shutil

import numpy as np
import pytest
import sklearn.metrics
import tensorflow as tf
import tensorflow_model_analysis as tfma
from tfx.dsl.components.base import base_beam_executor
from tfx.types import standard_artifacts
from tfx.utils import json_utils, proto_utils

from components.evaluator import evaluation, executor, verdict
from pipeline import config as config_lib
from pipeline import eval_config
from schemas import features, tasks

_SHOPS = ("Köln", "Rome")
_ALL = verdict.ALL_ROWS


@dataclasses.dataclass(frozen=True)
class _Data:
    """What the models are judged on, and what they will answer.

    Attributes:
        labels: Class of each row `(rows,)`.
        shops: Shop of each row `(rows,)`.
        probabilities: Model to its answers `(rows, 3)`.
        directory: Where the rows lie as an Examples artifact, and the models beside them.
    """

    labels: np.ndarray
    shops: np.ndarray
    probabilities: dict[str, np.ndarray]
    directory: pathlib.Path

    def expected(self, model: str, shop: str | None = None) -> dict[str, float]:
        """Computes the metrics of a model on a slice, not by any code of ours."""
        of_slice = self.shops == shop if shop else np.full(len(self.labels), True)
        labels, scores = self.labels[of_slice], self.probabilities[model][of_slice]
        answers = scores.argmax(axis=1)
        macro = sklearn.metrics.precision_recall_fscore_support(labels, answers, average="macro")
        return {
            "accuracy": sklearn.metrics.accuracy_score(labels, answers),
            "precision": macro[0],
            "recall": macro[1],
            "f1": macro[2],
            "auc": sklearn.metrics.roc_auc_score(labels, scores, multi_class="ovr"),
            "cross_entropy": sklearn.metrics.log_loss(labels, scores),
        }


def _answers(rng: np.random.Generator, labels: np.ndarray, hit_rate: float) -> np.ndarray:
    """Makes answers in hundredths whose likeliest class is the label's at about that rate."""
    rows = []
    for label in labels:
        top = label if rng.random() < hit_rate else (label + rng.integers(1, 3)) % 3
        likeliest, second = rng.integers(50, 90), rng.integers(1, 10)
        others = np.array([second, 100 - likeliest - second])
        rows.append(np.insert(others, top, likeliest) / 100)
    return np.array(rows)


class _Replay(tf.Module):
    """A model that answers what stands in the example under its name."""

    def __init__(self, model: str):
        super().__init__()
        self._model = model

    def answer(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {self._model: tf.io.FixedLenFeature([3], tf.float32)}
        return {"probabilities": tf.io.parse_example(examples, spec)[self._model]}

    def label_ids(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {features.LABEL_ID: tf.io.FixedLenFeature([], tf.int64)}
        return tf.io.parse_example(examples, spec)

    def save(self, directory: pathlib.Path) -> None:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        signatures = {
            "serving_examples": tf.function(self.answer).get_concrete_function(examples),
            "transform_features": tf.function(self.label_ids).get_concrete_function(examples),
        }
        tf.saved_model.save(self, str(directory / "Format-Serving"), signatures=signatures)


def _write_examples(data: _Data) -> None:
    """Writes the rows as the test split; the split `none` has a file without rows."""
    rows = []
    for i, label in enumerate(data.labels):
        example = tf.train.Example()
        feature = example.features.feature
        feature[features.LABEL_ID].int64_list.value.append(int(label))
        feature["shop"].bytes_list.value.append(data.shops[i].encode())
        for model, answers in data.probabilities.items():
            feature[model].float_list.value.extend(answers[i])
        rows.append(example.SerializeToString())
    for split, records in {"test": rows, "none": []}.items():
        path = data.directory / "examples" / f"Split-{split}" / "data_tfrecord-00000-of-00001.gz"
        path.parent.mkdir(parents=True)
        with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
            for record in records:
                writer.write(record)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> _Data:
    """120 rows, 30 of them from Rome, where every model is right less often."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, 120)
    shops = np.array(["Köln"] * 90 + ["Rome"] * 30)
    probabilities = {
        model: np.concatenate(
            [_answers(rng, labels[:90], hit_rate), _answers(rng, labels[90:], hit_rate - 0.3)]
        )
        for model, hit_rate in {"good": 0.95, "worse": 0.7}.items()
    }
    made = _Data(labels, shops, probabilities, tmp_path_factory.mktemp("evaluator"))
    _write_examples(made)
    for model in probabilities:
        _Replay(model).save(made.directory / model)
    return made


@dataclasses.dataclass(frozen=True)
class _Judged:
    """What one run of the Evaluator has come to.

    Attributes:
        verdict: What it says in words.
        blessed: What the Pusher will see.
        failures: (metric, slice) of the bounds that TFMA itself found broken.
    """

    verdict: verdict.Verdict
    blessed: bool
    failures: set[tuple[str, str]]


def _judge(
    data: _Data,
    directory: pathlib.Path,
    candidate: str,
    baseline: str | None,
    *settings: str,
    split: str = "test",
) -> _Judged:
    """Runs the Evaluator with settings of the section `evaluate`."""
    overrides = ["evaluate.slices=[shop]", *(f"evaluate.{setting}" for setting in settings)]
    config = eval_config.build(config_lib.from_columns("a.csv", overrides=overrides))
    examples = standard_artifacts.Examples()
    examples.uri = str(data.directory / "examples")
    examples.split_names = '["test", "none"]'
    inputs = {"examples": [examples], "model": [_model(data, candidate)]}
    if baseline:
        inputs["baseline_model"] = [_model(data, baseline)]
    evaluated, blessing = standard_artifacts.ModelEvaluation(), standard_artifacts.ModelBlessing()
    evaluated.uri, blessing.uri = str(directory / "evaluation"), str(directory / "blessing")
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=["--direct_running_mode=in_memory"],
        tmp_dir=str(directory / "temp"),
        unique_id="1",
    )
    executor.Executor(context).Do(
        inputs,
        {"evaluation": [evaluated], "blessing": [blessing]},
        {
            "eval_config": proto_utils.proto_to_json(config),
            "example_splits": json_utils.dumps([split]),
        },
    )
    return _Judged(
        evaluation.read_verdict(evaluated.uri),
        pathlib.Path(blessing.uri, "BLESSED").exists(),
        _failures(evaluated.uri),
    )


def _model(data: _Data, name: str) -> standard_artifacts.Model:
    model = standard_artifacts.Model()
    model.uri = str(data.directory / name)
    return model


def _failures(evaluation_dir: str) -> set[tuple[str, str]]:
    result = tfma.load_validation_result(evaluation_dir)
    return {
        (failure.metric_key.name, _slice_name(of_slice.slice_key))
        for of_slice in result.metric_validations_per_slice
        for failure in of_slice.failures
    }


def _slice_name(key: object) -> str:
    parts = [f"{part.column}={part.bytes_value.decode()}" for part in key.single_slice_keys]
    return parts[0] if parts else _ALL


def _broken(judged: _Judged) -> set[tuple[str, str]]:
    return {(bound.metric, bound.slice) for bound in judged.verdict.bounds if not bound.passed}


@pytest.fixture(scope="module")
def blessed(data: _Data, tmp_path_factory: pytest.TempPathFactory) -> _Judged:
    """A good model without a baseline; its accuracy in Rome is below the floor for all rows."""
    floor = data.expected("good")["accuracy"]
    assert data.expected("good", "Rome")["accuracy"] < floor - 0.1
    return _judge(
        data,
        tmp_path_factory.mktemp("blessed"),
        "good",
        None,
        f"floor={{accuracy: {floor - 1e-9}, auc: 0.5}}",
        f"ceiling={{cross_entropy: {data.expected('good')['cross_entropy'] + 1e-6}}}",
        "slice_floor={shop: {recall: 0.2}}",
    )


def test_metrics_are_what_scikit_learn_computes(data: _Data, blessed: _Judged) -> None:
    values = {(v.slice, v.metric): v.value for v in blessed.verdict.values}
    for shop in (None, *_SHOPS):
        for metric, expected in data.expected("good", shop).items():
            slice_name = f"shop={shop}" if shop else _ALL
            assert values[slice_name, metric] == pytest.approx(expected, abs=1e-6)


def test_the_verdict_holds_the_confusion_matrix(data: _Data, blessed: _Judged) -> None:
    matrix = np.array(blessed.verdict.confusion_matrix)
    [accuracy] = (
        value.value
        for value in blessed.verdict.values
        if (value.metric, value.slice) == ("accuracy", _ALL)
    )
    assert matrix.sum() == blessed.verdict.examples
    assert np.diag(matrix).sum() / matrix.sum() == pytest.approx(accuracy)


def test_a_bound_on_all_rows_bounds_no_slice(blessed: _Judged) -> None:
    assert blessed.blessed
    assert blessed.failures == set()
    assert blessed.verdict.blessed
    assert {(bound.metric, bound.slice) for bound in blessed.verdict.bounds} == {
        ("accuracy", _ALL),
        ("auc", _ALL),
        ("cross_entropy", _ALL),
        ("recall", "shop=Köln"),
        ("recall", "shop=Rome"),
    }


def test_the_verdict_of_a_first_model(blessed: _Judged) -> None:
    assert blessed.verdict.examples == 120
    assert not blessed.verdict.has_baseline
    assert blessed.verdict.reasons == (
        "all bounds hold (5 checked)",
        "there was no blessed model before it to compare with",
    )
    counts = {v.slice: v.value for v in blessed.verdict.values if v.metric == "example_count"}
    assert counts == {_ALL: 120.0, "shop=Köln": 90.0, "shop=Rome": 30.0}
    assert [*counts] == [_ALL, "shop=Köln", "shop=Rome"]


def test_worse_than_the_baseline_and_below_bounds(data: _Data, tmp_path: pathlib.Path) -> None:
    now, before = data.expected("worse"), data.expected("good")
    in_rome = data.expected("worse", "Rome")
    judged = _judge(
        data,
        tmp_path,
        "worse",
        "good",
        "floor={accuracy: 0.1, f1: 0.99}",
        "ceiling={cross_entropy: 0.1}",
        f"slice_floor={{shop: {{recall: {in_rome['recall'] + 0.01}}}}}",
        "metric=accuracy",
        "max_drop=0.05",
    )
    assert not judged.blessed
    assert not judged.verdict.blessed
    assert judged.verdict.has_baseline
    assert _broken(judged) == judged.failures
    assert judged.failures == {
        ("f1", _ALL),
        ("cross_entropy", _ALL),
        ("recall", "shop=Rome"),
        ("accuracy", _ALL),
    }
    assert set(judged.verdict.reasons) == {
        f"f1 on all rows is {now['f1']:.4f}, below its floor of 0.9900",
        f"cross_entropy on all rows is {now['cross_entropy']:.4f}, above its ceiling of 0.1000",
        f"recall on shop=Rome is {in_rome['recall']:.4f}, below its floor of "
        f"{in_rome['recall'] + 0.01:.4f}",
        f"accuracy on all rows is {now['accuracy']:.4f}, beyond 0.0500 of the latest blessed "
        f"model's {before['accuracy']:.4f}",
    }


@pytest.mark.parametrize(
    ("metric", "slack"), [("accuracy", 1e-6), ("cross_entropy", 1e-6), ("cross_entropy", -1e-6)]
)
def test_a_drop_just_within_and_just_beyond(
    data: _Data, tmp_path: pathlib.Path, metric: str, slack: float
) -> None:
    drop = abs(data.expected("worse")[metric] - data.expected("good")[metric])
    assert drop > 0.1
    judged = _judge(
        data, tmp_path, "worse", "good", f"metric={metric}", f"max_drop={drop + slack:.9f}"
    )
    assert judged.blessed == judged.verdict.blessed == (slack > 0)
    assert _broken(judged) == judged.failures


def test_a_model_as_good_as_the_baseline_is_no_worse(data: _Data, tmp_path: pathlib.Path) -> None:
    judged = _judge(data, tmp_path, "good", "good", "metric=cross_entropy", "max_drop=0.0")
    assert judged.blessed
    assert judged.verdict.reasons == ("all bounds hold (2 checked)",)


def test_a_first_model_without_any_bound_is_blessed(data: _Data, tmp_path: pathlib.Path) -> None:
    judged = _judge(data, tmp_path, "worse", None, "floor={}")
    assert judged.blessed
    assert judged.verdict.blessed
    assert judged.verdict.reasons[0] == "no bound was set on it"


def test_without_examples_nothing_is_blessed(data: _Data, tmp_path: pathlib.Path) -> None:
    judged = _judge(data, tmp_path, "good", None, "floor={}", split="none")
    assert not judged.blessed
    assert not judged.verdict.blessed
    assert judged.verdict.examples == 0
    assert judged.verdict.reasons == ("the test split has no examples",)


def test_a_model_whose_files_are_gone_is_not_compared(data: _Data, tmp_path: pathlib.Path) -> None:
    judged = _judge(data, tmp_path, "worse", "deleted by somebody", "floor={accuracy: 0.1}")
    assert judged.blessed
    assert judged.verdict.reasons == (
        "all bounds hold (1 checked)",
        "the files of the latest blessed model are gone, so it was not compared",
    )


def test_a_model_that_knows_other_labels_is_not_compared(
    data: _Data, tmp_path: pathlib.Path
) -> None:
    # Its labels are an asset of the model; it would stop at any that it does not know.
    shutil.copytree(data.directory / "good", data.directory / "of_other_labels")
    assets = data.directory / "of_other_labels" / "Format-Serving" / "assets"
    assets.mkdir(exist_ok=True)
    (assets / features.LABEL_VOCABULARY).write_text("no\nyes\n")

    judged = _judge(data, tmp_path, "worse", "of_other_labels", "floor={accuracy: 0.1}")

    assert judged.blessed  # as a first model: it would have been too bad beside "good"
    assert not judged.verdict.has_baseline
    assert judged.verdict.reasons[-1] == (
        "the latest blessed model knows other labels (no, yes), so it was not compared"
    )


def test_models_that_find_their_answers_in_other_ways_are_compared() -> None:
    one, wider = (tasks.Settings("translation", options={"beam_size": size}) for size in (4, 8))
    assert executor.difference(one, wider) == ""


@pytest.mark.parametrize(
    ("of_task", "reason"),
    [
        ({"name": "regression"}, "was made for another task (regression)"),
        (
            {"texts": ["text", "text_pair"]},
            "was made for other columns (text, text_pair, label)",
        ),
        (
            {"options": {"separator": "|"}},
            'was made for other options of the task ({"separator": "|"})',
        ),
    ],
)
def test_a_model_of_another_task_is_not_compared(
    data: _Data, tmp_path: pathlib.Path, of_task: dict[str, object], reason: str
) -> None:
    other = f"of_another_{next(iter(of_task))}"
    shutil.copytree(data.directory / "good", data.directory / other)
    told = data.directory / other / "Format-Serving" / tasks.SETTINGS_FILE
    told.parent.mkdir()
    told.write_text(json.dumps({**tasks.Settings("classification").to_fields(), **of_task}))

    judged = _judge(data, tmp_path, "worse", other, "floor={accuracy: 0.1}")

    assert judged.blessed  # as a first model: it would have been too bad beside "good"
    assert (
        judged.verdict.reasons[-1] == f"the latest blessed model {reason}, so it was not compared"
    )
