"""The exported model: every signature gives the same answers, whatever shares the batch."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow.core.protobuf import saved_model_pb2

from trainer import export, models, rivals, tasks

_HOSTILE = ("", " ", "\x00", "🎬 فيلم", "word " * 5000, "[CLS] [PAD]", "ﬁne")


_SHAPES = {
    "transformer": {"num_layers": 2, "hidden_dim": 16, "num_heads": 2, "intermediate_dim": 32},
    "linear": {"buckets": 64},
    "averaged_embeddings": {"embedding_dim": 8},
    "cnn": {"embedding_dim": 8, "filters": 4},
    "lstm": {"embedding_dim": 8, "hidden_dim": 4},
}


@pytest.fixture(scope="module", params=_SHAPES)
def exported(transformed, tmp_path_factory, request):
    """An untrained model is exported: agreement does not wait for learning."""
    keras.utils.set_random_seed(3)
    output = tft.TFTransformOutput(transformed.directory)
    task = tasks.get(tasks.Settings("classification"))
    model = models.get(request.param).build(
        rivals.shape(request.param, _SHAPES[request.param]),
        vocabulary_size=output.vocabulary_size_by_name("token_vocabulary"),
        max_length=32,
        head=task.head(output),
    )
    rng = np.random.default_rng(3)  # a linear model begins with zeros, which agree with anything
    model.set_weights([np.abs(rng.normal(size=w.shape)) * 0.3 for w in model.get_weights()])
    directory = str(tmp_path_factory.mktemp("exported"))
    export.save(model, output, task, directory)
    return model, tf.saved_model.load(directory).signatures


def _serialized(**columns):
    rows = zip(*columns.values(), strict=True)
    return tf.constant(
        [
            tf.train.Example(
                features=tf.train.Features(
                    feature={
                        name: tf.train.Feature(
                            bytes_list=tf.train.BytesList(value=[value.encode()])
                        )
                        for name, value in zip(columns, row, strict=True)
                    }
                )
            ).SerializeToString()
            for row in rows
        ]
    )


def test_raw_text_and_serialized_examples_get_the_same_answers(exported, transformed):
    _, signatures = exported
    texts = (*transformed.texts, *_HOSTILE)
    raw = signatures["serving_default"](text=tf.constant(texts))
    parsed = signatures["serving_examples"](examples=_serialized(text=texts))

    assert set(raw) == set(parsed) == {"label", "probability", "labels", "probabilities"}
    for name, values in raw.items():
        np.testing.assert_array_equal(values.numpy(), parsed[name].numpy())


def test_classify_gives_the_same_numbers(exported, transformed):
    _, signatures = exported
    texts = (*transformed.texts, *_HOSTILE)
    raw = signatures["serving_default"](text=tf.constant(texts))
    inferred = signatures["classify"](inputs=_serialized(text=texts))

    assert set(inferred) == {"classes", "scores"}
    np.testing.assert_array_equal(inferred["classes"].numpy(), raw["labels"].numpy())
    np.testing.assert_array_equal(inferred["scores"].numpy(), raw["probabilities"].numpy())


def test_the_answer_is_the_models_own(exported, transformed):
    model, signatures = exported
    layer = tft.TFTransformOutput(transformed.directory).transform_features_layer()
    ids = layer({"text": tf.constant(transformed.texts)[:, None]})["token_ids"]
    logits = model({"token_ids": tf.sparse.to_dense(ids)}, training=False)

    answer = signatures["serving_default"](text=tf.constant(transformed.texts))
    probabilities = tf.nn.softmax(logits).numpy()
    np.testing.assert_allclose(answer["probabilities"].numpy(), probabilities, atol=1e-6)
    assert answer["label"].numpy().tolist() == [
        [b"bad", b"good"][i] for i in probabilities.argmax(axis=1)
    ]
    np.testing.assert_allclose(answer["probability"].numpy(), probabilities.max(axis=1), atol=1e-6)


def test_a_texts_answer_does_not_depend_on_its_batch(exported, transformed):
    _, signatures = exported
    texts = (*transformed.texts, *_HOSTILE)
    together = signatures["serving_default"](text=tf.constant(texts))["probabilities"].numpy()
    for text, expected in zip(texts, together, strict=True):
        alone = signatures["serving_default"](text=tf.constant([text]))["probabilities"].numpy()
        np.testing.assert_allclose(alone[0], expected, atol=1e-6)


def test_labels_come_in_the_order_of_the_probabilities(exported, transformed):
    _, signatures = exported
    answer = signatures["serving_default"](text=tf.constant(transformed.texts))
    assert (answer["labels"].numpy() == [b"bad", b"good"]).all()


def test_an_empty_batch_gets_an_empty_answer(exported):
    _, signatures = exported
    answer = signatures["serving_default"](text=tf.constant([], tf.string))
    assert answer["probabilities"].shape == (0, 2)


def test_the_evaluator_gets_the_labels_ids(exported, transformed):
    _, signatures = exported
    rows = _serialized(text=transformed.texts, label=transformed.labels)
    ids = signatures["transform_features"](examples=rows)["label_id"].numpy()
    assert ids.tolist() == [["bad", "good"].index(label) for label in transformed.labels]


def test_no_weight_is_stored_twice_and_methods_have_their_names(transformed, tmp_path):
    output = tft.TFTransformOutput(transformed.directory)
    task = tasks.get(tasks.Settings("classification"))
    model = models.get("averaged_embeddings").build(
        rivals.shape("averaged_embeddings", _SHAPES["averaged_embeddings"]),
        vocabulary_size=output.vocabulary_size_by_name("token_vocabulary"),
        max_length=32,
        head=task.head(output),
    )
    export.save(model, output, task, str(tmp_path))
    saved = saved_model_pb2.SavedModel.FromString((tmp_path / "saved_model.pb").read_bytes())
    methods = {
        name: signature.method_name
        for name, signature in saved.meta_graphs[0].signature_def.items()
    }
    assert methods["classify"] == "tensorflow/serving/classify"
    assert methods["serving_default"] == "tensorflow/serving/predict"
    stored = tf.train.load_checkpoint(str(tmp_path / "variables" / "variables"))
    types, shapes = stored.get_variable_to_dtype_map(), stored.get_variable_to_shape_map()
    numbers = sum(int(np.prod(shapes[name])) for name in shapes if types[name].is_floating)
    assert numbers == sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.mark.parametrize("exported", sorted({*_SHAPES} - {"transformer"}), indirect=True)
def test_a_model_without_attention_tells_its_tokens_alone(exported, transformed):
    assert "attention" not in exported[1]
    texts = [*transformed.texts, ""]
    found = exported[1]["tokens"](text=tf.constant(texts))
    assert set(found) == {"token_ids", "tokens"}
    output = tft.TFTransformOutput(transformed.directory)
    vocabulary = output.vocabulary_by_name("token_vocabulary")
    rows = output.transform_features_layer()({"text": tf.constant(texts)[:, None]})
    ids = tf.sparse.to_dense(rows["token_ids"]).numpy()
    np.testing.assert_array_equal(found["token_ids"].numpy(), ids)
    named = [[vocabulary[i] if i else b"" for i in row] for row in ids]
    assert found["tokens"].numpy().tolist() == named


@pytest.mark.parametrize("exported", ["transformer"], indirect=True)
def test_attention_is_the_models_own_and_padding_has_none_of_it(exported, transformed):
    model, signatures = exported
    texts = (*transformed.texts, *_HOSTILE)
    found = signatures["attention"](text=tf.constant(texts))
    layer = tft.TFTransformOutput(transformed.directory).transform_features_layer()
    ids = tf.sparse.to_dense(layer({"text": tf.constant(texts)[:, None]})["token_ids"])
    np.testing.assert_array_equal(found["token_ids"].numpy(), ids.numpy())

    own = models.get("transformer").attention_weights(model, {"token_ids": ids}).numpy()
    weights, is_real = found["weights"].numpy(), ids.numpy() != 0
    assert weights.shape == (len(texts), 2, 2, ids.shape[1], ids.shape[1])
    for row, real in enumerate(is_real):
        among = weights[row][:, :, real][..., real]
        np.testing.assert_allclose(among, own[row][:, :, real][..., real], atol=1e-5)
        np.testing.assert_allclose(among.sum(axis=-1), 1.0, atol=1e-5)
        assert not weights[row][:, :, ~real].any()
        assert not weights[row][..., ~real].any()


@pytest.mark.parametrize("exported", ["transformer"], indirect=True)
def test_attention_of_a_text_does_not_depend_on_its_batch(exported, transformed):
    ask = exported[1]["attention"]
    together = ask(text=tf.constant([transformed.texts[0], "word " * 20]))["weights"].numpy()
    alone = ask(text=tf.constant([transformed.texts[0]]))["weights"].numpy()
    length = alone.shape[-1]
    np.testing.assert_allclose(together[:1, ..., :length, :length], alone, atol=1e-5)


@pytest.mark.parametrize("exported", ["transformer"], indirect=True)
def test_attention_names_tokens_as_the_vocabulary_does(exported, transformed):
    found = exported[1]["attention"](text=tf.constant([transformed.texts[0], ""]))
    vocabulary = tft.TFTransformOutput(transformed.directory).vocabulary_by_name("token_vocabulary")
    named = [vocabulary[i] if i else b"" for i in found["token_ids"].numpy()[0]]
    assert found["tokens"].numpy()[0].tolist() == named
    assert found["tokens"].numpy()[1, 2:].tolist() == [b""] * (len(named) - 2)
