"""Writes on at texts: a loop in the graph, a token of every row in each turn.

All rows stand at the same position in each turn. A row whose prompt is longer than another's reads
its prompt while the other is writing already, so no row is padded, and what a row gets depends on
its own prompt and wishes alone.

The loop may be left after any turn and gone on with later: a `Turn` is all that there is to know.
"""

from typing import Any, NamedTuple

import tensorflow as tf

from schemas import tokens as tokens_lib
from trainer.generation import readers, sampling, stopping, windows


class Task(NamedTuple):
    """What to write, row by row.

    Attributes:
        prompts: Ragged int32 `(batch, None)`, without marks; a row may be empty.
        max_new_tokens: Int32 `(batch,)`.
        wishes: How tokens are chosen.
        stops: Strings `(batch, any)` at which a row ends; empty ones are none.
    """

    prompts: tf.RaggedTensor
    max_new_tokens: tf.Tensor
    wishes: sampling.Wishes
    stops: tf.Tensor


class Written(NamedTuple):
    """What was written after the prompts.

    Attributes:
        token_ids: Ragged int32 `(batch, None)`; `[SEP]` is the last where the text came to its end.
        text: Strings `(batch,)`, what the tokens are up to the first stop: bytes that may end
            within a character.
        stopped: Boolean `(batch,)`: whether the text came to its end, or to a stop.
    """

    token_ids: tf.RaggedTensor
    text: tf.Tensor
    stopped: tf.Tensor


class Turn(NamedTuple):
    """Where the loop stands.

    Attributes:
        position: Int32 `()`, tokens of each row, its prompt's and the `[SEP]` before it included.
        token_ids: Int32 `(batch, all there will be)`, 0 where none is yet.
        seen: Boolean `(batch, vocabulary_size)`, which stood in the text already.
        counts: Int32 `(batch,)`, tokens written.
        done: Boolean `(batch,)`, whether no more are.
        stopped: Boolean `(batch,)`, as in `Written`.
        logits: Float32 `(batch, vocabulary_size)`, of the token at `position`.
        state: The reader's.
        lengths: Int32 `(batch,)`, of the prompts, with the `[SEP]` before each.
        drawn: Float32 `(batch, any)`, by which tokens are chosen.
        max_new_tokens: As in `Task`; so are the other two.
        wishes: How tokens are chosen.
        stops: At what a row ends.
    """

    position: tf.Tensor
    token_ids: tf.Tensor
    seen: tf.Tensor
    counts: tf.Tensor
    done: tf.Tensor
    stopped: tf.Tensor
    logits: tf.Tensor
    state: Any
    lengths: tf.Tensor
    drawn: tf.Tensor
    max_new_tokens: tf.Tensor
    wishes: sampling.Wishes
    stops: tf.Tensor


class Loop:
    """Writes with a reader.

    Args:
        reader: Tells logits.
        length: Tokens that it reads at most.
        token_texts: What each token of the vocabulary adds to a text.
    """

    def __init__(self, reader: readers.Reader, length: int, token_texts: list[bytes]) -> None:
        self._reader = reader
        self._length = length
        self._token_texts = tf.constant(token_texts)
        self._barred = sampling.barred(len(token_texts))

    def write(self, task: Task) -> Written:
        """Writes until every row is done."""
        first = self.begin(task)
        last = self.go_on(first, tf.shape(first.token_ids)[1])
        return self.written(last, tf.zeros_like(last.counts))

    def begin(self, task: Task) -> Turn:
        """Reads what all rows have of their prompts."""
        begun = tf.concat([_ends(task.prompts), task.prompts], axis=1)
        lengths = tf.cast(begun.row_lengths(), tf.int32)
        batch = tf.shape(lengths)[0]
        total = tf.reduce_max(tf.concat([lengths + task.max_new_tokens, [1]], axis=0))
        token_ids = begun.to_tensor(tokens_lib.PAD_ID)
        token_ids = tf.pad(token_ids, [[0, 0], [0, total - tf.shape(token_ids)[1]]])
        position = tf.reduce_min(tf.concat([lengths, total[None]], axis=0))
        state = self._reader.empty(batch, tf.minimum(total, self._length))
        start = windows.start(position, self._length)
        logits, state = self._reader.read(token_ids[:, start:position], state, 0)
        done = task.max_new_tokens <= 0
        return Turn(
            position=position,
            token_ids=token_ids,
            seen=self._seen(task.prompts),
            counts=tf.zeros_like(lengths),
            done=done,
            stopped=tf.zeros_like(done),
            logits=logits,
            state=state,
            lengths=lengths,
            drawn=sampling.draws(task.wishes.seed, task.max_new_tokens),
            max_new_tokens=task.max_new_tokens,
            wishes=task.wishes,
            stops=task.stops,
        )

    def go_on(self, turn: Turn, turns: tf.Tensor) -> Turn:
        """Goes on until every row is done, or for so many turns at most, int32 `()`."""
        end = tf.minimum(turn.position + turns, tf.shape(turn.token_ids)[1])
        last: Turn = tf.nest.pack_sequence_as(
            turn,
            tf.while_loop(
                lambda *now: _goes_on(tf.nest.pack_sequence_as(turn, now), end),
                lambda *now: tf.nest.flatten(self._turn(tf.nest.pack_sequence_as(turn, now))),
                tf.nest.flatten(turn),
                shape_invariants=tf.nest.flatten(shapes(turn)),
            ),
        )
        return last

    def written(self, turn: Turn, since: tf.Tensor) -> Written:
        """Takes what came after the prompts, and after as many tokens as `since`, `(batch,)`.

        Its text is cut at stops where `since` is 0; a part of a text may begin within one.
        """
        places = tf.range(tf.shape(turn.token_ids)[1])[None, :] - turn.lengths[:, None]
        is_new = (places >= since[:, None]) & (places < turn.counts[:, None])
        token_ids = tf.ragged.boolean_mask(turn.token_ids, is_new)
        texts = self.texts(token_ids)
        whole = tf.strings.reduce_join(texts, axis=1)
        last = tf.strings.reduce_join(texts[:, -1:], axis=1)
        cut = stopping.found(whole, last, turn.stops)
        left = tf.strings.length(whole) - cut
        text = tf.strings.substr(whole, tf.zeros_like(left), left)
        return Written(token_ids, text, turn.stopped)

    def texts(self, token_ids: tf.RaggedTensor) -> tf.RaggedTensor:
        """Tells what each token adds to a text, strings of the same shape."""
        return tf.ragged.map_flat_values(lambda ids: tf.gather(self._token_texts, ids), token_ids)

    def _seen(self, prompts: tf.RaggedTensor) -> tf.Tensor:
        places = tf.stack([prompts.value_rowids(), tf.cast(prompts.values, tf.int64)], 1)
        nothing = tf.zeros([prompts.nrows(), len(self._barred)], tf.bool)
        return tf.tensor_scatter_nd_update(nothing, places, tf.fill(tf.shape(places)[:1], True))

    def _turn(self, turn: Turn) -> Turn:
        """Takes the next token of each row, from its prompt or from the model, and reads it."""
        place = tf.maximum(tf.minimum(turn.counts, turn.max_new_tokens - 1), 0)
        drawn = tf.gather(turn.drawn, place, batch_dims=1)
        chosen = sampling.choose(turn.logits + self._barred, turn.seen, drawn, turn.wishes)
        is_new = (turn.position >= turn.lengths) & ~turn.done
        taken = tf.where(is_new, chosen, turn.token_ids[:, turn.position])
        rows = tf.range(tf.shape(taken)[0])
        here = tf.stack([rows, tf.fill(tf.shape(rows), turn.position)], axis=1)
        token_ids = tf.tensor_scatter_nd_update(turn.token_ids, here, taken)
        at = tf.stack([rows, taken], axis=1)
        seen = tf.tensor_scatter_nd_update(turn.seen, at, is_new | tf.gather_nd(turn.seen, at))
        counts = turn.counts + tf.cast(is_new, tf.int32)
        stops = is_new & (self._stop(token_ids, turn.position, counts, turn.stops) > 0)
        stops |= is_new & (taken == tokens_lib.SEP_ID)
        logits, state = self._read(turn, token_ids)
        return turn._replace(
            position=turn.position + 1,
            token_ids=token_ids,
            seen=seen,
            counts=counts,
            done=turn.done | stops | (counts >= turn.max_new_tokens),
            stopped=turn.stopped | stops,
            logits=logits,
            state=state,
        )

    def _read(self, turn: Turn, token_ids: tf.Tensor) -> tuple[tf.Tensor, Any]:
        """Reads the token at the turn's position, or those once more that are still looked at."""
        position = turn.position
        before, now = (windows.start(p, self._length) for p in (position, position + 1))
        first = tf.where(tf.equal(before, now), position, now)
        return self._reader.read(token_ids[:, first : position + 1], turn.state, first - now)

    def _stop(
        self, token_ids: tf.Tensor, position: tf.Tensor, counts: tf.Tensor, stops: tf.Tensor
    ) -> tf.Tensor:
        """Finds stops that end in the token at `position`, as `stopping.found`."""
        reach = stopping.reach(stops)

        def look() -> tf.Tensor:
            first = tf.maximum(position + 1 - tf.minimum(reach, position + 1), 0)
            places = tf.range(first, position + 1)
            is_new = places[None, :] > position - counts[:, None]
            texts = tf.gather(self._token_texts, token_ids[:, first : position + 1])
            texts = tf.where(is_new, texts, b"")
            return stopping.found(tf.strings.reduce_join(texts, axis=1), texts[:, -1], stops)

        return tf.cond(reach > 0, look, lambda: tf.zeros_like(counts))


def _ends(prompts: tf.RaggedTensor) -> tf.Tensor:
    """Makes what stands before each prompt: the end of another text."""
    return tf.fill([prompts.nrows(), 1], tf.constant(tokens_lib.SEP_ID, prompts.dtype))


def _goes_on(turn: Turn, end: tf.Tensor) -> tf.Tensor:
    return (turn.position < end) & ~tf.reduce_all(turn.done)


def shapes(turn: Turn) -> Turn:
    """Tells what of the shapes stays the same: neither the batch nor how many tokens there are."""
    shapes_: Turn = tf.nest.map_structure(
        lambda tensor: tf.TensorShape([None, *tensor.shape[1:]][: tensor.shape.rank]), turn
    )
    return shapes_._replace(
        token_ids=tf.TensorShape([None, None]), drawn=tf.TensorShape([None, None])
    )
