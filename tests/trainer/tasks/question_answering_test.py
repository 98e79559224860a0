"""Question answering through the exported graph: windows that train are windows that serve."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import tasks as contracts
from trainer import config, export, models, tasks
from trainer import input as input_lib
from trainer.tasks import question_answering

_MAX_LENGTH = 32
_HOSTILE = ("", " ", "\x00", b"a\xff b", "🎬 فيلم", "word " * 500, "[SEP] [CLS]", "\r\nﬁn\u0301 ß")


class _Exported:
    """A model, exported untrained: where answers stand does not wait for learning."""

    def __init__(self, settings, transformed, directory):
        keras.utils.set_random_seed(3)
        self.settings, self.rows = settings, transformed.rows
        self.files = transformed.eval_files
        self.output = tft.TFTransformOutput(transformed.directory)
        self.task = tasks.get(settings)
        shape = config.ModelConfig(num_layers=1, hidden_dim=16, num_heads=2, intermediate_dim=32)
        self.model = self.task.build_model(
            models.get("transformer"), shape, self.output, _MAX_LENGTH
        )
        export.save(self.model, self.output, self.task, directory)
        self.signatures = tf.saved_model.load(directory).signatures

    def ask(self, questions, contexts):
        answer = self.signatures["serving_default"](
            text=tf.constant(questions), text_pair=tf.constant(contexts)
        )
        return {name: value.numpy() for name, value in answer.items()}

    def trained(self):
        """The transformed eval split, dense."""
        [path] = tf.io.gfile.glob(self.files)
        records = list(tf.data.TFRecordDataset(path, compression_type="GZIP"))
        return _dense(tf.io.parse_example(records, self.output.transformed_feature_spec()))

    def served(self):
        """The same rows as the exported graph transforms them, without what is learned."""
        layer = self.output.transform_features_layer()
        columns = {
            name: tf.constant([row[name] for row in self.rows])[:, None]
            for name in self.settings.texts
        }
        return _dense(layer(columns))


def _dense(features):
    return {
        name: (tf.sparse.to_dense(value) if isinstance(value, tf.SparseTensor) else value).numpy()
        for name, value in features.items()
    }


@pytest.fixture(scope="module")
def exported(transformed_as, tmp_path_factory):
    return _Exported(*transformed_as("answer"), str(tmp_path_factory.mktemp("answer")))


def test_the_windows_that_serve_are_those_that_train(exported):
    trained, served = exported.trained(), exported.served()
    assert set(served) == {"window", "token_ids", "segment_ids", "token_starts", "token_ends"}
    assert len(served["window"]) > len(exported.rows)
    assert np.sum(served["window"] == 0) == len(exported.rows)
    for name, values in served.items():
        np.testing.assert_array_equal(values, trained[name])


def test_training_points_at_the_answer_in_the_original_context(exported):
    trained = exported.trained()
    rows = np.cumsum(trained["window"] == 0) - 1
    answered = set()
    for i, (first, last) in enumerate(
        zip(trained["first_token"], trained["last_token"], strict=True)
    ):
        if (first, last) != (0, 0):
            row = exported.rows[rows[i]]
            start, end = trained["token_starts"][i, first], trained["token_ends"][i, last]
            assert row["text_pair"][start:end] == row["label"].split("|")[0]
            assert start == int(row["answer_start"].split("|")[0])
            answered.add(rows[i])
    assert len(answered) == len(exported.rows)
    assert (trained["first_token"] == 0).any()


def test_an_answer_is_the_part_of_the_context_that_it_says_it_is(exported):
    contexts = [row["text_pair"] for row in exported.rows]
    made = exported.ask([row["text"] for row in exported.rows], contexts)
    assert set(made) == {"answer", "start", "end", "score"}
    for i, context in enumerate(contexts):
        start, end = made["start"][i], made["end"][i]
        assert made["answer"][i].decode() == context[start:end]
        assert 0 <= start < end <= len(context)
    assert np.all((made["score"] > 0) & (made["score"] <= 1))
    assert (made["start"] > 40).any()  # not from the first windows alone


def test_no_context_breaks_it(exported):
    made = exported.ask([b"film?"] * len(_HOSTILE), list(_HOSTILE))
    for i, context in enumerate(_HOSTILE):
        raw = context if isinstance(context, bytes) else context.encode()
        text = raw.decode("utf-8", "replace")
        assert made["answer"][i].decode() == text[made["start"][i] : made["end"][i]]
    assert made["answer"][0] == made["answer"][1] == b""
    assert made["score"][0] == 0.0


def test_an_answer_does_not_depend_on_what_shares_the_batch(exported):
    questions = [row["text"] for row in exported.rows[:6]] + ["film?"] * 3
    contexts = [row["text_pair"] for row in exported.rows[:6]] + ["", "word " * 300, "ß"]
    together = exported.ask(questions, contexts)
    for i, (question, context) in enumerate(zip(questions, contexts, strict=True)):
        alone = exported.ask([question], [context])
        np.testing.assert_allclose(alone["score"][0], together["score"][i], rtol=1e-4)
        assert alone["start"][0] == together["start"][i]
        assert alone["answer"][0] == together["answer"][i]


def test_an_empty_batch_gets_an_empty_answer(exported):
    made = exported.ask(np.array([], object), np.array([], object))
    assert all(value.shape == (0,) for value in made.values())


def test_examples_get_the_answers_of_raw_texts_and_the_truth_is_all_answers(exported):
    rows = exported.rows[:5]
    serialized = []
    for row in rows:
        example = tf.train.Example()
        for name, value in row.items():
            example.features.feature[name].bytes_list.value.append(value.encode())
        serialized.append(example.SerializeToString())
    parsed = exported.signatures["serving_examples"](examples=tf.constant(serialized))
    raw = exported.ask([row["text"] for row in rows], [row["text_pair"] for row in rows])
    for name, values in raw.items():
        np.testing.assert_array_equal(values, parsed[name].numpy())
    truth = exported.signatures["transform_features"](examples=tf.constant(serialized))
    assert [t.decode() for t in truth["answers"].numpy()] == [row["label"] for row in rows]


def test_each_window_is_an_example_of_training(exported):
    split = input_lib.read(
        "eval", [exported.files], exported.output, exported.task, batch_size=16, max_length=32
    )
    assert split.num_examples == len(exported.trained()["window"])
    inputs, targets = next(iter(split.in_order()))
    assert set(inputs) == {"token_ids", "segment_ids"}
    assert set(targets) == {"first_token", "last_token"}
    assert np.isfinite(exported.model(inputs).numpy()).all()


def test_the_loss_is_the_mean_of_both_cross_entropies():
    logits = np.zeros([2, 3, 2], np.float32)
    logits[0, 2, 0] = np.log(2.0)
    targets = {"first_token": tf.constant([2, 0]), "last_token": tf.constant([1, 0])}
    objective = question_answering.Objective()
    loss = objective.loss(targets, tf.constant(logits), training=True)
    expected = [(np.log(4) - np.log(2) + np.log(3)) / 2, np.log(3)]
    np.testing.assert_allclose(loss.total, expected, rtol=1e-6)
    np.testing.assert_allclose(loss.weight, [1.0, 1.0])


def test_only_windows_that_hold_an_answer_are_watched():
    logits = np.zeros([3, 4, 2], np.float32)
    logits[:, 2, 0] = logits[:, 3, 1] = 1.0
    logits[:, 0] = 9.0
    places = {"first_token": [2, 2, 0], "last_token": [3, 2, 0]}
    targets = {name: tf.constant(values, tf.int64) for name, values in places.items()}
    watched = question_answering.Objective().metrics(targets, tf.constant(logits))["span_accuracy"]
    np.testing.assert_allclose(watched.total, [1.0, 0.0, 0.0])
    np.testing.assert_allclose(watched.weight, [1.0, 1.0, 0.0])


def test_what_is_told_after_an_epoch_is_what_the_contract_says():
    targets = {name: tf.constant([1], tf.int64) for name in ("first_token", "last_token")}
    told = question_answering.Objective().metrics(targets, tf.zeros([1, 3, 2]))
    settings = contracts.Settings("question_answering")
    assert contracts.contract(settings.name).watched(settings) == dict.fromkeys(told, True)
