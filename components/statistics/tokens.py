"""Texts in tokens, before Transform has learned its vocabulary: learned here, from the same counts.

The units of the train split (words, characters, ...) are counted as Transform counts them and
handed to the tokenizer's own learner, so the vocabulary is the one that Transform will learn, as
long as no more were seen than are counted exactly (`unit_counts.MAX_ENTRIES`) and learned from
(`MAX_LEARNED`).
"""

import contextlib
import dataclasses
import gc
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from components.statistics import counting, pieces, unit_counts
from components.statistics import words as words_lib
from components.transform import byte_pairs, characters, vocabulary, wordpiece
from components.transform import config as config_lib
from components.transform import words as whole_words
from schemas import errors
from schemas import tokens as tokens_lib

# The most frequent ones. Learning takes a time that goes with their number; rarer ones are mostly
# made up of the pieces that these teach.
MAX_LEARNED = 300_000
_UNITS_AT_ONCE = 100_000
_TEXTS_AT_ONCE = 500

_LEARN: dict[str, Callable[..., vocabulary.Learned]] = {
    "wordpiece": wordpiece.learn_pieces,
    "words": whole_words.take_words,
    "characters": characters.take_characters,
    # Pieces as short as these, whichever they are: those of a model are not known yet.
    **dict.fromkeys(tokens_lib.OF_BYTES, byte_pairs.learn_pieces),
}
# Those that learn more than they list take all units; the others those that they have room for.
_LEARNS_PIECES = ("wordpiece", *tokens_lib.OF_BYTES)


@dataclasses.dataclass(frozen=True)
class SplitTokens:
    """Tokens of a split.

    Attributes:
        mean: Of a text, marks included; of all texts.
        pieces, unknown: Tokens without marks; of all texts.
        sample: Lengths with marks, int64 `(sample,)`, of the texts that were counted one by one.
        sample_unknown: How many of them are unknown, int64 `(sample,)`.
        longest: Lengths, int64 `(any,)`, of the texts with most characters.
    """

    mean: float
    pieces: int
    unknown: int
    sample: np.ndarray
    sample_unknown: np.ndarray
    longest: np.ndarray


def learn(train: counting.TextCounts, config: config_lib.TokenizerConfig) -> pieces.CountPieces:
    """Learns a vocabulary from the train split, and returns what looks units up in it.

    If no unit is frequent enough to be learned, it is the one without entries; it is Transform that
    stops.
    """
    table = _units(train, config).table
    counted = table.most_frequent()
    limit = MAX_LEARNED if config.kind in _LEARNS_PIECES else config.vocabulary_size
    first = counted.slice(0, limit)
    # Where texts are sampled, a unit occurs 2^depth times as often as it was counted.
    counts = pc.multiply(first["count"], 1 << table.depth).to_pylist()
    units = [unit.decode() for unit in first["value"].to_pylist()]
    most_frequent = list(zip(units, counts, strict=True))
    try:
        with _uncollected():
            learned = _LEARN[config.kind](vocabulary.Counted(most_frequent, len(counted)), config)
    except errors.DataError:
        learned = None
    return pieces.counter(learned, config.kind)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Lets the garbage collector rest: the learner makes lists by the million and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def count(
    counts: counting.TextCounts,
    count_pieces: pieces.CountPieces,
    config: config_lib.TokenizerConfig,
    marks: int = 2,
) -> SplitTokens:
    """Counts the tokens of a split.

    Args:
        counts: Of the split.
        count_pieces: From `learn`.
        config: The tokenizer's.
        marks: Tokens that each text has beside its own: `[CLS]`, and `[SEP]` after each part.
    """
    if config.kind in tokens_lib.LOSSLESS:
        marks = 2  # the line ends between the parts are tokens already
    total, unknown = _of_all(_units(counts, config), count_pieces, config)
    sample, sample_unknown = _of_rows(counts.sample.rows(), count_pieces, config)
    longest, _ = _of_rows(counts.longest.rows(), count_pieces, config)
    return SplitTokens(
        mean=(total + marks * counts.rows) / counts.rows if counts.rows else 0.0,
        pieces=total,
        unknown=unknown,
        sample=sample + marks,
        sample_unknown=sample_unknown,
        longest=longest + marks,
    )


def _units(
    counts: counting.TextCounts, config: config_lib.TokenizerConfig
) -> unit_counts.UnitCounts:
    return counts.units if config.kind in tokens_lib.LOSSLESS else counts.words


def _of_all(
    units: unit_counts.UnitCounts,
    count_pieces: pieces.CountPieces,
    config: config_lib.TokenizerConfig,
) -> tuple[int, int]:
    """Counts the tokens of all texts, and those that are unknown."""
    counted = units.table.most_frequent()
    often = counted["count"].to_numpy()
    values = counted["value"].to_numpy()
    lengths, unknown = _joined(
        count_pieces(values[start : start + _UNITS_AT_ONCE])
        for start in range(0, len(values), _UNITS_AT_ONCE)
    )
    in_table = int(often.sum())
    total, missing = int((often * lengths).sum()), int((often * unknown).sum())
    # Where texts are sampled, the units of all of them are as those of the sample.
    scale = (units.total - units.long) / in_table if in_table else 1.0
    total, missing = round(total * scale), round(missing * scale)
    if config.kind not in tokens_lib.OF_BYTES:
        return total + units.long, missing + units.long  # too long is unknown, one token
    # Bytes are never unknown; those of the long words are as many to a token as others are.
    size = int((often * pc.binary_length(counted["value"]).to_numpy()).sum()) * scale
    return total + round(units.long_bytes * (total / size if size else 1.0)), missing


def _of_rows(
    rows: pa.Table, count_pieces: pieces.CountPieces, config: config_lib.TokenizerConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Counts the tokens of rows, and those that are unknown, int64 `(rows,)` each."""
    texts = rows["text"].to_numpy()
    lengths, unknown = _joined(
        _of_texts(texts[start : start + _TEXTS_AT_ONCE], count_pieces, config)
        for start in range(0, len(texts), _TEXTS_AT_ONCE)
    )
    kept = np.array([len(text) for text in texts])
    return lengths * rows["bytes"].to_numpy() // np.maximum(kept, 1), unknown


def _of_texts(
    texts: np.ndarray, count_pieces: pieces.CountPieces, config: config_lib.TokenizerConfig
) -> tuple[np.ndarray, np.ndarray]:
    units = words_lib.units(tf.constant(texts, tf.string), config)
    unique, index = (value.numpy() for value in tf.unique(units.flat_values, out_idx=tf.int64))
    splits = units.row_splits.numpy()
    sums = []
    for values in count_pieces(unique):
        before = np.concatenate([[0], np.cumsum(values[index])])
        sums.append(before[splits[1:]] - before[splits[:-1]])
    return sums[0], sums[1]


def _joined(parts: Iterator[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    nothing = np.empty(0, np.int64)
    lengths, unknown = zip((nothing, nothing), *parts, strict=True)
    return np.concatenate(lengths), np.concatenate(unknown)
