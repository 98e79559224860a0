"""How many tokens a unit of text is, by a vocabulary that was learned: one way for each kind."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf
import tensorflow_text

from components.transform import byte_pairs, vocabulary, wordpiece
from schemas import tokens

# Units, bytes `(units,)`, to how many tokens each is and how many of those are unknown, int64.
CountPieces = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def counter(learned: vocabulary.Learned | None, kind: str) -> CountPieces:
    """Makes what looks units up.

    Args:
        learned: The vocabulary; None if nothing could be learned.
        kind: `TokenizerConfig.kind`.
    """
    if kind == "wordpiece":
        lines = learned.lines if learned else list(vocabulary.RESERVED)
        return _pieces(wordpiece.build_model(lines))
    if kind in tokens.OF_BYTES:
        if learned is None or learned.companion is None:
            return _pieces(byte_pairs.build_model(list(byte_pairs.ALPHABET)))
        return _pieces(learned.companion.tobytes())
    if kind == "characters":
        known = learned.companion if learned else None
        return _whole([] if known is None else [chr(point) for point in known])
    return _whole(learned.lines[len(vocabulary.RESERVED) :] if learned else [])


def _pieces(model: bytes) -> CountPieces:
    """Makes what cuts units into pieces. Of bytes none is unknown: all are pieces themselves."""
    tokenizer = tensorflow_text.FastWordpieceTokenizer(
        model_buffer=np.frombuffer(model, np.uint8), token_out_type=tf.int64
    )

    def count_pieces(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = tokenizer.tokenize(tf.constant(units, tf.string))
        is_unknown = found.flat_values == vocabulary.UNK_ID
        unknown = found.with_flat_values(tf.cast(is_unknown, tf.int64))
        return found.row_lengths().numpy(), tf.reduce_sum(unknown, axis=1).numpy()

    return count_pieces


def _whole(known: list[str]) -> CountPieces:
    """Makes what takes each unit for one token."""
    values = pa.array([unit.encode() for unit in known], pa.binary())

    def count_pieces(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        is_unknown = pc.invert(pc.is_in(pa.array(units, pa.binary()), values))
        unknown = is_unknown.to_numpy(zero_copy_only=False).astype(np.int64)
        return np.ones(len(units), np.int64), unknown

    return count_pieces
