"""What is counted of the texts of one split: of a batch first, then of all, in any order."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from components.statistics import (
    columns,
    distinct,
    hashing,
    signatures,
    tables,
    text_statistics,
    unit_counts,
)
from components.statistics import words as words_lib
from components.transform import config as config_lib

MAX_LABELS = 100_000
# Pairs of a text and its label that are kept, at 200 to 500 bytes each; beyond, a sample is.
MAX_TEXTS = 1_000_000
# Texts whose tokens are counted one by one: the share that is truncated is good to 1.4 points
# (95 %) with this many.
SAMPLED_TEXTS = 5_000
# Of a longer text the beginning is kept; its tokens are as many in proportion.
MAX_SAMPLED_BYTES = 1 << 14

# Rows in an order: the lowest key first. Origins break ties, then texts.
_RANKED = pa.schema(
    {
        "key": pa.int64(),
        "origin_length": pa.int32(),
        "origin": pa.binary(),
        "text": pa.binary(),
        "bytes": pa.int64(),
    }
)
_RANKS = [(name, "ascending") for name in ("key", "origin_length", "origin", "text", "bytes")]


def _ranked(limit: int) -> tables.FirstRows:
    return tables.FirstRows(_RANKED, _RANKS, limit)


@dataclasses.dataclass
class TextCounts:
    """Counts that merge; equal rows give equal ones, whatever their parts and order.

    Attributes:
        rows, near_empty, controls: Numbers of rows.
        unigrams: Words by hash, int64 `(UNIGRAM_BUCKETS,)`.
        lengths: Rows by their length in characters.
        words: Words, in the tokenizer's normal form.
        units: What the tokenizer looks up, where that is not words.
        labels: Labels.
        texts: Texts.
        sample: Rows whose tokens are counted, drawn by the hash of origin and text.
        shortest, longest, most_controls: The rows to show.
    """

    rows: int = 0
    near_empty: int = 0
    controls: int = 0
    unigrams: np.ndarray = dataclasses.field(
        default_factory=lambda: np.zeros(text_statistics.UNIGRAM_BUCKETS, np.int64)
    )
    lengths: "LengthCounts" = dataclasses.field(default_factory=lambda: LengthCounts())
    words: unit_counts.UnitCounts = dataclasses.field(default_factory=unit_counts.UnitCounts)
    units: unit_counts.UnitCounts = dataclasses.field(default_factory=unit_counts.UnitCounts)
    labels: tables.SampledCounts = dataclasses.field(
        default_factory=lambda: tables.SampledCounts(MAX_LABELS)
    )
    texts: distinct.DistinctTexts = dataclasses.field(
        default_factory=lambda: distinct.DistinctTexts(MAX_TEXTS)
    )
    sample: tables.FirstRows = dataclasses.field(default_factory=lambda: _ranked(SAMPLED_TEXTS))
    shortest: tables.FirstRows = dataclasses.field(
        default_factory=lambda: _ranked(text_statistics.MAX_EXAMPLES)
    )
    longest: tables.FirstRows = dataclasses.field(
        default_factory=lambda: _ranked(text_statistics.MAX_EXAMPLES)
    )
    most_controls: tables.FirstRows = dataclasses.field(
        default_factory=lambda: _ranked(text_statistics.MAX_EXAMPLES)
    )

    def merge(self, other: "TextCounts") -> None:
        """Adds what another has counted, which stays as it is."""
        for name in ("rows", "near_empty", "controls", "unigrams"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("lengths", "words", "units", "labels", "texts", "sample"):
            getattr(self, name).merge(getattr(other, name))
        for name in ("shortest", "longest", "most_controls"):
            getattr(self, name).merge(getattr(other, name))

    def compact(self) -> None:
        """Makes itself small, to be sent to another worker."""
        for part in (self.words, self.units, self.labels, self.texts, self.sample):
            part.compact()
        for ranked in (self.shortest, self.longest, self.most_controls):
            ranked.compact()


class LengthCounts:
    """How many texts have which length: exact, since lengths are few.

    Texts of n different lengths have n²/2 characters at least.
    """

    def __init__(self) -> None:
        self.values = np.empty(0, np.int64)
        self.counts = np.empty(0, np.int64)

    def add(self, values: np.ndarray, counts: np.ndarray) -> None:
        """Adds lengths, int64 `(any,)`, and how often each occurs, the same shape."""
        self.values, places = np.unique(np.concatenate([self.values, values]), return_inverse=True)
        summed = np.zeros(len(self.values), np.int64)
        np.add.at(summed, places, np.concatenate([self.counts, counts]))
        self.counts = summed

    def merge(self, other: "LengthCounts") -> None:
        """Adds the lengths of another."""
        self.add(other.values, other.counts)


class Counter:
    """Counts rows into `TextCounts`.

    Args:
        config: The tokenizer's.
    """

    def __init__(self, config: config_lib.TokenizerConfig) -> None:
        self._reader = words_lib.Reader(config)

    def count(self, rows: columns.Rows, counts: TextCounts) -> None:
        """Adds rows to counts."""
        if not len(rows.texts):
            return
        texts = rows.texts.to_numpy(zero_copy_only=False)
        read = self._reader.read(texts)
        signs, words = read.signs, read.words
        values, depths = signatures.of_words(read.folded)
        counts.rows += len(texts)
        counts.near_empty += int(signs.near_empty.sum())
        counts.controls += int((signs.controls > 0).sum())
        counts.lengths.add(signs.characters, np.ones(len(texts), np.int64))
        buckets = words.buckets[words.index]
        counts.unigrams += np.bincount(buckets, minlength=text_statistics.UNIGRAM_BUCKETS)
        counts.words.add(words, depths)
        if read.units is not words:
            counts.units.add(read.units, depths)
        _count_labels(rows.labels, counts)
        counts.texts.add(_entries(rows, texts, read.folded, values, depths))
        _rank(rows, signs, counts)


def _count_labels(labels: pa.Array, counts: TextCounts) -> None:
    counted = labels.drop_null().value_counts()
    values = counted.field("values")
    counts.labels.add(
        pa.table(
            {
                "depth": pa.array(hashing.depths(_hashes(values)), pa.uint8()),
                "value": values,
                "count": counted.field("counts"),
            }
        )
    )


def _entries(
    rows: columns.Rows,
    texts: np.ndarray,
    folded: words_lib.Words,
    values: np.ndarray,
    depths: np.ndarray,
) -> pa.Table:
    lengths = pc.binary_length(rows.origins)
    flat = pa.array(values.reshape(-1).view(np.uint8)).buffers()[1]
    signature = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(signatures.SIGNATURE_BYTES), len(texts), [None, flat]
    )
    hashes = folded.hashes[folded.index]
    return pa.table(
        {
            "fold": pa.array(hashing.sequences(hashes, folded.splits)),
            "label": rows.labels,
            "depth": pa.array(depths),
            "signature": signature,
            "count": pa.array(np.ones(len(texts), np.int64)),
            "first_length": lengths,
            "first": rows.origins,
            "last_length": lengths,
            "last": rows.origins,
            "shown": _beginnings(texts),
        },
        schema=distinct.SCHEMA,
    )


def _beginnings(texts: np.ndarray) -> pa.Array:
    """Cuts texts to what is shown of them; at the end of a character."""
    length = text_statistics.MAX_SHOWN_CHARACTERS
    return pa.array(tf.strings.substr(texts, 0, length, unit="UTF8_CHAR").numpy(), pa.binary())


def _rank(rows: columns.Rows, signs: words_lib.Signs, counts: TextCounts) -> None:
    """Offers the rows to the sample and to those that are shown."""
    together = pc.binary_join_element_wise(rows.origins, rows.texts, b"\0")
    drawn = (_hashes(together) >> np.uint64(1)).astype(np.int64)
    everywhere = np.full(len(drawn), True)
    for ranked, keys, of_rows in (
        (counts.sample, drawn, everywhere),
        (counts.shortest, signs.characters, signs.near_empty),
        (counts.longest, -signs.characters, everywhere),
        (counts.most_controls, -signs.controls, signs.controls > 0),
    ):
        _offer(ranked, rows, keys, of_rows)


def _offer(
    ranked: tables.FirstRows, rows: columns.Rows, keys: np.ndarray, of_rows: np.ndarray
) -> None:
    places = np.flatnonzero(of_rows)
    if not len(places):
        return
    places = places[ranked.may_enter(keys[places])]
    taken = pa.array(places)
    origins, texts = rows.origins.take(taken), rows.texts.take(taken)
    cut = [text[:MAX_SAMPLED_BYTES] for text in texts.to_pylist()]
    ranked.add(
        pa.table(
            {
                "key": pa.array(keys[places]),
                "origin_length": pc.binary_length(origins),
                "origin": origins,
                "text": pa.array(cut, pa.binary()),
                "bytes": pc.binary_length(texts).cast(pa.int64()),
            },
            schema=_RANKED,
        )
    )


def _hashes(values: pa.Array) -> np.ndarray:
    """Hashes binary values to uint64, evenly spread."""
    strings = tf.constant(values.to_numpy(zero_copy_only=False), tf.string)
    hashed = tf.strings.to_hash_bucket_fast(strings, 2**63 - 1).numpy()
    return hashing.mix(hashed.astype(np.uint64))
