"""Signatures that write on at texts: `generate` at once, and two that write part by part.

A client that wants to see a text grow asks `generate_start`, and then `generate_more` as long as it
likes. What they give as `state_...` goes back into `generate_more` under the same names: it holds
all that was read, so that nothing is computed again.
"""

from collections.abc import Callable

import tensorflow as tf

from schemas import tokens
from trainer.generation import loop, sampling
from trainer.tasks import task, wishes

_RULES = (
    wishes.Rule(
        "max_new_tokens",
        f"0 to {wishes.MAX_NEW_TOKENS:,}",
        lambda x: (x >= 0) & (x <= wishes.MAX_NEW_TOKENS),
    ),
    wishes.Rule("temperature", "0 or more", lambda x: (x >= 0.0) & tf.math.is_finite(x)),
    wishes.Rule("top_k", "0 or more", lambda x: x >= 0),
    wishes.Rule("top_p", "above 0 and at most 1", lambda x: (x > 0.0) & (x <= 1.0)),
    wishes.Rule("repetition_penalty", "above 0", lambda x: (x > 0.0) & tf.math.is_finite(x)),
)
_TURNS = wishes.Rule(
    "turns",
    f"0 to {wishes.MAX_NEW_TOKENS:,}",
    lambda x: (x >= 0) & (x <= wishes.MAX_NEW_TOKENS),
)
_STATE = "state_"


class TextWriter:
    """Writes on at texts.

    Args:
        writing: Writes.
        read: Makes token ids of texts, strings `(batch,)` to ragged int32 `(batch, None)`.
    """

    def __init__(self, writing: loop.Loop, read: Callable[[tf.Tensor], tf.RaggedTensor]) -> None:
        self._loop = writing
        self._read = read
        # The signatures share their graphs, since to make these is most of an export.
        self._begin = tf.function(lambda asked: writing.begin(self._task(**asked)), autograph=False)

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes the signatures, by name.

        `generate` takes `text`, strings `(batch,)`; what is asked of each, all `(batch,)` or for
        all rows alike `(1,)`: `max_new_tokens` and the fields of `sampling.Wishes`; `stop`, strings
        `(batch, any)` or `(1, any)`, at which a text ends, without them; an empty one is none. It
        gives `text`, what comes after each, strings `(batch,)`; `tokens`, how many it took, int32;
        `token_ids`, int32 `(batch, any)`, 0 after the last; `stopped`, boolean, whether the text
        came to its end or to a stop, rather than to `max_new_tokens`.

        `generate_start` takes the same and `turns`, int32 `()`: how many tokens a row reads or
        writes at most, once all rows have read as many of their texts as the shortest has. It
        gives `tokens`, `token_ids` and `stopped` of this part, and `pieces_bytes`, what each token
        adds to the text, strings `(batch, any)`: bytes that may end within a character, and that
        go on through a stop; `done`, boolean, whether there is no more to come; and the state.
        `generate_more` takes `turns` and the state, and gives the same.
        """
        turns = tf.TensorSpec([], tf.int32, "turns")
        start = tf.function(self._start, autograph=False).get_concrete_function(
            turns=turns, **_inputs()
        )
        state = {
            name: tf.TensorSpec(spec.shape, spec.dtype, name)
            for name, spec in start.structured_outputs.items()
            if name.startswith(_STATE)
        }
        return {
            "generate": tf.function(self._write, autograph=False).get_concrete_function(
                **_inputs()
            ),
            "generate_start": start,
            "generate_more": tf.function(self._more, autograph=False).get_concrete_function(
                turns=turns, **state
            ),
        }

    def _write(self, text: tf.Tensor, **wished: tf.Tensor) -> task.Tensors:
        turn = self._begin({"text": text, **wished})
        last = self._go_on(turn, tf.shape(turn.token_ids)[1])
        written = self._loop.written(last, since=turn.counts)
        return {
            # The last token may end within a character.
            "text": tf.strings.unicode_transcode(written.text, "UTF-8", "UTF-8"),
            "tokens": tf.cast(written.token_ids.row_lengths(), tf.int32),
            "token_ids": written.token_ids.to_tensor(tokens.PAD_ID),
            "stopped": written.stopped,
        }

    def _start(self, text: tf.Tensor, turns: tf.Tensor, **wished: tf.Tensor) -> task.Tensors:
        turn = self._begin({"text": text, **wished})
        # What the state is made of, and what of its shapes stays the same from part to part.
        self._specs = tf.nest.map_structure(
            lambda tensor, shape: tf.TensorSpec(shape, tensor.dtype), turn, loop.shapes(turn)
        )
        signature = [self._specs, tf.TensorSpec([], tf.int32)]
        self._go_on = tf.function(self._loop.go_on, signature, autograph=False)
        return self._part(turn, turns)

    def _more(self, turns: tf.Tensor, **state: tf.Tensor) -> task.Tensors:
        specs = tf.nest.flatten(self._specs)
        tensors = [
            _read_from_wire(state[_STATE + f"{i:02}"], spec.dtype) for i, spec in enumerate(specs)
        ]
        return self._part(tf.nest.pack_sequence_as(self._specs, tensors), turns)

    def _part(self, turn: loop.Turn, turns: tf.Tensor) -> task.Tensors:
        one = {_TURNS.name: turns[None]}
        [turns] = tf.unstack(wishes.of_rows(one, [_TURNS], 1)[_TURNS.name], 1)
        last = self._go_on(turn, turns)
        written = self._loop.written(last, since=turn.counts)
        tensors = zip(tf.nest.flatten(last), tf.nest.flatten(self._specs), strict=True)
        return {
            "tokens": last.counts - turn.counts,
            "token_ids": written.token_ids.to_tensor(tokens.PAD_ID),
            "pieces_bytes": self._loop.texts(written.token_ids).to_tensor(b""),
            "stopped": last.stopped,
            "done": last.done,
            **{
                _STATE + f"{i:02}": _for_wire(tf.ensure_shape(tensor, spec.shape))
                for i, (tensor, spec) in enumerate(tensors)
            },
        }

    def _task(self, text: tf.Tensor, stop: tf.Tensor, **wished: tf.Tensor) -> loop.Task:
        rows = tf.shape(text)[0]
        each = wishes.of_rows(wished, _RULES, rows)
        return loop.Task(
            prompts=self._read(text),
            max_new_tokens=each.pop("max_new_tokens"),
            wishes=sampling.Wishes(**each),
            stops=tf.broadcast_to(stop, [rows, tf.shape(stop)[1]]),
        )


def _inputs() -> dict[str, tf.TensorSpec]:
    types = {
        "text": tf.string,
        "max_new_tokens": tf.int32,
        "temperature": tf.float32,
        "top_k": tf.int32,
        "top_p": tf.float32,
        "repetition_penalty": tf.float32,
        "seed": tf.int64,
    }
    specs = {name: tf.TensorSpec([None], type_, name) for name, type_ in types.items()}
    return {**specs, "stop": tf.TensorSpec([None, None], tf.string, "stop")}


def _for_wire(tensor: tf.Tensor) -> tf.Tensor:
    """Makes 16-bit integers of bfloat16, which NumPy does not have."""
    return tf.bitcast(tensor, tf.uint16) if tensor.dtype == tf.bfloat16 else tensor


def _read_from_wire(tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    return tf.bitcast(tensor, dtype) if dtype == tf.bfloat16 else tensor
