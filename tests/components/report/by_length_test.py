"""Perplexity by length."""

import dataclasses

import numpy as np

from components.report import by_length


def _found(tried, nats, tokens):
    rows = np.stack([np.array(nats, float), np.array(tokens, float), *np.zeros((2, len(nats)))], 1)
    answers = dataclasses.replace(tried.answers, given={"linear": rows})
    return dataclasses.replace(tried, answers=answers)


def test_tokens_of_texts_of_like_length_are_taken_together(tried):
    # Of ten tokens a text ln 2 nats each, of a hundred ln 4.
    nats = [10 * np.log(2)] * 20 + [100 * np.log(4)] * 20
    plot = by_length.build(_found(tried, nats, [10] * 20 + [100] * 20))
    assert "2.00 at 10, 4.00 at 100" in plot.drawing


def test_texts_of_one_length_have_no_plot(tried):
    assert by_length.build(_found(tried, [1.0, 2.0], [10, 10])) is None
