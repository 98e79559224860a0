"""Questions and contexts as windows: sequences of bounded length that cover the whole context."""

from typing import NamedTuple

import tensorflow as tf

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
        first = _count(self.contexts.ends <= starts[:, None])  # tokens that end before it
        last = _count(self.contexts.starts < ends[:, None]) - 1
        first, last = (tf.gather(of_rows, self.rows) for of_rows in (first, last))
        in_context = self.segment_ids != question_answering.QUESTION
        held = _count(in_context) - 1  # [SEP] is none of the context's tokens
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
    rows, numbers = numbers.value_rowids(), numbers.flat_values
    firsts = numbers * tf.gather(step, rows)
    limits = tf.minimum(firsts + tf.gather(room, rows), tf.gather(lengths, rows))
    base = tf.gather(contexts.ids.row_starts(), rows)
    places = tf.ragged.range(base + firsts, base + limits)  # (windows, None)

    def part(values: tf.RaggedTensor) -> tf.RaggedTensor:
        return places.with_flat_values(tf.gather(values.flat_values, places.flat_values))

    asked = tf.gather(questions, rows)
    one = tf.ones_like(rows)[:, None]
    opening, end = one * vocabulary.CLS_ID, one * vocabulary.SEP_ID
    before = tf.concat([opening, asked, end], axis=1) * 0
    segments = contexts.ids.with_flat_values(_segments(questions, contexts.ids))
    return Windows(
        rows=rows,
        numbers=numbers,
        token_ids=tf.concat([opening, asked, end, part(contexts.ids), end], axis=1),
        segment_ids=tf.concat([before, part(segments), one * question_answering.CONTEXT], axis=1),
        starts=tf.concat([before, part(contexts.starts), one * 0], axis=1),
        ends=tf.concat([before, part(contexts.ends), one * 0], axis=1),
        contexts=contexts,
        firsts=firsts,
        places=asked.row_lengths() + 2,
    )


def _segments(questions: tf.RaggedTensor, contexts: tf.RaggedTensor) -> tf.Tensor:
    """Tells of each token of the contexts whether its question has it, int64 `(tokens,)`."""
    # One number a row and token. One that no token has makes sure that there is one to look at.
    base = tf.constant(1 << 32, tf.int64)
    asked = tf.sort(tf.concat([questions.value_rowids() * base + questions.flat_values, [-1]], 0))
    told = contexts.value_rowids() * base + contexts.flat_values
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
    return tf.reduce_sum(tf.cast(holds, tf.int64), axis=1)
