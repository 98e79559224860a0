"""Every task that encodes texts, through the exported graph: what trains is what serves."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from trainer import config, export, models, tasks
from trainer import input as input_lib

_HOSTILE = ("", " ", "\x00", "🎬 فيلم", "word " * 5000, "[SEP] [CLS]")
_KINDS = ("one_label", "pair", "label_set", "numbers")
_ANSWERS = {
    "one_label": "probabilities",
    "pair": "probabilities",
    "label_set": "probabilities",
    "numbers": "values",
}


class _Exported:
    """An untrained model, exported: agreement does not wait for learning."""

    def __init__(self, settings, transformed, directory):
        keras.utils.set_random_seed(3)
        self.settings, self.rows = settings, transformed.rows
        self.files = transformed.eval_files
        self.output = tft.TFTransformOutput(transformed.directory)
        self.task = tasks.get(settings)
        shape = config.ModelConfig(num_layers=2, hidden_dim=16, num_heads=2, intermediate_dim=32)
        self.model = self.task.build_model(models.get("transformer"), shape, self.output, 32)
        export.save(self.model, self.output, self.task, directory)
        self.directory = directory
        self.signatures = tf.saved_model.load(directory).signatures

    def ask(self, **texts):
        """Answers by the signature of raw texts."""
        raw = {name: tf.constant(values) for name, values in texts.items()}
        answer = self.signatures["serving_default"](**raw)
        return {name: value.numpy() for name, value in answer.items()}

    def texts(self, rows):
        return {name: [row[name] for row in rows] for name in self.settings.texts}


@pytest.fixture(scope="module")
def exported_as(transformed_as, tmp_path_factory):
    made = {}

    def make(kind):
        if kind not in made:
            settings, transformed = transformed_as(kind)
            directory = str(tmp_path_factory.mktemp(kind))
            made[kind] = _Exported(settings, transformed, directory)
        return made[kind]

    return make


def _serialize(row):
    example = tf.train.Example()
    for name, value in row.items():
        if isinstance(value, str):
            example.features.feature[name].bytes_list.value.append(value.encode())
        else:
            example.features.feature[name].float_list.value.append(value)
    return example.SerializeToString()


def _hostile(settings):
    """Texts that nobody expects, each in each place of a pair."""
    first = {settings.texts[0]: [*_HOSTILE, *("film" for _ in _HOSTILE)]}
    if len(settings.texts) == 1:
        return first
    return first | {settings.texts[1]: [*("film" for _ in _HOSTILE), *_HOSTILE]}


@pytest.mark.parametrize("kind", _KINDS)
def test_the_ids_that_serve_are_those_that_train(exported_as, kind):
    exported = exported_as(kind)
    spec = exported.output.transformed_feature_spec()
    [path] = tf.io.gfile.glob(exported.files)
    records = list(tf.data.TFRecordDataset(path, compression_type="GZIP"))
    trained = tf.io.parse_example(records, spec)
    layer = exported.output.transform_features_layer()
    texts = exported.texts(exported.rows)
    served = layer({name: tf.constant(values)[:, None] for name, values in texts.items()})
    assert set(served) == set(exported.task.input_features)
    for name in exported.task.input_features:
        np.testing.assert_array_equal(
            tf.sparse.to_dense(served[name]), tf.sparse.to_dense(trained[name])
        )


@pytest.mark.parametrize("kind", _KINDS)
def test_raw_texts_and_serialized_examples_get_the_same_answers(exported_as, kind):
    exported = exported_as(kind)
    rows = exported.rows[:20]
    raw = exported.ask(**exported.texts(rows))
    requests = [{name: row[name] for name in exported.settings.texts} for row in rows]
    parsed = exported.signatures["serving_examples"](
        examples=tf.constant([_serialize(row) for row in requests])
    )
    assert set(raw) == set(parsed)
    for name, values in raw.items():
        np.testing.assert_array_equal(values, parsed[name].numpy())


@pytest.mark.parametrize("kind", _KINDS)
def test_an_answer_does_not_depend_on_what_shares_the_batch(exported_as, kind):
    exported, key = exported_as(kind), _ANSWERS[kind]
    texts = _hostile(exported.settings)
    together = exported.ask(**texts)[key]
    # Numbers of several scales: what counts is the scale on which the model answers.
    scale = np.abs(together).max(axis=0)
    for i, expected in enumerate(together):
        alone = exported.ask(**{name: [values[i]] for name, values in texts.items()})[key]
        np.testing.assert_allclose(alone[0] / scale, expected / scale, atol=1e-6)


@pytest.mark.parametrize("kind", _KINDS)
def test_padding_changes_no_output(exported_as, kind):
    exported = exported_as(kind)
    layer = exported.output.transform_features_layer()
    texts = exported.texts(exported.rows[:8])
    made = layer({name: tf.constant(values)[:, None] for name, values in texts.items()})
    inputs = {name: tf.sparse.to_dense(made[name]) for name in exported.task.input_features}
    padded = {name: tf.pad(value, [[0, 0], [0, 9]]) for name, value in inputs.items()}
    np.testing.assert_allclose(
        exported.model(inputs, training=False),
        exported.model(padded, training=False),
        atol=1e-6,
    )


@pytest.mark.parametrize("kind", _KINDS)
def test_an_empty_batch_gets_an_empty_answer(exported_as, kind):
    exported = exported_as(kind)
    answer = exported.ask(**{name: np.array([], object) for name in exported.settings.texts})
    assert answer[_ANSWERS[kind]].shape == (0, 2)


@pytest.mark.parametrize("kind", _KINDS)
def test_the_evaluator_gets_what_training_learned_from(exported_as, kind):
    exported = exported_as(kind)
    rows = exported.rows[:20]
    truth = exported.signatures["transform_features"](
        examples=tf.constant([_serialize(row) for row in rows])
    )[exported.task.truth_key].numpy()
    expected = {
        "one_label": lambda: [["bad", "good"].index(row["label"]) for row in rows],
        "pair": lambda: [["better", "worse"].index(row["label"]) for row in rows],
        "label_set": lambda: [
            [int(label in row["label"].split("|")) for label in ("bad", "good")] for row in rows
        ],
        "numbers": lambda: [[row["votes"], row["share"]] for row in rows],
    }[kind]()
    np.testing.assert_array_equal(truth, np.asarray(expected, truth.dtype))


def test_the_order_of_a_pair_counts(exported_as):
    exported = exported_as("pair")
    there, back = exported.ask(text=["film", "dull"], text_pair=["dull", "film"])["probabilities"]
    assert np.abs(there - back).max() > 1e-3


def test_the_first_text_of_a_pair_comes_first(exported_as):
    exported = exported_as("pair")
    layer = exported.output.transform_features_layer()
    made = layer({"text": tf.constant([["Dull"]]), "text_pair": tf.constant([["film"]])})
    lines = exported.output.vocabulary_by_name("token_vocabulary")
    ids = tf.sparse.to_dense(made["token_ids"]).numpy()[0]
    words = b" ".join(lines[index] for index in ids).replace(b" ##", b"")
    assert words == b"[CLS] dull [SEP] film [SEP]"
    first = list(ids).index(3) + 1  # up to the first [SEP]
    segments = tf.sparse.to_dense(made["segment_ids"]).numpy()[0]
    assert segments.tolist() == [0] * first + [1] * (len(ids) - first)


def test_the_exported_model_tells_its_task(exported_as):
    import json
    import pathlib

    exported = exported_as("pair")
    told = json.loads(pathlib.Path(exported.directory, "assets.extra", "task.json").read_text())
    assert tasks.Settings.from_fields(told) == exported.settings


def test_batches_hold_what_the_task_names(exported_as):
    exported = exported_as("pair")
    split = input_lib.read(
        "eval", [exported.files], exported.output, exported.task, batch_size=16, max_length=32
    )
    for inputs, targets in split.in_order():
        assert set(inputs) == {"token_ids", "segment_ids"}
        assert inputs["token_ids"].shape == inputs["segment_ids"].shape
        assert set(targets) == {"label_id"}
