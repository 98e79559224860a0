"""Questions and contexts as windows: sequences of bounded length that cover the whole context."""

from typing import NamedTuple

import tensorflow as tf

from components.transform import rows as rows_lib
from components.transform import spans, vocabulary
from schemas import question_answering


class Windows(NamedTuple):
    """All windows of all rows, one after the other.

    Attributes:
        rows: The row that each is of, int64 `(windows,)`.
        numbers: Its number among that row's windows, from 0, int64 `(windows,)`.
        token_ids: `[CLS] question [SEP] context [SEP]`, int64 `(windows, None)`.
        segment_ids: 0 up to the first `[SEP]`, then 1; 2 for tokens of the context that stand in
            the question, too. Of the same shape.
        starts: Where each token of the context begins in it, in code points; 0 for other tokens.
        ends: Where each ends, exclusive.
        contexts: The whole contexts' tokens, `(batch, None)`.
        firsts: The context's token that each window begins with, int64 `(windows,)`.
        places: Where that token stands in the window, int64 `(windows,)`.
    """

    rows: tf.Tensor
    numbers: tf.Tensor
    token_ids: tf.RaggedTensor
    segment_ids: tf.RaggedTensor
    starts: tf.RaggedTensor
    ends: tf.RaggedTensor
    contexts: spans.Pieces
    firsts: tf.Tensor
    places: tf.Tensor

    def locate(self, starts: tf.Tensor, ends: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Finds the answers' first and last tokens in each window.

        Args:
            starts: Where the row's answer begins in its context, in code points, int64 `(batch,)`.
            ends: Where it ends, exclusive.

        Returns:
            Places in the window, int64 `(windows,)` each: 0, that of `[CLS]`, for both where the
            window does not hold the whole answer.
        """
        tokens = self.contexts
        rows = rows_lib.of_values(tokens.ids)
        is_before = tokens.ends.flat_values <= tf.gather(starts, rows)
        is_begun = tokens.starts.flat_values < tf.gather(ends, rows)
        first, last = (_count(tokens.ids.with_flat_values(each)) for each in (is_before, is_begun))
        first, last = (tf.gather(of_rows, self.rows) for of_rows in (first, last - 1))
        in_context = self.segment_ids.flat_values != question_answering.QUESTION
        held = _count(self.segment_ids.with_flat_values(in_context)) - 1  # [SEP] is none of them
        is_held = (self.firsts <= first) & (first <= last) & (last < self.firsts + held)
        moved = self.places - self.firsts
        return tf.where(is_held, first + moved, 0), tf.where(is_held, last + moved, 0)


def cut(
    questions: tf.RaggedTensor, contexts: spans.Pieces, max_length: int, stride: int | None
) -> Windows:
    """Lays questions and parts of their contexts out as windows.

    A question keeps as many tokens as half of a window has room for at most. The first window
    begins with the context; each next one `stride` tokens, or as many as a window has room for,
    further on, until the last token is in.

    Args:
        questions: Int64 ids `(batch, None)`.
        contexts: Tokens `(batch, None)`.
        max_length: Tokens of a window at most, three marks included.
        stride: Tokens of the context by which a window moves on; None: half of those it holds.

    References:
        Devlin et al. 2019, sec. 4.2, arXiv:1810.04805, and its `run_squad.py` (`doc_stride`);
        Chen et al. 2017, sec. 3.2, arXiv:1704.00051 (words of the question marked in the context)
    """
    questions = questions[:, : (max_length - 3) // 2]
    lengths = contexts.ids.row_lengths()
    room = max_length - 3 - questions.row_lengths()  # (batch,)
    step = tf.maximum(room // 2, 1) if stride is None else tf.minimum(room, stride)
    counts = 1 + (tf.maximum(lengths - room, 0) + step - 1) // step
    numbers = tf.ragged.range(counts)
    rows, numbers = rows_lib.of_values(numbers), numbers.flat_values
    firsts = numbers * tf.gather(step, rows)
    limits = tf.minimum(firsts + tf.gather(room, rows), tf.gather(lengths, rows))
    base = tf.gather(contexts.ids.row_starts(), rows)
    places = tf.ragged.range(base + firsts, base + limits)  # (windows, None)

    segments = _segments(questions, contexts.ids)
    of_contexts = [
        contexts.ids.flat_values,
        segments,
        contexts.starts.flat_values,
        contexts.ends.flat_values,
    ]
    part = tf.gather(tf.stack(of_contexts, axis=1), places.flat_values)
    asked = tf.gather(questions, rows)
    # All four of each token side by side, so that they are put together once.
    whole = tf.concat(
        [
            _mark(rows, vocabulary.CLS_ID, question_answering.QUESTION),
            asked.with_flat_values(tf.pad(asked.flat_values[:, None], [[0, 0], [0, 3]])),
            _mark(rows, vocabulary.SEP_ID, question_answering.QUESTION),
            places.with_flat_values(part),
            _mark(rows, vocabulary.SEP_ID, question_answering.CONTEXT),
        ],
        axis=1,
    )
    token_ids, segment_ids, starts, ends = (
        whole.with_flat_values(each) for each in tf.unstack(whole.flat_values, axis=1)
    )
    return Windows(
        rows=rows,
        numbers=numbers,
        token_ids=token_ids,
        segment_ids=segment_ids,
        starts=starts,
        ends=ends,
        contexts=contexts,
        firsts=firsts,
        places=asked.row_lengths() + 2,
    )


def _mark(rows: tf.Tensor, token_id: int, segment: int) -> tf.Tensor:
    """Makes a mark of each window, `(windows, 1, 4)`: id, segment id, and no place."""
    mark = tf.constant([[[token_id, segment, 0, 0]]], tf.int64)
    return tf.tile(mark, [tf.size(rows), 1, 1])


def _segments(questions: tf.RaggedTensor, contexts: tf.RaggedTensor) -> tf.Tensor:
    """Tells of each token of the contexts whether its question has it, int64 `(tokens,)`."""
    # One number a row and token. One that no token has makes sure that there is one to look at.
    base = tf.constant(1 << 32, tf.int64)
    asked = rows_lib.of_values(questions) * base + questions.flat_values
    asked = tf.sort(tf.concat([asked, [-1]], 0))
    told = rows_lib.of_values(contexts) * base + contexts.flat_values
    nearest = tf.minimum(
        tf.searchsorted(asked, told, out_type=tf.int64), tf.size(asked, tf.int64) - 1
    )
    is_shared = (tf.gather(asked, nearest) == told) & (
        contexts.flat_values != vocabulary.UNK_ID  # two unknown words need not be the same
    )
    return tf.cast(
        tf.where(is_shared, question_answering.SHARED, question_answering.CONTEXT), tf.int64
    )


def _count(holds: tf.RaggedTensor) -> tf.Tensor:
    """Counts what holds in each row, int64 `(batch,)`."""
    numbers = tf.cast(holds.flat_values, tf.int64)
    return rows_lib.sums(holds.with_flat_values(numbers))
