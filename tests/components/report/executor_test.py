"""The Report as TFX runs it, on a model whose answers are known, with a trial and without."""

import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf
from tfx.types import standard_artifacts

from components import artifacts
from components.evaluator import evaluation, verdict
from components.report import executor, metrics_file, settings
from components.statistics import text_statistics
from components.trial import outcome
from schemas import features, tasks
from trainer import exported, training_record

_TOKENS = ("[CLS]", "six", "words", "[SEP]")


class _Replay(tf.Module):
    """A model that answers what stands in the example, and attends to all tokens alike."""

    def answer(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {"yes": tf.io.FixedLenFeature([], tf.float32)}
        of_one = tf.io.parse_example(examples, spec)["yes"]
        return {"probabilities": tf.stack([1 - of_one, of_one], axis=1)}

    def truth(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        spec = {features.LABEL_ID: tf.io.FixedLenFeature([], tf.int64)}
        return tf.io.parse_example(examples, spec)

    def attend(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        rows, length = tf.shape(text)[0], len(_TOKENS) + 1  # one of them is padding
        return {
            "token_ids": tf.tile([[2, 8, 9, 3, 0]], [rows, 1]),
            "tokens": tf.tile([[*_TOKENS, ""]], [rows, 1]),
            "weights": tf.fill([rows, 2, 3, length, length], 0.25),
        }

    def save(self, uri: pathlib.Path) -> None:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        texts = tf.TensorSpec([None], tf.string, name="text")
        signatures = {
            "serving_examples": tf.function(self.answer).get_concrete_function(examples),
            "transform_features": tf.function(self.truth).get_concrete_function(examples),
            "attention": tf.function(self.attend).get_concrete_function(text=texts),
        }
        directory = uri / "Format-Serving"
        tf.saved_model.save(self, str(directory), signatures=signatures)
        (directory / "assets").mkdir(exist_ok=True)
        (directory / "assets" / features.LABEL_VOCABULARY).write_text("bad\ngood\n")
        (directory / "assets.extra").mkdir()
        shape = {"positions": "rotary", "hidden_dim": 16, "num_heads": 2}
        told = {"architecture": "transformer", "model": shape, "tokenizer": {}, "variables": {}}
        (directory / exported.FILE).write_text(json.dumps(told))


def _artifact(kind, uri: pathlib.Path):
    made = kind()
    made.uri = str(uri)
    return made


def _write_examples(directory: pathlib.Path) -> None:
    path = directory / "Split-test" / "data_tfrecord-00000-of-00001.gz"
    path.parent.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(path), "GZIP") as writer:
        for i in range(60):
            feature = (example := tf.train.Example()).features.feature
            texts = {"text": f"some text of six words {i}", "shop": "Rome", "origin": f"a.csv:{i}"}
            for name, text in texts.items():
                feature[name].bytes_list.value.append(text.encode())
            feature[features.LABEL_ID].int64_list.value.append(i % 2)
            # One row in five is answered wrongly.
            feature["yes"].float_list.value.append(abs((i % 2) - (i % 5 == 0)) * 0.8 + 0.1)
            writer.write(example.SerializeToString())


@pytest.fixture(scope="module")
def directory(tmp_path_factory, tried) -> pathlib.Path:
    root = tmp_path_factory.mktemp("report")
    _write_examples(root / "examples")
    _Replay().save(root / "model")
    record = tried.trainings["transformer"]
    (root / "model" / "Format-Serving" / training_record.FILE).write_text(record.to_json())
    (root / "texts").mkdir()
    text_statistics.write(str(root / "texts"), tried.text)
    (root / "evaluation").mkdir()
    told = {"accuracy": 0.5, verdict.EXAMPLE_COUNT: 60.0}
    values = [verdict.Value("all rows", name, value, None) for name, value in told.items()]
    rules = [verdict.Rule("accuracy", "floor", 0.7, True)]
    evaluation.write_verdict(str(root / "evaluation"), verdict.judge(False, values, rules, False))
    return root


def _report(directory: pathlib.Path, to: pathlib.Path, **more) -> str:
    asked = settings.Settings(
        name="reviews",
        task=tasks.Settings("classification"),
        metric="accuracy",
        slices=("shop",),
        alpha=0.05,
        resamples=100,
        config="name: reviews\n",
        report_dir=str(to / "shown"),
    )
    examples = _artifact(standard_artifacts.Examples, directory / "examples")
    examples.split_names = '["test"]'
    model = _artifact(standard_artifacts.Model, directory / "model")
    model.id = 31
    executor.Executor().Do(
        {
            "examples": [examples],
            "text_statistics": [_artifact(artifacts.TextStatistics, directory / "texts")],
            "model": [model],
            "evaluation": [_artifact(standard_artifacts.ModelEvaluation, directory / "evaluation")],
            **{key: [artifact] for key, artifact in more.items()},
        },
        {"report": [_artifact(artifacts.RunReport, to / "report")]},
        {"settings": asked.to_json()},
    )
    for name in ("index.html", "model_card.md", "metrics.json"):
        assert (to / "shown" / name).read_bytes() == (to / "report" / name).read_bytes()
    return (to / "shown" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(directory, tmp_path_factory) -> pathlib.Path:
    """A directory with the report of a run without a trial."""
    to = tmp_path_factory.mktemp("alone")
    _report(directory, to)
    return to / "report"


@pytest.fixture(scope="module")
def alone(made) -> str:
    return (made / "index.html").read_text(encoding="utf-8")


def test_metrics_are_written_for_programs(made, alone):
    told = metrics_file.Metrics.from_json((made / "metrics.json").read_text(encoding="utf-8"))
    wanted = ("transformer", "all rows", "accuracy")
    [accuracy] = [v for v in told.values if (v.candidate, v.slice, v.metric) == wanted]
    assert (told.judged, told.confidence) == ("transformer", 0.95)
    assert (accuracy.value, accuracy.rows) == (pytest.approx(0.8), 60)
    assert f"0.8000 ({accuracy.low:.4f} to {accuracy.high:.4f})" in alone


def test_without_a_trial_the_model_itself_is_asked(alone):
    assert "The transformer on trial" not in alone
    assert "0.8000 (" in alone  # 48 of 60
    assert "The surest of 12 wrong answers to 60 rows" in alone
    assert "shop=Rome" in alone


def test_a_model_that_was_not_blessed_has_a_report(alone):
    assert "Not blessed: transformer is not served" in alone
    assert "accuracy on all rows is 0.5000, below its floor of 0.7000" in alone


def test_attention_is_that_of_chosen_texts_without_padding(alone):
    assert alone.count('class="sentence"') == 3
    assert alone.count('class="large"') == 3 * 2 * 3
    assert "most attention goes to [CLS] (25%)" in alone
    assert 'width="4" height="4"' in alone


def test_positions_and_ids_are_told(alone):
    assert "cosines of the angles that 4 pairs of units are turned by" in alone
    assert ">31<" in alone


def test_with_a_trial_its_answers_are_shown(directory, tmp_path, tried):
    rng = np.random.default_rng(0)
    rows = {"truth": np.arange(60)[:, None] % 2.0}
    for name in tried.candidates:
        of_one = rng.random(60)
        rows[f"answer/{name}/1"] = np.stack([1 - of_one, of_one], axis=1)
        rows[f"score/{name}/1/accuracy"] = (of_one > 0.5) == (rows["truth"][:, 0] > 0)
    outcome.write(str(tmp_path / "trial"), tried.trial, rows)
    trial = _artifact(artifacts.TrialReport, tmp_path / "trial")
    told = _report(directory, tmp_path, trial=trial)
    assert "A transformer is not warranted" in told
    wrong = int((1 - rows["score/linear/1/accuracy"]).sum())
    assert f"The surest of {wrong} wrong answers to 60 rows" in told
