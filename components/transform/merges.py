"""Byte-level BPE by merges, as GPT-2 has it: of a given vocabulary, since none is learned so here.

A model whose checkpoint was trained on such pieces would never have seen those of `byte_pairs.py`,
which takes the longest piece first.

References:
    Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", sec. 2.2, and the
    `encoder.py` released with it; Sennrich et al. 2016, algorithm 1, arXiv:1508.07909
"""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_text

from components.transform import lossless, vocabulary
from schemas import features, tokens

# White space as Unicode has it, of which the regular expressions of the graph know a part only.
_SPACE = r"\t-\r\x20\x{85}\p{Z}"
# The last of several spaces goes with the word after it. The original looks ahead for that, which
# expressions of the graph cannot: spaces and what follows are taken together, and then apart.
_CHUNK = rf"[{_SPACE}]*[^{_SPACE}]+|[{_SPACE}]+"
_MORE_SPACES = rf"([{_SPACE}]+)([{_SPACE}][^{_SPACE}]+)"
_WORD = (
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+"
    rf"| ?[^{_SPACE}\p{{L}}\p{{N}}]+|[{_SPACE}]+"
)
_NO_RANK = np.iinfo(np.int64).max


@dataclasses.dataclass(frozen=True)
class Given:
    """A vocabulary that was learned elsewhere.

    Attributes:
        lines: Its entries; those after the reserved ones are escaped bytes.
        merges: The ids of left, right and merged piece; the first has the lowest rank.
    """

    lines: Sequence[str]
    merges: Sequence[Sequence[int]]


def take(texts: tf.Tensor, vocabulary_name: str, given: Given) -> vocabulary.Lookup:
    """Writes the assets of a given vocabulary.

    Args:
        texts: String tensor `(any,)` of the analyzed split, of which nothing is learned.
        vocabulary_name: Asset to write the entries to.
        given: The vocabulary.

    Returns:
        What turns texts `(batch,)` into the ids of their pieces `(batch, None)`.
    """
    nothing = tf.zeros_like(texts)  # what is counted, the empty string, costs next to nothing
    written = {
        vocabulary_name: list(given.lines),
        features.TOKEN_MERGES: [" ".join(map(str, merge)) for merge in given.merges],
    }
    for name, lines in written.items():
        vocabulary.analyze(nothing, name, functools.partial(_take_lines, lines=lines), limit=1)
    return Lookup(given)


def _take_lines(counted: vocabulary.Counted, lines: list[str]) -> vocabulary.Learned:
    del counted
    return vocabulary.Learned(lines)


def split(texts: tf.Tensor) -> tf.RaggedTensor:
    """Parts texts `(batch,)` into words `(batch, None)`, bytes that nothing is missing of."""
    chunks = tensorflow_text.regex_split(
        lossless.clean(texts), _CHUNK, keep_delim_regex_pattern=_CHUNK
    )
    flat = chunks.flat_values
    has_more = tf.strings.regex_full_match(flat, _MORE_SPACES)
    before = tf.where(has_more, tf.strings.regex_replace(flat, _MORE_SPACES, r"\1"), "")
    after = tf.strings.regex_replace(flat, _MORE_SPACES, r"\2")
    both = tf.reshape(tf.stack([before, after], axis=1), [-1])
    words = tensorflow_text.regex_split(both, _WORD, keep_delim_regex_pattern=_WORD)
    of_texts = tf.RaggedTensor.from_row_splits(words, 2 * chunks.row_splits).merge_dims(1, 2)
    return tf.ragged.boolean_mask(of_texts, tf.strings.length(of_texts) > 0)


class Lookup:
    """Texts to the ids of their pieces, see `vocabulary.Lookup`."""

    def __init__(self, given: Given) -> None:
        merges = np.array(given.merges, np.int64).reshape(-1, 3)
        self._size = len(given.lines)
        keys = merges[:, 0] * self._size + merges[:, 1]
        order = np.argsort(keys, kind="stable")
        # One more, so that there is one to look at; no pair has it.
        self._keys = np.append(keys[order], np.iinfo(np.int64).max)
        self._ranks = np.append(order, _NO_RANK)
        self._merged = np.append(merges[order, 2], vocabulary.UNK_ID)
        ids = {tokens.unescape(line.encode()): i for i, line in enumerate(given.lines)}
        self._byte_ids = np.array(
            [ids.get(bytes([byte]), vocabulary.UNK_ID) for byte in range(256)], np.int64
        )

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Turns texts `(batch,)` into int64 ids `(batch, None)`."""
        words = split(texts)
        distinct, index = tf.unique(words.flat_values, out_idx=tf.int64)
        pieces = tf.gather(self._pieces(distinct), index)
        return words.with_flat_values(pieces).merge_dims(-2, -1)

    def _pieces(self, words: tf.Tensor) -> tf.RaggedTensor:
        """Merges the bytes of each word `(words,)` into int64 ids `(words, None)`."""
        parted = tf.strings.bytes_split(words)
        bytes_ = tf.cast(tf.reshape(tf.io.decode_raw(parted.flat_values, tf.uint8), [-1]), tf.int32)
        ids, rows, _ = tf.while_loop(
            lambda ids, rows, goes_on: goes_on,
            lambda ids, rows, goes_on: self._merge(ids, rows, parted.nrows()),
            (tf.gather(self._byte_ids, bytes_), parted.value_rowids(), tf.constant(True)),
            shape_invariants=(tf.TensorShape([None]), tf.TensorShape([None]), tf.TensorShape([])),
        )
        return tf.RaggedTensor.from_value_rowids(ids, rows, nrows=parted.nrows(), validate=False)

    def _merge(
        self, ids: tf.Tensor, rows: tf.Tensor, num_rows: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Merges in each word the pair of lowest rank, wherever it stands in it.

        Args:
            ids: Pieces of all words, int64 `(pieces,)`.
            rows: The word that each is of, int64 of the same shape.
            num_rows: Words.

        Returns:
            Pieces and their words, and whether there was anything to merge.
        """
        keys = ids[:-1] * self._size + ids[1:]
        places = tf.searchsorted(self._keys, keys, out_type=tf.int64)
        known = (tf.gather(self._keys, places) == keys) & (rows[:-1] == rows[1:])
        ranks = tf.where(known, tf.gather(self._ranks, places), _NO_RANK)
        lowest = tf.math.unsorted_segment_min(ranks, rows[:-1], num_rows)
        taken = _every_second(known & (ranks == tf.gather(lowest, rows[:-1])))
        merged = tf.where(taken, tf.gather(self._merged, places), ids[:-1])
        merged = tf.concat([merged, ids[-1:]], axis=0)
        kept = tf.concat([tf.ones_like(ids[:1], tf.bool), ~taken], axis=0)
        return (
            tf.boolean_mask(merged, kept),
            tf.boolean_mask(rows, kept),
            tf.reduce_any(taken),
        )


def _every_second(chosen: tf.Tensor) -> tf.Tensor:
    """Leaves of neighbours that are chosen the first, the third, ...: pairs must not overlap."""
    before = tf.concat([tf.zeros_like(chosen[:1]), chosen[:-1]], axis=0)
    begins = chosen & ~before
    firsts = tf.concat([[0], tf.where(begins)[:, 0]], axis=0)
    first = tf.gather(firsts, tf.cumsum(tf.cast(begins, tf.int64)))
    return chosen & ((tf.range(tf.size(chosen, tf.int64)) - first) % 2 == 0)
