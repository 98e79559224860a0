"""Smoothed n-grams against their definition, worked out with dictionaries in float64."""

import collections
import math

import numpy as np
import pytest

from schemas import tokens
from trainer import kneser_ney

_SIZE = 10
_SEP = tokens.SEP_ID


def _text(seed=0, length=900):
    """Some documents in which a token depends on those before it."""
    rng = np.random.default_rng(seed)
    text, last = [], 5
    for _ in range(length):
        last = int(
            rng.choice([_SEP, 5, 6, 7, 8, (last + 1) % 4 + 5], p=[0.1, 0.2, 0.1, 0.1, 0.1, 0.4])
        )
        text.append(last)
    return np.array([*text, _SEP])


def _documents(text):
    documents, current = [], [_SEP]
    for token in text:
        current.append(int(token))
        if token == _SEP:
            documents.append(current)
            current = [_SEP]
    return documents


class _Definition:
    """Chen and Goodman's equations, n-gram by n-gram."""

    def __init__(self, text, order):
        self.order = order
        raw = collections.Counter()
        for document in _documents(text):
            for end in range(1, len(document)):
                for n in range(1, min(order, end + 1) + 1):
                    raw[tuple(document[end - n + 1 : end + 1])] += 1
        self.counts = {}
        for gram, count in raw.items():
            begins = len(gram) > 1 and gram[0] == _SEP
            if len(gram) < order and not begins:
                before = {g[0] for g in raw if len(g) == len(gram) + 1 and g[1:] == gram}
                count = len(before)
            self.counts[gram] = count
        self.lost = {n: self._lost(n) for n in range(1, order + 1)}

    def _lost(self, n):
        of = collections.Counter(c for gram, c in self.counts.items() if len(gram) == n)
        if not all(of[i] for i in range(1, 5)):
            return [0, 0.5, 1.0, 1.5]
        y = of[1] / (of[1] + 2 * of[2])
        lost = [0.0, *(i - (i + 1) * y * of[i + 1] / of[i] for i in range(1, 4))]
        return lost if all(0 <= d <= i for i, d in enumerate(lost)) else [0, 0.5, 1.0, 1.5]

    def probability(self, context, token):
        """Of a token after a context of `order` - 1 tokens at most."""
        followers = {
            g[-1]: c for g, c in self.counts.items() if g[:-1] == context and len(g) > len(context)
        }
        shorter = self.probability(context[1:], token) if context else 1 / _SIZE
        if not followers:
            return shorter
        lost = self.lost[len(context) + 1]
        total = sum(followers.values())
        left = sum(lost[min(c, 3)] for c in followers.values()) / total
        count = followers.get(token, 0)
        return (count - lost[min(count, 3)]) / total + left * shorter


def _probabilities(table, contexts, context):
    """Reads a table as its docstring says."""
    probabilities = table.unigrams.copy()
    for length in range(1, len(context) + 1):
        number = 0
        for token in context[-length:]:
            number = number * contexts.vocabulary_size + token
        at = np.searchsorted(table.keys, number * contexts.order + length)
        if at < len(table.keys) and table.keys[at] == number * contexts.order + length:
            entries = slice(table.starts[at], table.starts[at + 1])
            probabilities *= table.left[at]
            probabilities[table.tokens[entries]] += table.added[entries]
    return probabilities


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("length", [900, 12], ids=["estimated", "fallback"])
def test_probabilities_are_those_of_the_definition_and_sum_to_1(order, length):
    text = _text(length=length)
    contexts = kneser_ney.Contexts(_SIZE, order)
    table = kneser_ney.learn(text, contexts)
    defined = _Definition(text, order)
    asked = [(), (5,), (_SEP,), (_SEP, 6), (5, 6), (9, 5), (5, 6, 7), (_SEP, 5, 6)]
    for context in (context for context in asked if len(context) < order):
        told = _probabilities(table, contexts, context)
        expected = [defined.probability(context, token) for token in range(_SIZE)]
        np.testing.assert_allclose(told, expected, rtol=1e-10)
        assert math.isclose(told.sum(), 1.0, rel_tol=1e-10)
        assert (told > 0).all()


def test_no_context_reaches_over_the_end_of_a_document():
    contexts = kneser_ney.Contexts(_SIZE, 3)
    table = kneser_ney.learn(np.array([5, 6, _SEP, 7, 8, _SEP]), contexts)
    number, length = np.divmod(table.keys, contexts.order)
    found = {(int(n) // _SIZE, int(n) % _SIZE) for n in number[length == 2]}
    assert found == {(_SEP, 5), (5, 6), (_SEP, 7), (7, 8)}


@pytest.mark.parametrize(("size", "order"), [(100, 10), (8000, 5), (2, 58)])
def test_contexts_that_64_bits_cannot_tell_are_refused(size, order):
    kneser_ney.Contexts(size, order - 1)
    with pytest.raises(ValueError, match=rf"`order` must be lower .* order={order}, voc.*={size}"):
        kneser_ney.Contexts(size, order)


def test_single_tokens_are_no_contexts():
    with pytest.raises(ValueError, match=r"`order` must be at least 2\. Received: order=1"):
        kneser_ney.Contexts(10, 1)
