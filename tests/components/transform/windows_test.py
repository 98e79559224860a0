import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from components.transform import config, spans, tokenizer, windows

_CLS, _SEP, _UNK = 2, 3, 1


def _context(*rows):
    """Contexts of these ids, each token two code points and a space after it."""
    ids = tf.ragged.constant(rows, tf.int64, ragged_rank=1)
    starts = tf.ragged.range(ids.row_lengths()) * 3
    return spans.Pieces(ids, starts, starts + 2)


def _cut(questions, contexts, max_length, stride):
    questions = tf.ragged.constant(questions, tf.int64, ragged_rank=1)
    return windows.cut(questions, _context(*contexts), max_length, stride)


def test_a_context_that_fits_is_one_window():
    made = _cut([[10, 11]], [[20, 11, 22]], 8, None)
    assert made.token_ids.to_list() == [[_CLS, 10, 11, _SEP, 20, 11, 22, _SEP]]
    assert made.segment_ids.to_list() == [[0, 0, 0, 0, 1, 2, 1, 1]]
    assert made.starts.to_list() == [[0, 0, 0, 0, 0, 3, 6, 0]]
    assert made.ends.to_list() == [[0, 0, 0, 0, 2, 5, 8, 0]]


def test_windows_move_on_by_the_stride_until_the_last_token_is_in():
    made = _cut([[10], [10, 11]], [[20, 21, 22, 23, 24, 25], [30]], 8, 2)
    assert made.rows.numpy().tolist() == [0, 0, 1]
    assert made.numbers.numpy().tolist() == [0, 1, 0]
    assert made.token_ids.to_list() == [
        [_CLS, 10, _SEP, 20, 21, 22, 23, _SEP],
        [_CLS, 10, _SEP, 22, 23, 24, 25, _SEP],
        [_CLS, 10, 11, _SEP, 30, _SEP],
    ]
    assert made.starts.to_list()[1] == [0, 0, 0, 6, 9, 12, 15, 0]


def test_a_question_leaves_half_of_the_room_to_its_context():
    made = _cut([[10, 11, 12, 13, 14]], [[20, 21, 22]], 8, None)
    assert made.token_ids.to_list() == [
        [_CLS, 10, 11, _SEP, 20, 21, 22, _SEP],
    ]


def test_a_context_without_tokens_is_a_window_nevertheless():
    made = _cut([[10], []], [[], [20]], 8, 2)
    assert made.token_ids.to_list() == [[_CLS, 10, _SEP, _SEP], [_CLS, _SEP, 20, _SEP]]


def test_tokens_are_shared_within_a_row_alone_and_unknown_ones_never():
    made = _cut([[10, _UNK], [20]], [[20, 10, _UNK], [10, 20, _UNK]], 9, None)
    assert made.segment_ids.to_list() == [[0, 0, 0, 0, 1, 2, 1, 1], [0, 0, 0, 1, 2, 1, 1]]


def _locate(made, *answers):
    starts, ends = (tf.constant(values, tf.int64) for values in zip(*answers, strict=True))
    first, last = made.locate(starts, ends)
    return list(zip(first.numpy().tolist(), last.numpy().tolist(), strict=True))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((3, 5), [(4, 4), (0, 0)]),  # token 1, in the first window alone
        ((6, 11), [(5, 6), (3, 4)]),  # tokens 2 and 3, in both
        ((9, 14), [(0, 0), (4, 5)]),  # tokens 3 and 4: the first window cuts them
        ((15, 17), [(0, 0), (6, 6)]),
        ((4, 7), [(4, 5), (0, 0)]),  # in the midst of tokens: all that it touches
        ((2, 3), [(0, 0), (0, 0)]),  # the space between two
        ((0, 17), [(0, 0), (0, 0)]),  # longer than a window
    ],
)
def test_an_answer_is_found_in_the_windows_that_hold_all_of_it(answer, expected):
    made = _cut([[10]], [[20, 21, 22, 23, 24, 25]], 8, 2)
    assert _locate(made, answer) == expected


@hypothesis.settings(deadline=None, max_examples=60)
@hypothesis.given(st.data(), st.integers(4, 20), st.none() | st.integers(1, 30))
def test_windows_cover_the_context_in_order_and_within_the_length(data, max_length, stride):
    sizes = data.draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), min_size=1))
    made = _cut(
        [[7] * question for question, _ in sizes],
        [list(range(100, 100 + context)) for _, context in sizes],
        max_length,
        stride,
    )
    rows = made.rows.numpy()
    covered = [set() for _ in sizes]
    for i, (ids, starts) in enumerate(
        zip(made.token_ids.to_list(), made.starts.to_list(), strict=True)
    ):
        assert len(ids) <= max_length
        assert ids[0] == _CLS and ids[-1] == _SEP and ids.count(_SEP) == 2
        covered[rows[i]].update(ids[ids.index(_SEP) + 1 : -1])
        held = [k for k, token in enumerate(ids) if token >= 100]
        assert [starts[k] for k in held] == [3 * (ids[k] - 100) for k in held]
    assert covered == [set(range(100, 100 + context)) for _, context in sizes]
    assert np.all(np.diff(rows) >= 0)
    # Every token is found in some window that has it.
    if any(context for _, context in sizes):
        last = [max(context - 1, 0) for _, context in sizes]
        found = _locate(made, *((3 * token, 3 * token + 2) for token in last))
        for row, (_, context) in enumerate(sizes):
            places = [place for i, place in enumerate(found) if rows[i] == row and place != (0, 0)]
            assert bool(places) == bool(context)


@pytest.mark.parametrize("kind", ["wordpiece", "characters"])
def test_windows_are_made_of_words_that_were_learned(kind):
    made = tokenizer.Tokenizer(config.TokenizerConfig(kind=kind))
    with pytest.raises(ValueError, match="must have learned, and from words"):
        made.windows(tf.constant(["a"]), tf.constant(["b"]))
