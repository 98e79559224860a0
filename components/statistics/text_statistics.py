"""What is counted of texts, beyond TFDV's statistics, and how it is written.

All of it is plain data: the gate judges it, the page shows it, and the next run compares with it.
TFX is imported only to find the file, wherever it lies.
"""

import dataclasses
import json
import os
from typing import Any

FILE_NAME = "text_statistics.json"
MAX_EXAMPLES = 10  # rows named for each finding
MAX_SHOWN_CHARACTERS = 200  # of a text
UNIGRAM_BUCKETS = 4096
MAX_TOP_WORDS = 2000


@dataclasses.dataclass(frozen=True)
class RowExample:
    """A row, named.

    Attributes:
        origin: Its place, `reviews.csv:17`.
        text: The beginning of its text.
        note: What is remarkable about it: `also reviews.csv:3`, `like reviews.csv:3`, `812 tokens`,
            `positive; negative in reviews.csv:3`.
    """

    origin: str
    text: str
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Share:
    """How many of how many, and which.

    Attributes:
        count: Rows (or tokens) that it is true of.
        total: Rows (or tokens) that were looked at.
        examples: Some of them, at most `MAX_EXAMPLES`, the worst first.
    """

    count: int
    total: int
    examples: tuple[RowExample, ...] = ()

    @property
    def fraction(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0


@dataclasses.dataclass(frozen=True)
class Histogram:
    """A distribution of whole numbers.

    Attributes:
        edges: Left edges of the buckets, rising, and the right edge of the last.
        counts: One fewer than edges.
        mean, median, p95, maximum: Of the numbers themselves.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    mean: float
    median: float
    p95: float
    maximum: float


@dataclasses.dataclass(frozen=True)
class SplitText:
    """The texts of one split.

    Attributes:
        rows: How many there are.
        characters: Lengths in Unicode code points.
        tokens: Lengths in tokens, marks included, before truncation; of up to 5,000 texts, but the
            mean is that of all, and the maximum that of the ten with most characters as well.
        near_empty: Rows with fewer than 2 letters or digits.
        control_characters: Rows with a control character other than tab, line feed and return.
        duplicates: Rows whose text, case and white space folded, stood in the split before. These
            and the next two are of a sample where there are more than a million texts.
        near_duplicates: Rows nearly like another of the split, see `neighbours.py`; those that
            stand twice are among them.
        conflicts: Rows whose text, folded, has another label elsewhere in the split.
        truncated: Rows longer than the tokenizer's `max_length`; of the texts of `tokens`.
        unknown_tokens: Tokens that the vocabulary learned from train does not know.
        labels: Label to its rows, most frequent first.
        unigrams: Words counted by hash, `UNIGRAM_BUCKETS` buckets.
        top_words: The most frequent words with their counts, at most `MAX_TOP_WORDS`.
    """

    rows: int
    characters: Histogram
    tokens: Histogram
    near_empty: Share
    control_characters: Share
    duplicates: Share
    near_duplicates: Share
    conflicts: Share
    truncated: Share
    unknown_tokens: Share
    labels: dict[str, int]
    unigrams: tuple[int, ...]
    top_words: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Overlap:
    """Texts of one split that another has, too.

    Attributes:
        split: Whose rows are counted.
        other: Where their likes stand.
        exact: Rows of `split` whose text, case and white space folded, stands in `other`.
        near: Rows of `split` nearly like one of `other`; the exact ones are among them.
    """

    split: str
    other: str
    exact: Share
    near: Share


@dataclasses.dataclass(frozen=True)
class TextStatistics:
    """All splits, and what they share: eval in train, test in train, test in eval."""

    splits: dict[str, SplitText]
    overlaps: tuple[Overlap, ...]

    def to_json(self) -> str:
        """Renders the statistics."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> "TextStatistics":
        """Reads the statistics back."""
        values: dict[str, Any] = json.loads(text)
        return cls(
            splits={name: _split(split) for name, split in values["splits"].items()},
            overlaps=tuple(_overlap(overlap) for overlap in values["overlaps"]),
        )


def write(directory: str, statistics: TextStatistics) -> None:
    """Writes the statistics into a directory."""
    from tfx.dsl.io import fileio

    path = os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
    with fileio.open(path, "w") as file:
        file.write(statistics.to_json())


def read(directory: str) -> TextStatistics:
    """Reads the statistics of a directory."""
    from tfx.dsl.io import fileio

    path = os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
    with fileio.open(path, "r") as file:
        return TextStatistics.from_json(file.read())


_HISTOGRAMS = ("characters", "tokens")
_SHARES = (
    *("near_empty", "control_characters", "duplicates", "near_duplicates", "conflicts"),
    *("truncated", "unknown_tokens"),
)


def _split(values: dict[str, Any]) -> SplitText:
    read_as: dict[str, Any] = {name: _histogram(values[name]) for name in _HISTOGRAMS}
    read_as |= {name: _share(values[name]) for name in _SHARES}
    return SplitText(**{**values, **read_as, "unigrams": tuple(values["unigrams"])})


def _overlap(values: dict[str, Any]) -> Overlap:
    return Overlap(**{**values, "exact": _share(values["exact"]), "near": _share(values["near"])})


def _share(values: dict[str, Any]) -> Share:
    return Share(**{**values, "examples": tuple(RowExample(**row) for row in values["examples"])})


def _histogram(values: dict[str, Any]) -> Histogram:
    read_as = {"edges": tuple(values["edges"]), "counts": tuple(values["counts"])}
    return Histogram(**{**values, **read_as})
