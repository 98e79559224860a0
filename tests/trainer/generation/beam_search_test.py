"""Beam search against tables small enough to know the best text of, and against all texts."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from schemas import tokens
from trainer.generation import beam_search

_END, _A, _B, _C = tokens.SEP_ID, 5, 6, 7
_SIZE = 8


class _Table:
    """Tells what comes next from the last token alone; counts how often it is asked."""

    def __init__(self, after: dict[int, dict[int, float]]) -> None:
        self._table = np.full([_SIZE, _SIZE], -np.inf, "float32")
        self._table[:, tokens.UNK_ID] = 0.0  # after tokens that nothing is told of
        for token, told in after.items():
            self._table[token] = -np.inf
            for following, probability in told.items():
                self._table[token, following] = np.log(probability)
        self.reads = tf.Variable(0)

    def empty(self, batch, length):
        return tf.zeros([batch, 1])

    def read(self, token_ids, state, position):
        self.reads.assign_add(1)
        return tf.gather(tf.constant(self._table), token_ids[:, -1]), state


class _Recurrent:
    """Tells what comes next from all tokens before it, which are in its state."""

    def __init__(self, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self._in, self._within, self._out = (
            rng.normal(size=shape).astype("float32") for shape in ((_SIZE, 6), (6, 6), (6, _SIZE))
        )

    def empty(self, batch, length):
        return (tf.zeros([batch, 6]),)

    def read(self, token_ids, state, position):
        hidden = tf.tanh(state[0] @ self._within + tf.gather(self._in, token_ids[:, 0]))
        return 2.0 * hidden @ self._out, (hidden,)

    def log_probability(self, text: tuple[int, ...]) -> float:
        """Computes in NumPy how likely a text is."""
        hidden, total = np.zeros(6), 0.0
        for last, token in itertools.pairwise((tokens.CLS_ID, *text)):
            hidden = np.tanh(hidden @ self._within.astype("float64") + self._in[last])
            logits = 2.0 * hidden @ self._out.astype("float64")
            total += logits[token] - np.log(np.exp(logits).sum())
        return total


def _search(reader, beam_size, length_penalty=0.0, limits=4):
    """Searches one row, or several where lists are given."""
    asked = (np.atleast_1d(x) for x in (beam_size, length_penalty, limits))
    beam_size, length_penalty, limits = np.broadcast_arrays(*asked)
    wishes = beam_search.Wishes(
        tf.constant(beam_size, tf.int32),
        tf.constant(length_penalty, tf.float32),
        tf.constant(limits, tf.int32),
    )
    return tf.function(lambda: beam_search.search(reader, wishes))()


def _texts(found) -> list[list[int]]:
    counts = zip(found.token_ids.numpy().tolist(), found.tokens.numpy(), strict=True)
    return [ids[:count] for ids, count in counts]


# The likeliest first token leads to .55 * .4 = .22, the other one to .45 * .9 = .405.
_MISLEADING = {
    tokens.CLS_ID: {_A: 0.55, _B: 0.45},
    _A: {_END: 0.4, _A: 0.3, _B: 0.3},
    _B: {_END: 0.9, _A: 0.05, _B: 0.05},
}


def test_greedy_takes_the_likeliest_token_each_time():
    found = _search(_Table(_MISLEADING), beam_size=1)
    assert _texts(found) == [[_A, _END]]
    np.testing.assert_allclose(found.log_probability, [np.log(0.22)], rtol=1e-5)


def test_a_beam_finds_what_greedy_misses():
    found = _search(_Table(_MISLEADING), beam_size=2)
    assert _texts(found) == [[_B, _END]]
    np.testing.assert_allclose(found.log_probability, [np.log(0.405)], rtol=1e-5)
    np.testing.assert_allclose(found.score, [np.log(0.405)], rtol=1e-5)


def test_a_beam_of_one_goes_on_past_an_end_that_is_not_the_likeliest():
    after = {tokens.CLS_ID: {_A: 0.6, _END: 0.4}, _A: {_B: 0.6, _END: 0.4}, _B: {_END: 1.0}}
    assert _texts(_search(_Table(after), beam_size=1)) == [[_A, _B, _END]]
    assert _texts(_search(_Table(after), beam_size=2)) == [[_END]]  # .4 against .36


# Of 2 tokens .5 * .5 = .25, of 3 tokens .5 * .4 * 1 = .2.
_SHORT_OR_LONG = {
    tokens.CLS_ID: {_A: 0.5, _B: 0.5},
    _A: {_END: 0.5, _A: 0.5},
    _B: {_C: 0.4, _B: 0.6},
    _C: {_END: 1.0},
}


@pytest.mark.parametrize(
    ("length_penalty", "text", "score"),
    [
        (0.0, [_A, _END], np.log(0.25)),
        (1.0, [_A, _END], np.log(0.25) / (7 / 6)),  # -1.188 against -1.609 / (8 / 6) = -1.207
        (2.0, [_B, _C, _END], np.log(0.2) / (8 / 6) ** 2),  # -0.905 against -1.018
    ],
)
def test_the_length_penalty_by_hand(length_penalty, text, score):
    found = _search(_Table(_SHORT_OR_LONG), 4, length_penalty, limits=3)
    assert _texts(found) == [text]
    np.testing.assert_allclose(found.score, [score], rtol=1e-5)


def test_the_penalty_is_that_of_the_paper():
    np.testing.assert_allclose(
        beam_search.penalty(tf.constant([1, 7, 19]), tf.constant([0.6, 0.6, 1.0])),
        [1.0, 2.0**0.6, 4.0],
        rtol=1e-6,
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.5])
def test_a_wide_beam_finds_the_best_of_all_texts(seed, length_penalty):
    reader, limit = _Recurrent(seed), 4
    scores = {
        (*words, _END): reader.log_probability((*words, _END))
        / ((5 + len(words) + 1) / 6) ** length_penalty
        for count in range(limit)
        for words in itertools.product((_A, _B, _C), repeat=count)
    }
    best = max(scores, key=scores.__getitem__)
    found = _search(reader, 64, length_penalty, limit)
    assert _texts(found) == [list(best)]
    np.testing.assert_allclose(found.score, [scores[best]], rtol=1e-4)


def test_a_beam_of_one_is_greedy():
    reader = _Recurrent(5)
    told = []
    while len(told) < 6 and _END not in told:
        going_on = {t: reader.log_probability((*told, t)) for t in (_END, _A, _B, _C)}
        told.append(max(going_on, key=going_on.__getitem__))
    assert _texts(_search(reader, 1, 1.0, limits=6)) == [told]


def test_a_text_is_cut_at_its_limit():
    found = _search(_Table({tokens.CLS_ID: {_A: 1.0}, _A: {_A: 0.7, _B: 0.3}}), 2, 1.0, limits=3)
    assert _texts(found) == [[_A, _A, _A]]
    np.testing.assert_allclose(found.log_probability, [np.log(0.49)], rtol=1e-5)
    np.testing.assert_allclose(found.score, [np.log(0.49) / (8 / 6)], rtol=1e-5)


def test_what_ended_is_taken_before_what_was_cut():
    after = {tokens.CLS_ID: {_END: 0.1, _A: 0.9}, _A: {_A: 1.0}}
    assert _texts(_search(_Table(after), 2, limits=3)) == [[_END]]


def test_the_search_ends_when_nothing_alive_can_win():
    reader = _Table({tokens.CLS_ID: {_END: 0.9, _A: 0.1}, _A: {_A: 1.0}})
    found = _search(reader, 4, limits=50)
    assert _texts(found) == [[_END]]
    assert reader.reads.numpy() == 1


def test_the_search_goes_on_while_a_longer_text_can_win():
    # .55 of 1 token against .45 of 3: at a penalty of 2, -0.598 against -0.449.
    after = {tokens.CLS_ID: {_END: 0.55, _A: 0.45}, _A: {_B: 1.0}, _B: {_END: 1.0}}
    assert _texts(_search(_Table(after), 2, 0.0, limits=5)) == [[_END]]
    assert _texts(_search(_Table(after), 2, 2.0, limits=5)) == [[_A, _B, _END]]


def test_the_search_ends_when_as_many_have_ended_as_the_beam_is_wide():
    after = {tokens.CLS_ID: {_END: 0.5, _A: 0.5}, _A: {_END: 0.5, _A: 0.5}}
    reader = _Table(after)
    _search(reader, 2, 10.0, limits=40)  # at such a penalty something longer may always win
    assert reader.reads.numpy() == 2


def test_what_no_model_may_write_is_not_written():
    after = {tokens.CLS_ID: {tokens.UNK_ID: 0.5, tokens.PAD_ID: 0.3, _B: 0.2}, _B: {_END: 1.0}}
    found = _search(_Table(after), 3)
    assert _texts(found) == [[_B, _END]]
    np.testing.assert_allclose(found.log_probability, [np.log(0.2)], rtol=1e-5)


def test_rows_of_other_wishes_change_nothing():
    beams, penalties, limits = [1, 5, 3, 2], [0.0, 1.0, 2.0, 0.6], [4, 7, 1, 5]
    together = _search(_Recurrent(1), beams, penalties, limits)
    for row, wishes in enumerate(zip(beams, penalties, limits, strict=True)):
        alone = _search(_Recurrent(1), *wishes)
        assert _texts(together)[row] == _texts(alone)[0]
        np.testing.assert_allclose(together.score[row], alone.score[0], rtol=1e-5)


def test_places_after_a_text_hold_zeros():
    found = _search(_Recurrent(1), [1, 4], 0.0, [2, 7])
    for ids, count in zip(found.token_ids.numpy(), found.tokens.numpy(), strict=True):
        assert (ids[:count] > 0).all()
        assert (ids[count:] == 0).all()


def test_no_rows_give_no_texts():
    wishes = beam_search.Wishes(tf.zeros([0], tf.int32), tf.zeros([0]), tf.zeros([0], tf.int32))
    found = tf.function(lambda: beam_search.search(_Recurrent(), wishes))()
    assert found.tokens.shape == (0,)
