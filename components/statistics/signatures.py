"""MinHash signatures of texts, by which those that are nearly alike are found.

A text is the set of its pairs of neighbouring words, case folded and punctuation left out. The
share of lanes in which two signatures agree estimates the Jaccard similarity of the two sets, the
size of their intersection over that of their union. A text of fewer than `MIN_WORDS` words is the
set of itself alone: it is like another only if all words are the same, since of two honest short
texts many have most words in common.

References:
    Broder 1997, "On the resemblance and containment of documents", for shingles and MinHash
    Li and König 2010, "b-bit minwise hashing", for keeping 8 bits of each: lanes that should
        differ agree with a chance of 1 in 256
"""

import itertools

import numpy as np

from components.statistics import hashing
from components.statistics import words as words_lib

LANES = 64
BANDS = 16  # each of 4 lanes of 8 bits, so that a band is one uint32
MIN_WORDS = 5
SIGNATURE_BYTES = LANES

_RANDOM = hashing.mix(np.arange(2 * LANES + 1, dtype=np.uint64))
_FACTORS = (_RANDOM[:LANES] | np.uint64(1)).astype(np.uint32)
_SUMMANDS = _RANDOM[LANES:-1].astype(np.uint32)
_SCATTER = np.uint32(0x9E3779B1)
_PAIRING = _RANDOM[-1] | np.uint64(1)
# Words at a time: what is in hand fits into the processor's cache.
_CHUNK = 1 << 16


def of_words(words: words_lib.Words) -> tuple[np.ndarray, np.ndarray]:
    """Computes the signatures of texts.

    Args:
        words: Of the texts, case folded.

    Returns:
        uint32 `(rows, BANDS)`, and uint8 `(rows,)` depths for sampling (`hashing.depths`). Equal
        texts have equal depths, and nearly equal ones mostly: the depth hashes one of the pairs,
        and two texts choose the same one with a chance of their Jaccard similarity.
    """
    shingles, splits = _shingles(words)
    starts = splits[:-1]
    lanes = np.empty((len(starts), LANES), np.uint8)
    if not len(starts):
        return lanes.view(np.uint32), np.empty(0, np.uint8)
    # Lanes take the two halves in turn: 32 bits alone would make some of a million texts the same.
    halves = [shingles.astype(np.uint32), (shingles >> np.uint64(32)).astype(np.uint32)]
    for first, last in _row_chunks(splits):
        part_starts = starts[first:last] - splits[first]
        for lane in range(LANES):
            part = halves[lane % 2][splits[first] : splits[last]]
            hashed = part * _FACTORS[lane] + _SUMMANDS[lane]
            smallest = np.minimum.reduceat(hashed, part_starts)
            # The upper bits of a product depend on all bits; the lower ones on the lower ones only.
            lanes[first:last, lane] = (smallest * _SCATTER) >> np.uint32(24)
    chosen = np.minimum.reduceat(hashing.mix(shingles), starts)
    return lanes.view(np.uint32), hashing.depths(hashing.mix(chosen))


def similarity(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Estimates Jaccard similarities row by row.

    Args:
        some: Signatures uint32 `(rows, BANDS)`.
        others: The same.

    Returns:
        int64 `(rows,)`: lanes that agree, of `LANES`.
    """
    agree = some.view(np.uint8) == others.view(np.uint8)
    return np.asarray(agree.reshape(len(some), LANES).sum(axis=1))


def _shingles(words: words_lib.Words) -> tuple[np.ndarray, np.ndarray]:
    """Returns the set of each text as hashes uint64 `(any,)` and splits; no set is empty."""
    hashes, splits = _without_punctuation(words)
    counts = np.diff(splits)
    is_short = counts < MIN_WORDS
    sizes = np.where(is_short, 1, counts - 1)
    row_of_word = np.repeat(np.arange(len(counts)), counts)
    pairs = hashing.mix(hashes[:-1] * _PAIRING + hashes[1:])
    is_pair = (row_of_word[:-1] == row_of_word[1:]) & ~is_short[row_of_word[:-1]]
    shingles = np.empty(sizes.sum(), np.uint64)
    is_alone = np.repeat(is_short, sizes)
    shingles[is_alone] = hashing.sequences(hashes, splits)[is_short]
    shingles[~is_alone] = pairs[is_pair]
    return shingles, np.concatenate([[0], np.cumsum(sizes)])


def _without_punctuation(words: words_lib.Words) -> tuple[np.ndarray, np.ndarray]:
    """Returns hashes of words and splits; a text of nothing but punctuation keeps it."""
    hashes = words.hashes[words.index]
    kept = ~words.is_punctuation[words.index]
    counts = np.diff(words.splits)
    before = np.concatenate([[0], np.cumsum(kept)])
    left = before[words.splits[1:]] - before[words.splits[:-1]]
    kept |= np.repeat(left == 0, counts)
    sizes = np.where(left == 0, counts, left)
    return hashes[kept], np.concatenate([[0], np.cumsum(sizes)])


def _row_chunks(splits: np.ndarray) -> list[tuple[int, int]]:
    """Parts the rows so that each part has about `_CHUNK` shingles, or is one row."""
    ends = np.searchsorted(splits, np.arange(_CHUNK, splits[-1] + _CHUNK, _CHUNK))
    bounds = np.unique(np.concatenate([[0], np.minimum(ends, len(splits) - 1)]))
    return list(itertools.pairwise(bounds.tolist()))
