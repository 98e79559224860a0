"""Writing on at texts: with a cache and without, alone and beside others, short and long."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from schemas import tokens
from trainer import config, models, rivals
from trainer.generation import loop, readers, sampling, windows
from trainer.models import decoder, lstm_decoder, n_gram

_LENGTH = 8
_TEXTS = [b""] * len(tokens.RESERVED) + [bytes([97 + i]) for i in range(20)]
_SIZE = len(_TEXTS)
_NEVER = [tokens.PAD_ID, tokens.UNK_ID, tokens.CLS_ID, tokens.MASK_ID]
_PROMPTS = [[5, 6, 7], [], [8, 9] * 6, [10]]
_KINDS = {
    "plain": {"positions": "learned"},
    "modern": {"positions": "rotary", "norm_kind": "rms", "num_kv_heads": 1},
    "untied": {"positions": "sinusoidal", "norm": "post", "tied_embeddings": False},
}


def _model(kind):
    rng = np.random.default_rng(4)
    if kind == "ngram":
        return _n_gram(rng)
    model = _lstm() if kind == "lstm" else _decoder(kind)
    model.set_weights([rng.normal(scale=0.7, size=w.shape) for w in model.get_weights()])
    return model


def _lstm():
    shape = rivals.Lstm(num_layers=2, embedding_dim=8, hidden_dim=8)
    return lstm_decoder.build(shape, _SIZE, _LENGTH, None)


def _n_gram(rng):
    model = n_gram.build(rivals.NGram(order=3, max_n_grams=2000), _SIZE, _LENGTH, None)
    text = rng.choice([tokens.SEP_ID, *range(len(tokens.RESERVED), _SIZE)], (40, 10))
    n_gram.adapt(model, tf.data.Dataset.from_tensors(({}, {"next_ids": text})))
    return model


def _decoder(kind):
    model_config = config.ModelConfig(
        num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16, **_KINDS[kind]
    )
    tied = model_config.tied_embeddings
    head = None if tied else keras.layers.Dense(_SIZE, use_bias=False, name="head")
    return decoder.build(model_config, _SIZE, _LENGTH, head)


@pytest.fixture(scope="module", params=[*_KINDS, "lstm", "ngram"])
def model(request):
    return _model(request.param)


@pytest.fixture(scope="module")
def writers(model):
    """Traced once, for all batches."""
    cached = readers.Cached(models.get(model.name), model)
    return {type(reader): _traced(reader) for reader in (cached, readers.Uncached(model))}


def _traced(reader):
    writing = loop.Loop(reader, _LENGTH, _TEXTS)

    @tf.function(
        input_signature=[
            tf.RaggedTensorSpec([None, None], tf.int32),
            tf.TensorSpec([None], tf.int32),
            sampling.Wishes(*(tf.TensorSpec([None], t) for t in _TYPES)),
            tf.TensorSpec([None, None], tf.string),
        ]
    )
    def write(prompts, max_new_tokens, wishes, stops):
        return writing.write(loop.Task(prompts, max_new_tokens, wishes, stops))

    return write


_TYPES = (tf.float32, tf.int32, tf.float32, tf.float32, tf.int64)


def _write(writer, prompts, max_new_tokens, stops=None, **wishes):
    """Writes with the same or, given lists, with each row's own wishes."""
    rows = len(prompts)
    values = {
        "temperature": 1.0,
        "top_k": 0,
        "top_p": 1.0,
        "repetition_penalty": 1.0,
        "seed": list(range(rows)),
        **wishes,
    }
    each = [
        tf.broadcast_to(tf.constant(value, dtype), [rows])
        for value, dtype in zip(values.values(), _TYPES, strict=True)
    ]
    return writer(
        tf.RaggedTensor.from_row_lengths(
            tf.constant([i for prompt in prompts for i in prompt], tf.int32),
            [len(prompt) for prompt in prompts],
        ),
        tf.broadcast_to(tf.constant(max_new_tokens, tf.int32), [rows]),
        sampling.Wishes(*each),
        tf.reshape(tf.constant(stops or [[""]] * rows, tf.string), [rows, -1 if rows else 1]),
    )


_WISHES = {
    "greedy": {"temperature": 0.0},
    "sampled": {},
    "with all wishes": {
        "temperature": 1.5,
        "top_k": 12,
        "top_p": 0.9,
        "repetition_penalty": 1.3,
    },
}


@pytest.mark.parametrize("wishes", _WISHES.values(), ids=_WISHES)
def test_the_cache_changes_no_token(writers, wishes):
    cached, uncached = (
        _write(writers[reader], _PROMPTS, 30, **wishes)
        for reader in (readers.Cached, readers.Uncached)
    )
    assert cached.token_ids.to_list() == uncached.token_ids.to_list()
    whole = map(sum, zip(map(len, _PROMPTS), map(len, cached.token_ids.to_list()), strict=True))
    assert max(whole) > 2 * _LENGTH  # it has forgotten some


@pytest.mark.parametrize("wishes", _WISHES.values(), ids=_WISHES)
def test_a_rows_text_does_not_depend_on_the_others(writers, wishes):
    together = _write(writers[readers.Cached], _PROMPTS, [9, 20, 30, 1], **wishes)
    for row, (prompt, count) in enumerate(zip(_PROMPTS, [9, 20, 30, 1], strict=True)):
        alone = _write(writers[readers.Cached], [prompt], count, seed=row, **wishes)
        assert alone.token_ids.to_list() == [together.token_ids.to_list()[row]]
        assert alone.stopped.numpy()[0] == together.stopped.numpy()[row]


@pytest.fixture(scope="module")
def told(model):
    """Gives `told(known)`, the model's logits of the token after each of some texts."""
    read = tf.function(model, reduce_retracing=True, autograph=False)

    def tell(texts):
        return np.array(read({"token_ids": tf.constant(texts, tf.int32)}))[:, -1]

    return tell


@pytest.mark.parametrize("penalty", [1.0, 1.7])
def test_greedy_tokens_are_the_likeliest_by_the_definition(told, writers, penalty):
    written = _write(
        writers[readers.Cached], _PROMPTS, 25, temperature=0.0, repetition_penalty=penalty
    )
    for prompt, new in zip(_PROMPTS, written.token_ids.to_list(), strict=True):
        known = [tokens.SEP_ID, *prompt]
        for token in new:
            begin = int(windows.start(tf.constant(len(known)), _LENGTH))
            [logits] = told([known[begin:]])
            seen = sorted(set(known[1:]))
            logits[seen] *= np.where(logits[seen] > 0, 1 / penalty, penalty)
            logits[_NEVER] = -np.inf
            assert token == logits.argmax()
            known.append(token)


def test_sampled_tokens_come_by_their_probabilities(told, writers):
    rows = 2000
    written = _write(writers[readers.Cached], [[5, 6]] * rows, 1)
    found = np.bincount(written.token_ids.values.numpy(), minlength=_SIZE) / rows
    [logits] = told([[tokens.SEP_ID, 5, 6]])
    logits[_NEVER] = -np.inf
    expected = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(found, expected, atol=5 * 0.5 / rows**0.5)


def test_equal_seeds_give_equal_texts_and_others_others(writers):
    written = _write(writers[readers.Cached], [[5]] * 3, 20, seed=[7, 7, 8]).text.numpy()
    assert written[0] == written[1] != written[2]


def test_every_row_has_the_length_that_it_asks_for(writers):
    written = _write(writers[readers.Cached], _PROMPTS, [0, 3, 25, 1], temperature=9.0)
    lengths = written.token_ids.row_lengths().numpy()
    for length, wanted, stopped in zip(
        lengths, [0, 3, 25, 1], written.stopped.numpy(), strict=True
    ):
        assert length == wanted or (stopped and length < wanted)


def test_the_end_of_a_text_ends_it(writers):
    written = _write(writers[readers.Cached], [[5]] * 60, 40)
    for new, text, stopped in zip(
        written.token_ids.to_list(), written.text.numpy(), written.stopped.numpy(), strict=True
    ):
        assert stopped == (tokens.SEP_ID in new)
        assert tokens.SEP_ID not in new[:-1]
        assert len(text) == len(new) - stopped
    assert 0 < written.stopped.numpy().sum() < 60


def test_a_stop_ends_a_text_before_it(writers):
    free = _write(writers[readers.Cached], [[5]] * 40, 30).text.numpy().tolist()
    stops = [[text[3:5], b"zz"] for text in free]
    written = _write(writers[readers.Cached], [[5]] * 40, 30, stops=stops)
    for text, stop, whole, stopped in zip(
        written.text.numpy(), stops, free, written.stopped.numpy(), strict=True
    ):
        if len(whole) >= 5:
            assert text == whole[: whole.index(stop[0])]
            assert stopped


def test_a_stop_that_begins_in_the_prompt_is_none(writers):
    prompts = [[token] for token in range(5, _SIZE)]
    free = _write(writers[readers.Cached], prompts, 10)
    texts = free.text.numpy()
    stops = [[_TEXTS[prompt[0]] + text[:1]] for prompt, text in zip(prompts, texts, strict=True)]
    written = _write(writers[readers.Cached], prompts, 10, stops=stops)
    checked = 0
    for [stop], text, found in zip(stops, texts, written.text.numpy(), strict=True):
        if len(text) == 10 and stop not in text:
            assert found == text
            checked += 1
    assert checked > 2


def test_no_rows_get_no_texts(writers):
    written = _write(writers[readers.Cached], [], 5)
    assert written.text.shape == (0,)


class _Counting(readers.Uncached):
    """Tells how many tokens it was given to read, each time."""

    def __init__(self, model):
        super().__init__(model)
        self.counts = []

    def read(self, token_ids, state, position):
        self.counts.append(int(tf.shape(token_ids)[1]))
        return super().read(token_ids, state, position)


def test_no_token_is_read_again_where_the_loop_is_left_and_gone_on_with():
    reader = _Counting(_model("plain"))
    writing = loop.Loop(reader, _LENGTH, _TEXTS)
    wishes = sampling.Wishes(
        *(tf.constant([x], t) for x, t in zip([1, 0, 1, 1, 9], _TYPES, strict=True))
    )
    task = loop.Task(
        tf.RaggedTensor.from_row_lengths(tf.constant([7, 5, 8]), [3]),
        tf.constant([12]),
        wishes,
        tf.constant([[""]]),
    )
    at_once = writing.write(task).token_ids.to_list()
    counts, reader.counts = reader.counts, []
    turn = writing.begin(task)
    ids = []
    for turns in (1, 0, 4, 2, 30):
        after = writing.go_on(turn, tf.constant(turns))
        ids += writing.written(after, since=turn.counts).token_ids.to_list()[0]
        turn = after
    assert [ids] == at_once
    assert reader.counts == counts
