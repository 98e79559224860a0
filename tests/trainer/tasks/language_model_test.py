"""The language model: its loss by hand, its blocks, and an export that scores and writes."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import tasks as contracts
from schemas import tokens
from trainer import config, export, models, packing, rivals, tasks
from trainer.generation import scoring
from trainer.tasks import language_model

_LENGTH = 32
_HOSTILE = ("", " ", "the\nfilm", "🎬 فيلم", "the film " * 40, "[SEP] [PAD]", "THE")


def _logits(*rows):
    return tf.math.log(tf.constant(rows, tf.float32))


# Two blocks of two tokens over a vocabulary of 3; the last token is padding.
_TARGETS = {
    "next_ids": tf.constant([[0, 2], [1, -1]]),
    "characters": tf.constant([4, 1]),
}
_OUTPUTS = _logits(
    [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]],
    [[0.25, 0.5, 0.25], [0.1, 0.1, 0.8]],
)


@pytest.mark.parametrize("training", [True, False])
def test_loss_is_in_nats_and_weighs_tokens_alike(training):
    total, weight = language_model.Objective().loss(_TARGETS, _OUTPUTS, training)
    np.testing.assert_allclose(total, [np.log(2) + np.log(4), np.log(2)], rtol=1e-6)
    assert weight.numpy().tolist() == [2.0, 1.0]


def test_metrics_by_hand():
    metrics = language_model.Objective().metrics(_TARGETS, _OUTPUTS)
    hits, weight = metrics["accuracy"]
    assert (hits.numpy().tolist(), weight.numpy().tolist()) == ([1.0, 1.0], [2.0, 1.0])
    bits, characters = metrics["bits_per_character"]
    np.testing.assert_allclose(bits, [1.0 + 2.0, 1.0], rtol=1e-6)
    assert characters.numpy().tolist() == [4.0, 1.0]


def test_perplexity_follows_from_the_loss(running):
    task = running[0]
    assert task.summary({"loss": np.log(8.0)}) == {"perplexity": pytest.approx(8.0)}
    assert task.summary({"loss": 1e9})["perplexity"] < float("inf")


@pytest.fixture(scope="module")
def running(transformed_as):
    settings, transformed = transformed_as("running")
    return tasks.get(settings), transformed, tft.TFTransformOutput(transformed.directory)


def _texts(output):
    lines = output.vocabulary_by_name("token_vocabulary")
    return tokens.texts(lines, "characters")


@pytest.fixture(scope="module")
def blocks(running):
    task, transformed, output = running
    return packing.read("eval", [transformed.eval_files], output, task, 16, _LENGTH)


def test_blocks_in_order_are_the_texts_one_after_another(blocks, running):
    _, transformed, output = running
    batches = list(blocks.in_order().as_numpy_iterator())
    told = np.concatenate([targets["next_ids"].reshape(-1) for _, targets in batches])
    read = np.concatenate([inputs["token_ids"].reshape(-1) for inputs, _ in batches])
    texts = [b"<end>" if i == tokens.SEP_ID else t for i, t in enumerate(_texts(output))]
    expected = "".join(f"{row['text']}<end>" for row in transformed.rows)
    assert b"".join(texts[i] for i in told[told >= 0]).decode() == expected
    assert read[0] == tokens.SEP_ID
    assert (read[1:][told[1:] >= 0] == told[:-1][told[1:] >= 0]).all()
    characters = sum(int(targets["characters"].sum()) for _, targets in batches)
    assert characters == sum(len(row["text"]) for row in transformed.rows)


def test_what_is_read_is_what_is_counted(blocks, running):
    rows = running[1].rows
    assert blocks.num_documents == len(rows)
    assert blocks.num_tokens == sum(len(row["text"]) + 1 for row in rows)
    assert blocks.num_batches == len(list(blocks.shuffled(1, 1)))


_SHAPES = {
    "decoder": config.ModelConfig(
        num_layers=1,
        hidden_dim=16,
        num_heads=2,
        intermediate_dim=32,
        positions="rotary",
        tied_embeddings=False,
    ),
    "lstm_decoder": rivals.Lstm(embedding_dim=16, hidden_dim=16),
    "n_gram": rivals.NGram(max_n_grams=20_000),
}


@pytest.fixture(scope="module", params=_SHAPES)
def exported(running, tmp_path_factory, request):
    """An untrained model, whose weights are large enough to prefer some tokens."""
    task, transformed, output = running
    architecture = models.get(request.param)
    model = task.build_model(architecture, _SHAPES[request.param], output, _LENGTH)
    if hasattr(architecture, "adapt"):
        train = packing.read("train", [transformed.train_files], output, task, 16, _LENGTH)
        architecture.adapt(model, train.in_order())
    else:
        rng = np.random.default_rng(2)
        model.set_weights([rng.normal(scale=0.5, size=w.shape) for w in model.get_weights()])
    directory = str(tmp_path_factory.mktemp("exported"))
    export.save(model, output, task, directory)
    return model, tf.saved_model.load(directory).signatures


def _serialized(texts):
    rows = []
    for text in texts:
        example = tf.train.Example()
        example.features.feature["text"].bytes_list.value.append(text.encode())
        rows.append(example.SerializeToString())
    return tf.constant(rows)


def test_signatures_agree_and_answers_do_not_depend_on_the_batch(exported, running):
    _, signatures = exported
    texts = (*running[1].texts[:5], *_HOSTILE)
    raw = signatures["serving_default"](text=tf.constant(texts))
    parsed = signatures["serving_examples"](examples=_serialized(texts))
    assert set(raw) == set(parsed)
    for name, values in raw.items():
        np.testing.assert_array_equal(values, parsed[name])
    for i, text in enumerate(texts):
        alone = signatures["serving_default"](text=tf.constant([text]))
        for name, values in alone.items():
            np.testing.assert_allclose(values[0], raw[name][i], rtol=1e-5)


def test_the_answer_is_the_models_own(exported, running):
    model, signatures = exported
    task, _, output = running
    texts = ["the film was", "x" * 70, ""]
    answer = signatures["serving_default"](text=tf.constant(texts))
    ids = output.transform_features_layer()({"text": tf.constant(texts)[:, None]})["token_ids"]
    ragged = tf.cast(tf.RaggedTensor.from_sparse(ids), tf.int32)
    score = scoring.score(model, ragged, _LENGTH, model.output_shape[-1])
    nats, characters = -score.log_probability.numpy(), np.array([12, 70, 0])
    np.testing.assert_allclose(answer["log_probability"], -nats, rtol=1e-5)
    assert answer["tokens"].numpy().tolist() == [13, 71, 1]
    np.testing.assert_allclose(answer["perplexity"], np.exp(nats / [13, 71, 1]), rtol=1e-4)
    bits = nats[:2] / np.log(2) / characters[:2]
    np.testing.assert_allclose(answer["bits_per_character"], [*bits, 0.0], rtol=1e-5)
    np.testing.assert_allclose(
        answer["totals"], np.stack([nats, [13, 71, 1], characters, score.hits], 1), rtol=1e-5
    )
    assert task.answer_key in answer


def test_the_evaluator_gets_the_tokens_that_were_to_be_told(exported, running):
    _, signatures = exported
    truth = signatures["transform_features"](examples=_serialized(["the", "a film"]))
    told = truth[running[0].truth_key].numpy()
    texts = _texts(running[2])
    assert [b"".join(texts[i] for i in row if i).decode() for row in told] == ["the", "a film"]
    assert [row[row > 0][-1] for row in told] == [tokens.SEP_ID] * 2


_NEUTRAL = {
    "max_new_tokens": ([50], tf.int32),
    "temperature": ([1.0], tf.float32),
    "top_k": ([0], tf.int32),
    "top_p": ([1.0], tf.float32),
    "repetition_penalty": ([1.0], tf.float32),
    "seed": ([3], tf.int64),
    "stop": ([[""]], tf.string),
}


def _generate(signatures, texts, **wishes):
    asked = {
        name: tf.constant(wishes.get(name, value), dtype)
        for name, (value, dtype) in _NEUTRAL.items()
    }
    return signatures["generate"](text=tf.constant(texts, tf.string), **asked)


def test_a_prompt_is_written_on_at(exported, running):
    written = _generate(exported[1], ["the film", "", "the film was so warm and superb it was"])
    texts = _texts(running[2])
    for i, count in enumerate(written["tokens"].numpy()):
        ids = written["token_ids"].numpy()[i]
        assert not ids[count:].any()
        assert b"".join(texts[j] for j in ids[:count]) == written["text"].numpy()[i]
        assert count == 50 or written["stopped"].numpy()[i]


def test_wishes_are_each_rows_own_or_those_of_all(exported):
    texts = ["the film", "a plot"]
    wishes = {"temperature": [0.0, 0.7], "max_new_tokens": [9, 40], "seed": [5, 6]}
    together = _generate(exported[1], texts, stop=[["w", ""], ["q", "a"]], **wishes)
    for i, stop in enumerate([["w"], ["q", "a"]]):
        own = {name: [values[i]] for name, values in wishes.items()}
        alone = _generate(exported[1], texts[i : i + 1], stop=[stop], **own)
        assert alone["text"].numpy()[0] == together["text"].numpy()[i]
        assert not set(stop) & set(together["text"].numpy()[i].decode())


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("temperature", -0.5, "0 or more"),
        ("top_k", -1, "0 or more"),
        ("top_p", 0.0, "above 0 and at most 1"),
        ("top_p", 1.5, "above 0 and at most 1"),
        ("repetition_penalty", 0.0, "above 0"),
        ("max_new_tokens", 65_537, "0 to 65,536"),
        ("max_new_tokens", -1, "0 to 65,536"),
    ],
)
def test_wishes_that_cannot_be_granted_are_refused(exported, name, value, rule):
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"`{name}` must be {rule}"):
        _generate(exported[1], ["the"], **{name: [value]})


def test_nothing_asked_is_nothing_written(exported):
    assert _generate(exported[1], [])["text"].shape == (0,)
    none = _generate(exported[1], ["the"], max_new_tokens=[0])
    assert none["text"].numpy().tolist() == [b""]
    assert none["tokens"].numpy().tolist() == [0]


def test_tied_and_untied_models_are_built(running):
    task, _, output = running
    sizes = [
        task.build_model(
            models.get("decoder"), config.ModelConfig(tied_embeddings=tied), output, _LENGTH
        ).count_params()
        for tied in (True, False)
    ]
    keras.utils.clear_session()
    assert sizes[1] - sizes[0] == 128 * output.vocabulary_size_by_name("token_vocabulary")


def test_what_is_told_after_an_epoch_is_what_the_contract_says(running):
    told = language_model.Objective().metrics(_TARGETS, _OUTPUTS)
    summary = running[0].summary({"loss": 1.0})
    watched = contracts.contract("language_model").watched(contracts.Settings("language_model"))
    assert set(watched) == {*told, *summary}
    assert watched["accuracy"] and not watched["perplexity"]


def _in_parts(signatures, texts, turns, **wishes):
    """Writes with `generate_start` and `generate_more`; gives ids and bytes of each row."""
    asked = {
        name: tf.constant(wishes.get(name, value), dtype)
        for name, (value, dtype) in _NEUTRAL.items()
    }
    ids, pieces = [[] for _ in texts], [[] for _ in texts]
    part = signatures["generate_start"](
        text=tf.constant(texts), turns=tf.constant(turns[0]), **asked
    )
    for count in itertools.chain(turns[1:], itertools.repeat(turns[-1])):
        for row, tokens_ in enumerate(part["tokens"].numpy()):
            ids[row] += part["token_ids"].numpy()[row, :tokens_].tolist()
            pieces[row] += part["pieces_bytes"].numpy()[row, :tokens_].tolist()
        if part["done"].numpy().all():
            return ids, [b"".join(row) for row in pieces], part["stopped"].numpy()
        state = {name: value for name, value in part.items() if name.startswith("state_")}
        part = signatures["generate_more"](turns=tf.constant(count), **state)


@pytest.mark.parametrize("turns", [[1], [0, 3, 50], [200]], ids=str)
def test_in_parts_as_at_once(exported, turns):
    texts = ["the film", "", "the film was so warm and superb it was"]
    wishes = {"temperature": [0.0, 0.9, 1.2], "seed": [5, 6, 7], "stop": [["wa"], [""], ["q"]]}
    at_once = _generate(exported[1], texts, **wishes)
    ids, written, stopped = _in_parts(exported[1], texts, turns, **wishes)
    for row, count in enumerate(at_once["tokens"].numpy()):
        assert ids[row] == at_once["token_ids"].numpy()[row, :count].tolist()
        assert (
            written[row].partition(wishes["stop"][row][0].encode() or b"\0")[0]
            == (at_once["text"].numpy()[row])
        )
    assert stopped.tolist() == at_once["stopped"].numpy().tolist()
    assert max(map(len, ids)) > _LENGTH  # it has forgotten some


@pytest.mark.parametrize("value", [-1, 65_537])
def test_a_part_has_a_size(exported, value):
    with pytest.raises(tf.errors.InvalidArgumentError, match="`turns` must be 0 to 65,536"):
        _in_parts(exported[1], ["the"], [value])


def test_what_is_read_of_a_text_is_shown_from_its_beginning(exported, running):
    model, signatures = exported
    _, _, output = running
    has_attention = "attention" in signatures
    assert has_attention == hasattr(models.of(model), "attention_weights")
    texts = ["the film", "", "a " * 3 * _LENGTH]
    shown = signatures["attention" if has_attention else "tokens"](text=tf.constant(texts))
    ids, vocabulary = shown["token_ids"].numpy(), output.vocabulary_by_name("token_vocabulary")
    assert ids.shape == (3, _LENGTH)
    assert (ids[:, 0] == tokens.SEP_ID).all()
    assert ids[1, 1:].tolist() == [0] * (_LENGTH - 1)
    assert (ids[2] != 0).all()
    told = _serialized(["the film"])
    expected = signatures["transform_features"](examples=told)["token_ids"].numpy()[0, :-1]
    assert ids[0][ids[0] != 0][1:].tolist() == expected.tolist()  # without the end
    names = [[vocabulary[i] if i else b"" for i in row] for row in ids]
    assert shown["tokens"].numpy().tolist() == names


@pytest.mark.parametrize("exported", ["decoder"], indirect=True)
def test_a_token_attends_to_those_before_it(exported):
    model, signatures = exported
    shown = signatures["attention"](text=tf.constant(["the film", "a"]))
    ids, weights = shown["token_ids"].numpy(), shown["weights"].numpy()
    is_real = ids != 0
    assert weights.shape == (2, 1, 2, ids.shape[1], ids.shape[1])
    np.testing.assert_allclose(weights.sum(axis=-1)[:, 0, 0], is_real, atol=1e-6)
    assert not np.triu(weights, 1).any()
    alone = models.of(model).attention_weights(model, {"token_ids": ids[1:, is_real[1]]})
    size = alone.shape[-1]
    np.testing.assert_allclose(weights[1:, ..., :size, :size], alone, atol=1e-5)
