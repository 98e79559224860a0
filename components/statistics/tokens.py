"""Texts in tokens, before Transform has learned its vocabulary: learned here, from the same counts.

The words of the train split are counted as Transform counts them and handed to the tokenizer's own
learner, so the vocabulary is the one that Transform will learn, as long as no more words were seen
than are counted exactly (`counting.MAX_WORDS`) and learned from (`MAX_LEARNED_WORDS`).
"""

import contextlib
import dataclasses
import gc
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf
import tensorflow_text

from components.statistics import counting, tables
from components.transform import config as config_lib
from components.transform import text as text_lib
from components.transform import vocabulary, wordpiece
from components.transform import words as words_lib
from schemas import errors

# The most frequent ones. Learning takes a time that goes with their number; rarer ones are mostly
# made up of the pieces that these teach.
MAX_LEARNED_WORDS = 300_000
_WORDS_AT_ONCE = 100_000
_TEXTS_AT_ONCE = 500
_MARKS = 2  # [CLS] and [SEP]

# Words, bytes `(words,)`, to how many tokens each is and how many of those are unknown, int64.
CountPieces = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclasses.dataclass(frozen=True)
class SplitTokens:
    """Tokens of a split.

    Attributes:
        mean: Of a text, marks included; of all texts.
        pieces, unknown: Tokens without marks; of all texts, as far as words are counted.
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


def learn(train: tables.SampledCounts, config: config_lib.TokenizerConfig) -> CountPieces:
    """Learns a vocabulary from the words of the train split.

    If none is frequent enough to be learned, all words are unknown; it is Transform that stops.
    """
    counted = train.most_frequent()
    limit = MAX_LEARNED_WORDS if config.kind == "wordpiece" else config.vocabulary_size
    first = counted.slice(0, limit)
    # Where texts are sampled, a word occurs 2^depth times as often as it was counted.
    counts = pc.multiply(first["count"], 1 << train.depth).to_pylist()
    words = [word.decode() for word in first["value"].to_pylist()]
    try:
        with _uncollected():
            asset = _LEARN[config.kind](
                vocabulary.Counted(list(zip(words, counts, strict=True)), len(counted)), config
            )
    except errors.DataError:
        asset = vocabulary.Learned(list(vocabulary.RESERVED))
    return _word_pieces(asset) if config.kind == "wordpiece" else _whole_words(asset)


_LEARN = {"wordpiece": wordpiece.learn_pieces, "words": words_lib.take_words}


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
    counts: counting.TextCounts, count_pieces: CountPieces, config: config_lib.TokenizerConfig
) -> SplitTokens:
    """Counts the tokens of a split."""
    counted = counts.vocabulary.most_frequent()
    often = counted["count"].to_numpy()
    lengths, unknown = _of_words(counted["value"].to_numpy(), count_pieces)
    in_table = int(often.sum())
    pieces, missing = int((often * lengths).sum()), int((often * unknown).sum())
    # Where texts are sampled, the words of all of them are as those of the sample.
    scale = (counts.words - counts.long_words) / in_table if in_table else 1.0
    total = round(pieces * scale) + counts.long_words
    sample, sample_unknown = _of_rows(counts.sample.rows(), count_pieces, config)
    longest, _ = _of_rows(counts.longest.rows(), count_pieces, config)
    return SplitTokens(
        mean=total / counts.rows + _MARKS if counts.rows else 0.0,
        pieces=total,
        unknown=round(missing * scale) + counts.long_words,
        sample=sample,
        sample_unknown=sample_unknown,
        longest=longest,
    )


def _of_words(words: np.ndarray, count_pieces: CountPieces) -> tuple[np.ndarray, np.ndarray]:
    parts = [
        count_pieces(words[start : start + _WORDS_AT_ONCE])
        for start in range(0, len(words), _WORDS_AT_ONCE)
    ]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lengths, unknown = (np.concatenate(part) for part in zip(*parts, strict=True))
    return lengths, unknown


def _of_rows(
    rows: pa.Table, count_pieces: CountPieces, config: config_lib.TokenizerConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Counts the tokens of rows with marks, and those that are unknown, int64 `(rows,)` each."""
    texts = rows["text"].to_numpy()
    parts = [
        _of_texts(texts[start : start + _TEXTS_AT_ONCE], count_pieces, config)
        for start in range(0, len(texts), _TEXTS_AT_ONCE)
    ]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    lengths, unknown = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept = np.array([len(text) for text in texts])
    in_proportion = lengths * rows["bytes"].to_numpy() // np.maximum(kept, 1)
    return in_proportion + _MARKS, unknown


def _of_texts(
    texts: np.ndarray, count_pieces: CountPieces, config: config_lib.TokenizerConfig
) -> tuple[np.ndarray, np.ndarray]:
    words = text_lib.words(tf.constant(texts, tf.string), config)
    unique, index = (value.numpy() for value in tf.unique(words.flat_values, out_idx=tf.int64))
    splits = words.row_splits.numpy()
    sums = []
    for values in count_pieces(unique):
        before = np.concatenate([[0], np.cumsum(values[index])])
        sums.append(before[splits[1:]] - before[splits[:-1]])
    return sums[0], sums[1]


def _word_pieces(asset: vocabulary.Learned) -> CountPieces:
    model = wordpiece.build_model(asset.lines)
    tokenizer = tensorflow_text.FastWordpieceTokenizer(
        model_buffer=np.frombuffer(model, np.uint8), token_out_type=tf.int64
    )

    def count_pieces(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pieces = tokenizer.tokenize(tf.constant(words, tf.string))
        is_unknown = pieces.with_flat_values(
            tf.cast(pieces.flat_values == vocabulary.UNK_ID, tf.int64)
        )
        return pieces.row_lengths().numpy(), tf.reduce_sum(is_unknown, axis=1).numpy()

    return count_pieces


def _whole_words(asset: vocabulary.Learned) -> CountPieces:
    known = pa.array([line.encode() for line in asset.lines], pa.binary())

    def count_pieces(words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        is_known = pc.is_in(pa.array(words, pa.binary()), known)
        is_unknown = pc.invert(is_known).to_numpy(zero_copy_only=False)
        return np.ones(len(words), np.int64), is_unknown.astype(np.int64)

    return count_pieces
