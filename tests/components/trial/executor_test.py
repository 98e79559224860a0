"""The Trial as TFX runs it, on models whose answers are known."""

import dataclasses
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from tfx.types import standard_artifacts

from components import artifacts
from components.trial import config, executor, lengths, outcome, settings, verdict
from schemas import features, tasks
from trainer import training_record

_ROWS = 300
_RECORD = training_record.TrainingRecord(
    seconds=3.0,
    peak_memory_bytes=10**9,
    parameters=2,
    replicas=1,
    precision="float32",
    resumed_step=0,
    reason="all 1 epochs run",
    best_epoch=1,
    epochs=[],
)


class _Replay(tf.Module):
    """A model that answers what stands in the example under its name; one that costs, if dear."""

    def __init__(self, name: str, dear: bool):
        super().__init__()
        self._column = name
        self._rounds = 30 if dear else 0
        self.weights = tf.Variable(tf.eye(200))

    def answer(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {self._column: tf.io.FixedLenFeature([], tf.float32)}
        of_one = tf.io.parse_example(examples, spec)[self._column]
        product = self.weights + 0.0
        for _ in range(self._rounds):
            product = tf.linalg.matmul(product, self.weights)
        return {"probabilities": tf.stack([1 - of_one, of_one], axis=1) * product[0, 0]}

    def truth(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {features.LABEL_ID: tf.io.FixedLenFeature([], tf.int64)}
        return tf.io.parse_example(examples, spec)

    def save(self, uri: pathlib.Path) -> None:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        signatures = {
            "serving_examples": tf.function(self.answer).get_concrete_function(examples),
            "transform_features": tf.function(self.truth).get_concrete_function(examples),
        }
        directory = uri / "Format-Serving"
        tf.saved_model.save(self, str(directory), signatures=signatures)
        (directory / "assets.extra").mkdir()
        (directory / training_record.FILE).write_text(_RECORD.to_json())
        (uri / "data_statistics").mkdir()
        (uri / "data_statistics" / "statistics").write_text("what the data was like")


def _artifact(kind, uri: pathlib.Path):
    made = kind()
    made.uri = str(uri)
    return made


def _write_examples(directory: pathlib.Path, answers: dict[str, np.ndarray], labels: np.ndarray):
    path = directory / "Split-test" / "data_tfrecord-00000-of-00001.gz"
    path.parent.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
        for i, label in enumerate(labels):
            example = tf.train.Example()
            feature = example.features.feature
            texts = {"text": f"text {i}", "shop": "Rome" if i % 3 else "Köln", "origin": f"a:{i}"}
            texts["ratings"] = "2 1 -1" if label else "-2 -1 1"
            for name, text in texts.items():
                feature[name].bytes_list.value.append(text.encode())
            feature[features.LABEL_ID].int64_list.value.append(int(label))
            for name, of_one in answers.items():
                feature[name].float_list.value.append(float(of_one[i]))
            writer.write(example.SerializeToString())


@dataclasses.dataclass(frozen=True)
class _Tried:
    found: outcome.Outcome
    rows: dict[str, np.ndarray]
    model: standard_artifacts.Model


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The transformer is right 9 times in 10, the rival, which costs less, half of the time."""
    root = tmp_path_factory.mktemp("trial")
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, _ROWS)
    answers = {
        name: np.where(rng.random(_ROWS) < rate, labels * 0.8 + 0.1, 0.9 - labels * 0.8)
        for name, rate in (("transformer", 0.9), ("linear", 0.5))
    }
    _write_examples(root / "examples", answers, labels)
    for name in answers:
        _Replay(name, dear=name == "transformer").save(root / name)
    return root


def _try(directory: pathlib.Path, to: pathlib.Path, **trial: object) -> _Tried:
    asked = settings.Settings(
        trial=config.TrialConfig(bootstrap=300, measure_seconds=1.0, **trial),
        task=tasks.Settings("classification"),
        metric="accuracy",
        slices=("shop",),
        max_length=20,
        trainers={"transformer_1": "Trainer", "linear_1": "Trainer_linear"},
    )
    examples = _artifact(standard_artifacts.Examples, directory / "examples")
    examples.split_names = '["test"]'
    report = _artifact(artifacts.TrialReport, to / "report")
    model = _artifact(standard_artifacts.Model, to / "model")
    executor.Executor().Do(
        {
            "examples": [examples],
            "transform_graph": [_artifact(standard_artifacts.TransformGraph, directory)],
            "transformer_1": [_artifact(standard_artifacts.Model, directory / "transformer")],
            "linear_1": [_artifact(standard_artifacts.Model, directory / "linear")],
        },
        {"trial": [report], "model": [model]},
        {"settings": asked.to_json()},
    )
    with np.load(to / "report" / outcome.ROWS_FILE) as rows:
        return _Tried(outcome.read(report.uri), dict(rows), model)


@pytest.fixture(scope="module")
def tried(directory: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> _Tried:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            lengths, "counter", lambda graph, task: lambda examples: [len(e) for e in examples]
        )
        to = tmp_path_factory.mktemp("tried")
        return _try(directory, to, policy="cheapest", ratings="ratings")


def test_a_planted_winner_is_warranted_and_goes_on(tried: _Tried) -> None:
    assert tried.found.verdict.decision == verdict.WARRANTED
    assert (tried.found.winner, tried.found.winner_trainer) == ("transformer", "Trainer")


def test_the_winners_model_is_handed_on_with_all_that_lies_beside_it(
    directory: pathlib.Path, tried: _Tried
) -> None:
    def files(root: pathlib.Path) -> dict[str, bytes]:
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert files(pathlib.Path(tried.model.uri)) == files(directory / "transformer")
    assert tried.model.get_string_custom_property("trainer") == "Trainer"
    assert tried.model.get_string_custom_property("candidate") == "transformer"
    assert tried.model.get_string_custom_property("verdict") == "warranted"


def test_what_was_found_comes_back_from_its_json(tried: _Tried) -> None:
    assert outcome.Outcome.from_json(tried.found.to_json()) == tried.found


def test_rows_are_kept_for_who_shows_them(tried: _Tried) -> None:
    rows = tried.rows
    assert rows["unit"].tolist() == list(range(_ROWS))
    assert rows["origin"][2] == "a:2"
    assert set(rows["slice/shop"]) == {"Köln", "Rome"}
    assert rows["answer/linear/1"].shape == (_ROWS, 2)
    hits = rows["answer/linear/1"].argmax(axis=1) == rows["truth"][:, 0]
    np.testing.assert_array_equal(rows["score/linear/1/accuracy"], hits)
    [value] = [
        v.value
        for v in tried.found.compared.values
        if (v.candidate, v.slice, v.metric) == ("linear", "all rows", "accuracy")
    ]
    assert value == pytest.approx(hits.mean())


def test_the_dearer_model_costs_more(tried: _Tried) -> None:
    transformer, linear = tried.found.candidates
    assert transformer.cost_of_a_million > linear.cost_of_a_million > 0
    assert transformer.trainings == (_RECORD,)
    assert transformer.measured.parameters == 200 * 200
    assert set(linear.measured.timings) == {"batch 1", "batch 32", "length 16", "length 20"}
    assert tried.found.lengths == (16, 20)


def test_people_stand_beside_the_candidates(tried: _Tried) -> None:
    found = {each.who: each for each in tried.found.ceiling.agreements}
    # Of 2, 1 and -1 two agree with the mean of the others: 0, 0.5 and 1.5; of -2, -1 and 1 the
    # others' mean is 0, -0.5 and -1.5, of which 0 counts as above, so one agrees.
    positive = tried.rows["truth"].mean()
    assert found["people"].value == pytest.approx(positive * 2 / 3 + (1 - positive) / 3)
    assert set(found) == {"people", "transformer", "linear"}


def test_the_best_of_a_policy_without_ratings(
    directory: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lengths, "counter", lambda *_: lambda examples: [20 for _ in examples])
    found = _try(directory, tmp_path, policy="best", tolerance=0.9).found
    assert found.ceiling is None
    assert found.winner == "transformer"
    # With so much tolerance the rival is enough, whatever it answers.
    assert found.verdict.decision == verdict.NOT_WARRANTED
