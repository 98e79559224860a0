"""The likeliest text that a reader tells of, looked for by beam search: a loop in the graph.

Each row keeps its few likeliest beginnings alive and lets each go on by every token. What comes to
its end is put apart; the best of that is the row's text. A row's text depends on no other row.
"""

from typing import Any, NamedTuple

import tensorflow as tf

from schemas import tokens as tokens_lib
from trainer.generation import readers, sampling

_NONE = -float("inf")  # the log-probability of what is no beginning


class Wishes(NamedTuple):
    """How each row is searched, all `(batch,)`.

    Attributes:
        beam_size: Int32, beginnings kept alive, 1 or more; 1 takes the likeliest token each time.
        length_penalty: Float32, 0 or more: how much longer texts are favoured; 0 compares
            log-probabilities as they are, which favours short ones.
        limits: Int32, tokens of a text at most, its end included, 1 or more.
    """

    beam_size: tf.Tensor
    length_penalty: tf.Tensor
    limits: tf.Tensor


class Found(NamedTuple):
    """The best text of each row.

    Attributes:
        token_ids: Int32 `(batch, any)`, 0 after the last, which is `[SEP]` unless the text was cut
            at its limit.
        tokens: Int32 `(batch,)`, how many there are.
        log_probability: Float32 `(batch,)`, in nats.
        score: Float32 `(batch,)`, the log-probability divided by `penalty`; what was best in it.
    """

    token_ids: tf.Tensor
    tokens: tf.Tensor
    log_probability: tf.Tensor
    score: tf.Tensor


class _Turn(NamedTuple):
    """Where the loop stands: beginnings have `position` tokens, and what stands before them."""

    position: tf.Tensor
    last: tf.Tensor  # (batch * width,), tokens that are not read yet
    live_ids: tf.Tensor  # (batch, width, all there will be)
    live: tf.Tensor  # (batch, width), log-probabilities, falling
    ended: tf.Tensor  # (batch,), how many have come to their end
    done: tf.Tensor  # (batch,)
    best: Found
    state: Any


def penalty(tokens: tf.Tensor, alpha: tf.Tensor) -> tf.Tensor:
    """Computes what a text's log-probability is divided by.

    Args:
        tokens: Tokens of the text, its end included; integers of any shape.
        alpha: `Wishes.length_penalty`, of the same shape.

    References:
        Wu et al. 2016, eq. 14, arXiv:1609.08144
    """
    return ((5.0 + tf.cast(tokens, tf.float32)) / 6.0) ** alpha


def width(wishes: Wishes) -> tf.Tensor:
    """Returns the rows that the reader gets for each row, int32 `()`: those of the widest beam."""
    return tf.reduce_max(tf.concat([wishes.beam_size, [1]], axis=0))


def search(reader: readers.Reader, wishes: Wishes, begin: int = tokens_lib.CLS_ID) -> Found:
    """Searches until every row is done.

    A row is done when as many texts have ended as its beam is wide, when the best of them can not
    be reached any more by what is alive, or at its limit. Where none has ended there, the
    likeliest beginning is taken as it is.

    Args:
        reader: Reads `width(wishes)` rows for each row, which follow one another.
        wishes: Those of each row.
        begin: The token that stands before every text.
    """
    first = _begin(reader, wishes, begin)
    last: _Turn = tf.nest.pack_sequence_as(
        first,
        tf.while_loop(
            lambda *turn: ~tf.reduce_all(tf.nest.pack_sequence_as(first, turn).done),
            lambda *turn: tf.nest.flatten(
                _turn(tf.nest.pack_sequence_as(first, turn), reader, wishes)
            ),
            tf.nest.flatten(first),
            shape_invariants=tf.nest.flatten(_shapes(first)),
        ),
    )
    return last.best


def _begin(reader: readers.Reader, wishes: Wishes, begin: int) -> _Turn:
    batch, beams = tf.shape(wishes.limits)[0], width(wishes)
    longest = tf.reduce_max(tf.concat([wishes.limits, [1]], axis=0))
    nothing = tf.zeros([batch], tf.int32)
    # All beams of a row begin alike, so only the first may go on.
    live = tf.where(tf.range(beams) > 0, _NONE, tf.zeros([batch, beams]))
    return _Turn(
        position=tf.constant(0),
        last=tf.fill([batch * beams], begin),
        live_ids=tf.fill([batch, beams, longest], tokens_lib.PAD_ID),
        live=live,
        ended=nothing,
        done=tf.zeros([batch], tf.bool),
        best=Found(
            token_ids=tf.fill([batch, longest], tokens_lib.PAD_ID),
            tokens=nothing,
            log_probability=tf.fill([batch], _NONE),
            score=tf.fill([batch], _NONE),
        ),
        state=reader.empty(batch * beams, longest),
    )


def _turn(turn: _Turn, reader: readers.Reader, wishes: Wishes) -> _Turn:
    """Lets what is alive go on by a token."""
    batch, beams = tf.shape(turn.live)[0], tf.shape(turn.live)[1]
    logits, state = reader.read(turn.last[:, None], turn.state, turn.position)
    size = logits.shape[-1]
    told = tf.nn.log_softmax(logits) + sampling.barred(size)
    reached = turn.live[:, :, None] + tf.reshape(told, [batch, beams, size])
    # Half of twice as many go on at least, since each beginning has one end.
    totals, places = tf.math.top_k(tf.reshape(reached, [batch, beams * size]), 2 * beams)
    parents, tokens = places // size, places % size
    is_end = tokens == tokens_lib.SEP_ID
    # An end that a beam of this row's width would not have kept is none.
    counts = is_end & (tf.range(2 * beams) < wishes.beam_size[:, None]) & (totals > _NONE)
    best, ended = _put_apart(turn, wishes, parents, tf.where(counts, totals, _NONE))
    live, kept = tf.math.top_k(tf.where(is_end, _NONE, totals), beams)
    live = tf.where(tf.range(beams) < wishes.beam_size[:, None], live, _NONE)
    parents, tokens = (tf.gather(x, kept, batch_dims=1) for x in (parents, tokens))
    live_ids = _append(tf.gather(turn.live_ids, parents, batch_dims=1), turn.position, tokens)
    position = turn.position + 1
    # No text gets likelier as it goes on, and none is divided by more than at the limit.
    reachable = live[:, 0] / penalty(wishes.limits, wishes.length_penalty)
    done = turn.done | (ended >= wishes.beam_size) | (best.score >= reachable)
    done |= position >= wishes.limits
    cut = done & ~turn.done & (best.score == _NONE)
    rows = tf.reshape(tf.range(batch)[:, None] * beams + parents, [-1])
    return _Turn(
        position=position,
        last=tf.reshape(tokens, [-1]),
        live_ids=live_ids,
        live=live,
        ended=ended,
        done=done,
        best=_where(cut, _found(live_ids[:, 0], position, live[:, 0], wishes), best),
        state=tf.nest.map_structure(lambda of_rows: tf.gather(of_rows, rows), state),
    )


def _put_apart(
    turn: _Turn, wishes: Wishes, parents: tf.Tensor, totals: tf.Tensor
) -> tuple[Found, tf.Tensor]:
    """Takes what ends now, if it is better than what has ended before.

    Args:
        turn: Where the loop stands.
        wishes: Those of each row.
        parents: Int32 `(batch, any)`, what goes on.
        totals: Float32 `(batch, any)`, log-probabilities of those that end; of others `_NONE`.

    Returns:
        The best so far, and how many have ended.
    """
    # All of them are as long, so the likeliest is the best.
    likeliest = tf.argmax(totals, axis=1, output_type=tf.int32)[:, None]
    parent = tf.gather(parents, likeliest, batch_dims=1)  # (batch, 1)
    ids = tf.gather(turn.live_ids, parent, batch_dims=1)
    ids = _append(ids, turn.position, tf.fill(tf.shape(parent), tokens_lib.SEP_ID))[:, 0]
    now = _found(ids, turn.position + 1, tf.reduce_max(totals, axis=1), wishes)
    better = ~turn.done & (now.score > turn.best.score)
    count = tf.reduce_sum(tf.cast(totals > _NONE, tf.int32), axis=1)
    return _where(better, now, turn.best), turn.ended + count


def _append(token_ids: tf.Tensor, position: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
    """Puts tokens `(batch, any)` at a position of `(batch, any, all there will be)`."""
    here = tf.range(tf.shape(token_ids)[-1]) == position
    return tf.where(here, tokens[:, :, None], token_ids)


def _found(
    token_ids: tf.Tensor, tokens: tf.Tensor, log_probability: tf.Tensor, wishes: Wishes
) -> Found:
    counts = tf.fill(tf.shape(log_probability), tokens)
    score = log_probability / penalty(counts, wishes.length_penalty)
    return Found(token_ids, counts, log_probability, score)


def _where(rows: tf.Tensor, one: Found, other: Found) -> Found:
    """Takes the rows `(batch,)` of the one, the rest of the other."""
    token_ids = tf.where(rows[:, None], one.token_ids, other.token_ids)
    rest = (tf.where(rows, a, b) for a, b in zip(one[1:], other[1:], strict=True))
    return Found(token_ids, *rest)


def _shapes(turn: _Turn) -> _Turn:
    """Tells what of the shapes stays the same: neither the rows nor how many tokens there are."""
    shapes = tf.nest.map_structure(
        lambda tensor: tf.TensorShape([None, *tensor.shape[1:]][: tensor.shape.rank]), turn
    )
    ids = tf.TensorShape([None, None])
    return shapes._replace(
        live_ids=tf.TensorShape([None, None, None]),
        live=ids,
        best=shapes.best._replace(token_ids=ids),
    )
