"""How often each word occurs, or whatever else a text is cut into."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from components.statistics import tables
from components.statistics import words as words_lib
from components.transform import vocabulary

# Entries, each a unit at a depth of texts; beyond, a sample of the texts is counted.
MAX_ENTRIES = 1_000_000
_DEPTHS = 65  # 0 to 64


@dataclasses.dataclass
class UnitCounts:
    """Units and how often each occurs; counts that merge.

    Attributes:
        total: How many units there were.
        long: Those of them that are too long to be learned, `vocabulary.MAX_WORD_BYTES`.
        long_bytes: Bytes of these.
        table: The others.
    """

    total: int = 0
    long: int = 0
    long_bytes: int = 0
    table: tables.SampledCounts = dataclasses.field(
        default_factory=lambda: tables.SampledCounts(MAX_ENTRIES)
    )

    def merge(self, other: "UnitCounts") -> None:
        """Adds what another has counted, which stays as it is."""
        self.total += other.total
        self.long += other.long
        self.long_bytes += other.long_bytes
        self.table.merge(other.table)

    def compact(self) -> None:
        """Makes itself small, to be sent to another worker."""
        self.table.compact()

    def add(self, words: words_lib.Words, depths: np.ndarray) -> None:
        """Counts the units of texts.

        Args:
            words: The units.
            depths: By which texts are sampled, uint8 `(rows,)`.
        """
        unique = pa.array(words.unique, pa.binary())
        lengths = pc.binary_length(unique).to_numpy(zero_copy_only=False)
        often = np.bincount(words.index, minlength=len(lengths))
        is_long = lengths > vocabulary.MAX_WORD_BYTES
        self.total += len(words.index)
        self.long += int(often[is_long].sum())
        self.long_bytes += int((often * lengths)[is_long].sum())
        depth_of = np.repeat(depths, np.diff(words.splits)).astype(np.int64)
        pairs, counts = np.unique(words.index * _DEPTHS + depth_of, return_counts=True)
        is_kept = ~is_long[pairs // _DEPTHS]
        pairs, counts = pairs[is_kept], counts[is_kept]
        self.table.add(
            pa.table(
                {
                    "depth": pa.array((pairs % _DEPTHS).astype(np.uint8)),
                    "value": unique.take(pa.array(pairs // _DEPTHS)),
                    "count": pa.array(counts, pa.int64()),
                }
            )
        )
