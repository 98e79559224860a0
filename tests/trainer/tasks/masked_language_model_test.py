"""The masked language model: its loss, its transform and its answers by hand."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import tasks as contracts
from trainer import config, export, tasks
from trainer.models import transformer
from trainer.tasks import masked_language_model as mlm
from trainer.tasks import task as task_lib

_TASK = tasks.get(tasks.Settings("masked_language_model", targets=()))
_WORDS = [b"[PAD]", b"[UNK]", b"[CLS]", b"[SEP]", b"[MASK]", b"a", b"b", b"c"]
_GRAPH = types.SimpleNamespace(
    vocabulary_by_name=lambda name: _WORDS, vocabulary_size_by_name=lambda name: len(_WORDS)
)


def _logits(*rows):
    return tf.math.log(tf.constant(rows, tf.float32))


def test_only_masked_tokens_count_each_alike():
    # Of the first text two tokens are masked, of the second one; -1 fills up.
    half = [0.5, 0.25, 0.25]
    targets = {"masked_ids": tf.constant([[0, 1], [2, -1]], tf.int64)}
    total, weight = mlm.Objective().loss(targets, _logits([half, half], [half, half]), True)
    np.testing.assert_allclose(total, [np.log(2) + np.log(4), np.log(4)], rtol=1e-6)
    assert weight.numpy().tolist() == [2.0, 1.0]
    right, weight = mlm.Objective().metrics(targets, _logits([half, half], [half, half]))[
        "accuracy"
    ]
    assert right.numpy().tolist() == [1.0, 0.0]
    assert weight.numpy().tolist() == [2.0, 1.0]


def test_a_text_without_a_masked_token_weighs_nothing():
    targets = {"masked_ids": tf.constant([[-1]], tf.int64)}
    total, weight = mlm.Objective().loss(targets, _logits([[0.5, 0.25, 0.25]]), False)
    assert (total.numpy().tolist(), weight.numpy().tolist()) == ([0.0], [0.0])


def test_an_answer_tells_the_likeliest_tokens_of_each_mask():
    ids = tf.sparse.from_dense(tf.constant([[2, 4, 5, 4, 3], [2, 6, 3, 0, 0], [2, 4, 3, 0, 0]]))
    # Reserved tokens are the likeliest here, and have no part in it.
    first, second = [9, 9, 9, 9, 9, 1, 2, 5], [9, 9, 9, 9, 9, 6, 1, 1]
    asked = task_lib.Asked({}, {"token_ids": ids})
    answer = _TASK.answer(_logits([first, second], [first, first], [second, first]), asked, _GRAPH)
    assert answer["masks"].numpy().tolist() == [2, 0, 1]
    nothing = [b"", b"", b""]
    assert answer["tokens"].numpy().tolist() == [
        [[b"c", b"b", b"a"], [b"a", b"b", b"c"]],
        [nothing, nothing],
        [[b"a", b"b", b"c"], nothing],
    ]
    np.testing.assert_allclose(
        answer["probabilities"],
        [
            [[5 / 8, 2 / 8, 1 / 8], [6 / 8, 1 / 8, 1 / 8]],
            np.zeros((2, 3)),
            [[6 / 8, 1 / 8, 1 / 8], [0, 0, 0]],
        ],
        rtol=1e-6,
    )


def test_a_request_is_read_at_its_masks():
    ids = tf.sparse.from_dense(tf.constant([[2, 4, 5, 4, 3], [2, 6, 3, 0, 0]]))
    read = _TASK.read(task_lib.Asked({}, {"token_ids": ids}))
    assert read["masked_positions"].numpy().tolist() == [[1, 3], [0, 0]]
    assert read["token_ids"].numpy().tolist() == [[2, 4, 5, 4, 3], [2, 6, 3, 0, 0]]


@pytest.fixture(scope="module")
def exported(transformed_as, tmp_path_factory):
    """An untrained model, exported, and the graph that it was made with."""
    keras.utils.set_random_seed(3)
    settings, transformed = transformed_as("masked")
    output = tft.TFTransformOutput(transformed.directory)
    task = tasks.get(settings)
    shape = config.ModelConfig(num_layers=1, hidden_dim=16, num_heads=2, intermediate_dim=32)
    model = task.build_model(transformer, shape, output, 32)
    directory = str(tmp_path_factory.mktemp("exported"))
    export.save(model, output, task, directory)
    return output, transformed, tf.saved_model.load(directory).signatures


def _ids(output, texts):
    layer = output.transform_features_layer()
    return tf.sparse.to_dense(layer({"text": tf.constant(texts)[:, None]})["token_ids"]).numpy()


def test_a_literal_mask_is_the_reserved_token_and_nothing_else_is(exported):
    output, _, _ = exported
    rows = _ids(
        output,
        ["the [MASK] film", "the film", "[MASK]", "[MASK][MASK]", "", "the [mask] film"],
    )
    [the, film] = rows[1, 1:3].tolist()
    assert min(the, film) >= 5
    assert rows[0, :5].tolist() == [2, the, 4, film, 3]
    assert rows[2, :3].tolist() == [2, 4, 3]
    assert rows[3, :4].tolist() == [2, 4, 4, 3]
    assert rows[4, :3].tolist() == [2, 3, 0]
    assert 4 not in rows[5]


def test_masks_beyond_the_length_are_cut_off_before_the_end(exported):
    output, _, signatures = exported
    [row] = _ids(output, ["the " * 29 + "[MASK] [MASK]"])
    assert row.shape == (32,)
    assert row[-2:].tolist() == [4, 3]
    answer = signatures["serving_default"](text=tf.constant(["the " * 29 + "[MASK] [MASK]"]))
    assert answer["masks"].numpy().tolist() == [1]


def _serialized(texts):
    rows = []
    for text in texts:
        example = tf.train.Example()
        example.features.feature["text"].bytes_list.value.append(text.encode())
        rows.append(example.SerializeToString())
    return tf.constant(rows)


def test_signatures_agree_and_answers_do_not_depend_on_the_batch(exported):
    _, _, signatures = exported
    texts = ["the [MASK] was so [MASK]", "no mask", "", "[MASK]", "\x00", "🎬 [MASK] فيلم"]
    raw = signatures["serving_default"](text=tf.constant(texts))
    parsed = signatures["serving_examples"](examples=_serialized(texts))
    assert set(raw) == set(parsed) == {"masks", "tokens", "probabilities"}
    for name, values in raw.items():
        np.testing.assert_array_equal(values.numpy(), parsed[name].numpy())
    for i, text in enumerate(texts):
        alone = signatures["serving_default"](text=tf.constant([text]))
        count = alone["masks"].numpy()[0]
        assert count == raw["masks"].numpy()[i] == text.count("[MASK]")
        np.testing.assert_allclose(
            alone["probabilities"].numpy()[0, :count],
            raw["probabilities"].numpy()[i, :count],
            atol=1e-6,
        )


def test_an_empty_batch_gets_an_empty_answer(exported):
    _, _, signatures = exported
    answer = signatures["serving_default"](text=tf.constant([], tf.string))
    assert answer["tokens"].shape == (0, 0, 5)


def test_what_is_judged_is_masked_as_the_eval_split_is(exported):
    """Loss and count of the signature are those of the training's own eval batches."""
    output, transformed, signatures = exported
    rows = _serialized(transformed.texts)
    scores = signatures["judged_examples"](examples=rows)["scores"].numpy()
    truth = signatures["transform_features"](examples=rows)["masked_ids"].numpy()
    ids = _ids(output, transformed.texts)
    # Padded further than the signature pads, as a bucket would be.
    inputs, targets = _TASK.draw(
        {"token_ids": tf.constant(np.pad(ids, [(0, 0), (0, 7)]))}, {}, output, 0, 0
    )
    assert (truth[:, :-1] == targets["masked_ids"].numpy()).all()
    assert (truth[:, -1] == -1).all()
    assert (inputs["token_ids"].numpy()[:, : ids.shape[1]] != ids).any()
    again = signatures["judged_examples"](examples=rows[3:5])["scores"].numpy()
    np.testing.assert_allclose(again, scores[3:5], rtol=1e-5)
    # An untrained model knows nothing, so the loss is near that of guessing.
    masked = (truth >= 0).sum()
    size = output.vocabulary_size_by_name("token_vocabulary")
    assert scores[:, 0].sum() / masked == pytest.approx(np.log(size), rel=0.35)


def test_what_is_told_after_an_epoch_is_what_the_contract_says():
    targets = {"masked_ids": tf.constant([[0]], tf.int64)}
    told = mlm.Objective().metrics(targets, _logits([[0.5, 0.5]]))
    settings = contracts.Settings("masked_language_model")
    assert contracts.contract(settings.name).watched(settings) == dict.fromkeys(told, True)
