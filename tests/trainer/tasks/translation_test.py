"""Translation: its examples, its loss, and an export that translates."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import tasks as contracts
from schemas import tokens
from trainer import config, export, tasks
from trainer import input as input_lib
from trainer.models import encoder_decoder
from trainer.tasks import translation

_LENGTH = 32
_HOSTILE = ("", " ", "the\nfilm", "🎬 فيلم", "the film " * 40, "[SEP] [PAD]", "THE")


@pytest.fixture(scope="module")
def translated(transformed_as):
    settings, transformed = transformed_as("translated")
    return tasks.get(settings), transformed, tft.TFTransformOutput(transformed.directory)


@pytest.fixture(scope="module")
def split(translated):
    task, transformed, output = translated
    return input_lib.read("eval", [transformed.eval_files], output, task, 16, _LENGTH)


def _words(output, vocabulary, ids):
    lines = [line.decode() for line in output.vocabulary_by_name(vocabulary)]
    return [lines[i] for i in ids]


def test_each_text_has_the_words_of_its_own_language(translated, split):
    _, transformed, output = translated
    for row, (inputs, targets) in zip(transformed.rows, split.examples, strict=True):
        source = _words(output, "token_vocabulary", inputs["token_ids"])
        assert source == ["[CLS]", *row["text"].split()[: _LENGTH - 2], "[SEP]"]
        told = _words(output, "target_vocabulary", targets["next_ids"])
        assert told == [*row["label"].lower().split()[: _LENGTH - 2], "[SEP]"]
        read = _words(output, "target_vocabulary", inputs["target_ids"])
        assert read == ["[CLS]", *told[:-1]]


def test_no_part_of_an_example_is_longer_than_it_is_told_to_be(translated, split):
    task, *_ = translated
    lengths = []
    for inputs, targets in split.examples:
        sizes = [tensor.shape[0] for tensor in (*inputs.values(), *targets.values())]
        assert task.length(inputs) == max(sizes)
        lengths.append(max(sizes))
    assert len(set(lengths)) > 3


def test_the_longer_text_tells_the_length(translated):
    task, *_ = translated
    for source, target in ((3, 7), (7, 3)):
        inputs = {"token_ids": tf.zeros([source]), "target_ids": tf.zeros([target])}
        assert task.length(inputs) == 7


def test_batches_are_padded_with_no_target(split):
    for inputs, targets in split.in_order():
        padded = inputs["target_ids"].numpy() == tokens.PAD_ID
        np.testing.assert_array_equal(padded, targets["next_ids"].numpy() == -1)


_TARGETS = {"next_ids": tf.constant([[0, 2], [1, -1]])}
_OUTPUTS = tf.constant(np.log([[[0.5, 0.3, 0.2]] * 2, [[0.2, 0.7, 0.1]] * 2]), tf.float32)


def test_labels_are_smoothed_while_training_alone():
    objective = translation.Objective(label_smoothing=0.3)
    plain = [-np.log(0.5) - np.log(0.2), -np.log(0.7)]
    of_all = [-2 * np.log([0.5, 0.3, 0.2]).mean(), -np.log([0.2, 0.7, 0.1]).mean()]
    judged = objective.loss(_TARGETS, _OUTPUTS, training=False)
    np.testing.assert_allclose(judged.total, plain, rtol=1e-5)
    trained = objective.loss(_TARGETS, _OUTPUTS, training=True)
    np.testing.assert_allclose(
        trained.total, 0.7 * np.array(plain) + 0.3 * np.array(of_all), rtol=1e-5
    )
    assert trained.weight.numpy().tolist() == [2.0, 1.0]


def test_what_is_watched(translated):
    objective = translation.Objective(label_smoothing=0.0)
    hits, weight = objective.metrics(_TARGETS, _OUTPUTS)["accuracy"]
    assert (hits.numpy().tolist(), weight.numpy().tolist()) == ([1.0, 1.0], [2.0, 1.0])
    assert translated[0].summary({"loss": np.log(8.0)}) == {"perplexity": pytest.approx(8.0)}


@pytest.fixture(scope="module")
def exported(translated, tmp_path_factory):
    """An untrained model, whose weights are large enough to prefer some tokens."""
    task, _, output = translated
    shape = config.ModelConfig(num_layers=1, hidden_dim=16, num_heads=2, intermediate_dim=32)
    model = task.build_model(encoder_decoder, shape, output, _LENGTH)
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    directory = str(tmp_path_factory.mktemp("exported"))
    export.save(model, output, task, directory)
    return model, tf.saved_model.load(directory).signatures


@pytest.fixture(scope="module")
def signatures(exported):
    return exported[1]


def _serialized(**columns):
    rows = []
    for values in zip(*columns.values(), strict=True):
        example = tf.train.Example()
        for name, value in zip(columns, values, strict=True):
            example.features.feature[name].bytes_list.value.append(value.encode())
        rows.append(example.SerializeToString())
    return tf.constant(rows)


def _wishes(beam_size=2, length_penalty=0.6, max_new_tokens=1000):
    return {
        "beam_size": tf.constant([beam_size]),
        "length_penalty": tf.constant([length_penalty]),
        "max_new_tokens": tf.constant([max_new_tokens]),
    }


def test_raw_text_and_serialized_examples_get_the_same_answers(signatures, translated):
    texts = (*translated[1].texts, *_HOSTILE)
    raw = signatures["serving_default"](text=tf.constant(texts))
    parsed = signatures["serving_examples"](examples=_serialized(text=texts))
    names = {"translation", "score", "log_probability", "tokens", "token_ids"}
    assert set(raw) == set(parsed) == names
    for name, values in raw.items():
        np.testing.assert_array_equal(values.numpy(), parsed[name].numpy())


def test_an_answer_depends_on_no_other_row(signatures, translated):
    texts = (*translated[1].texts[:6], *_HOSTILE)
    together = signatures["serving_default"](text=tf.constant(texts))
    assert len(set(together["translation"].numpy())) > 1
    for row, text in enumerate(texts):
        alone = signatures["serving_default"](text=tf.constant([text]))
        assert alone["translation"].numpy()[0] == together["translation"].numpy()[row]
        np.testing.assert_allclose(alone["score"][0], together["score"][row], atol=1e-4)


def test_the_translation_is_what_its_tokens_say(signatures, translated):
    _, transformed, output = translated
    answer = signatures["serving_default"](text=tf.constant(transformed.texts))
    for i, count in enumerate(answer["tokens"].numpy()):
        told = answer["token_ids"].numpy()[i]
        assert (told[count:] == 0).all()
        words = _words(output, "target_vocabulary", told[:count])
        said = answer["translation"].numpy()[i].decode()
        assert said == " ".join(word for word in words if word != "[SEP]")


def test_translate_answers_as_the_settings_say_where_it_is_asked_the_same(signatures, translated):
    texts = tf.constant(translated[1].texts)
    asked = signatures["translate"](text=texts, **_wishes())
    served = signatures["serving_default"](text=texts)
    # One may write a longer text than the other, but not this short of the limit.
    short = served["tokens"].numpy() < 16
    assert short.any()
    said, expected = (answer["translation"].numpy()[short] for answer in (asked, served))
    np.testing.assert_array_equal(said, expected)


def test_each_row_of_translate_has_its_wishes(signatures):
    wishes = {
        "beam_size": tf.constant([1, 4, 2]),
        "length_penalty": tf.constant([0.0, 1.0, 0.6]),
        "max_new_tokens": tf.constant([1, 3, 9]),
    }
    found = signatures["translate"](text=tf.constant(["the film was warm"] * 3), **wishes)
    assert (found["tokens"].numpy() <= [1, 3, 9]).all()
    assert found["tokens"].numpy()[0] == 1
    for row in range(3):
        own = {name: wish[row : row + 1] for name, wish in wishes.items()}
        alone = signatures["translate"](text=tf.constant(["the film was warm"]), **own)
        assert alone["translation"][0] == found["translation"][row]


@pytest.mark.parametrize(
    ("wish", "value", "rule"),
    [
        ("beam_size", 0, "`beam_size` must be 1 to 64"),
        ("beam_size", 65, "`beam_size` must be 1 to 64"),
        ("length_penalty", -0.1, "`length_penalty` must be 0 or more"),
        ("length_penalty", float("nan"), "`length_penalty` must be 0 or more"),
        ("max_new_tokens", 0, "`max_new_tokens` must be 1 to 65,536"),
    ],
)
def test_what_cannot_be_granted_is_refused(signatures, wish, value, rule):
    with pytest.raises(tf.errors.InvalidArgumentError, match=rule):
        signatures["translate"](text=tf.constant(["the film"]), **_wishes(**{wish: value}))


def test_the_truth_is_the_reference_as_it_stands(signatures):
    columns = {"text": ["the film", "a plot"], "label": ["das Film", " ÉIN  plot"]}
    truth = signatures["transform_features"](examples=_serialized(**columns))
    expected = [label.encode() for label in columns["label"]]
    assert truth["reference"].numpy().tolist() == expected


def test_what_is_told_after_an_epoch_is_what_the_contract_says(translated):
    told = translation.Objective(label_smoothing=0.0).metrics(_TARGETS, _OUTPUTS)
    summary = translated[0].summary({"loss": 1.0})
    watched = contracts.contract("translation").watched(contracts.Settings("translation"))
    assert set(watched) == {*told, *summary}
    assert watched["accuracy"] and not watched["perplexity"]


def test_cross_attention_is_the_models_own_as_each_token_is_told(exported, translated):
    model, signatures = exported
    _, transformed, output = translated
    texts = tf.constant([transformed.texts[0], "the film " * 9, ""])
    told = signatures["cross_attention"](text=texts)
    answer = signatures["serving_default"](text=texts)
    np.testing.assert_array_equal(told["target_ids"], answer["token_ids"])
    for row, count in enumerate(answer["tokens"].numpy()):
        ids = told["token_ids"].numpy()[row]
        source, target = ids[ids > 0], told["target_ids"].numpy()[row, :count]
        names, target_names = told["tokens"].numpy()[row], told["target_tokens"].numpy()[row]
        assert [name.decode() for name in names if name] == _words(
            output, "token_vocabulary", source
        )
        assert [name.decode() for name in target_names if name] == _words(
            output, "target_vocabulary", target
        )
        read = [tokens.CLS_ID, *target[:-1]]
        expected = encoder_decoder.cross_attention_weights(
            model, {"token_ids": tf.constant([source]), "target_ids": tf.constant([read])}
        )
        weights = told["weights"].numpy()[row]
        np.testing.assert_allclose(weights[:, :, :count, : len(source)], expected[0], atol=1e-5)
        np.testing.assert_allclose(weights.sum(-1)[:, :, :count], 1.0, rtol=1e-5)
        assert not weights[:, :, count:].any()
        assert not weights[..., len(source) :].any()
