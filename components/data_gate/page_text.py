"""Statistics of the texts as the page shows them: shares by split, overlaps, the worst rows."""

import dataclasses
from collections.abc import Sequence

from components.data_gate import page_bars, page_charts
from components.pages import spelling
from components.statistics import text_statistics
from schemas import features as feature_names

MAX_LABELS = 30
MAX_WORDS = 60
ABSENT = "–"

# Field of `SplitText`, its name, and what it says.
_SHARES = (
    ("near_empty", "Near-empty", "fewer than 2 letters or digits"),
    ("control_characters", "Control characters", "other than tab, line feed and return"),
    ("duplicates", "Duplicates", "the text, case and white space aside, stood before"),
    ("near_duplicates", "Near duplicates", "nearly like another of the split, duplicates too"),
    ("conflicts", "Conflicts", "the same text has another label elsewhere in the split"),
    ("truncated", "Truncated", "longer than the model's input, which cuts them"),
    ("unknown_tokens", "Unknown tokens", "of the tokens; not in the vocabulary learned from train"),
)
# Name of a figure, and its field of `Histogram`.
_LENGTHS = {"Mean": "mean", "Median": "median", "95\u00a0% at most": "p95", "Longest": "maximum"}


@dataclasses.dataclass(frozen=True)
class Measure:
    """A measure and its share in each split.

    Attributes:
        name: In words.
        meaning: What is counted.
        shares: For each split, as words.
    """

    name: str
    meaning: str
    shares: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Overlap:
    """A split's rows that another has, too, as words."""

    split: str
    other: str
    exact: str
    near: str


@dataclasses.dataclass(frozen=True)
class Rows:
    """Some rows of a split.

    Attributes:
        place: The split, or what else they have in common.
        share: How many there are in all, as words.
        rows: Some of them, the worst first.
    """

    place: str
    share: str
    rows: tuple[text_statistics.RowExample, ...]


@dataclasses.dataclass(frozen=True)
class Worst:
    """Rows that are worth a look for one reason."""

    reason: str
    places: tuple[Rows, ...]


@dataclasses.dataclass(frozen=True)
class Lengths:
    """Lengths of texts.

    Attributes:
        name: `Characters` or `Tokens`.
        meaning: How they are counted.
        facts: Name of a figure, and the figure for each split.
        histogram: None where no split has a row.
    """

    name: str
    meaning: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    histogram: page_charts.Histogram | None


def measures(texts: text_statistics.TextStatistics, splits: Sequence[str]) -> list[Measure]:
    """Tells each share for each split; a split without texts has none."""
    return [
        Measure(name, meaning, tuple(_spell(_share(texts, split, field)) for split in splits))
        for field, name, meaning in _SHARES
    ]


def overlaps(texts: text_statistics.TextStatistics) -> list[Overlap]:
    """Tells what the splits share."""
    return [
        Overlap(each.split, each.other, _spell(each.exact), _spell(each.near))
        for each in texts.overlaps
    ]


def worst(texts: text_statistics.TextStatistics, splits: Sequence[str]) -> list[Worst]:
    """Gathers the rows that measures and overlaps name; those that name none are left out."""
    found = [
        (name, [(split, _share(texts, split, field)) for split in splits])
        for field, name, _ in _SHARES
    ]
    found += [
        (f"{each.split} in {each.other}", [("same text", each.exact), ("nearly", each.near)])
        for each in texts.overlaps
    ]
    gathered = [
        Worst(
            reason,
            tuple(
                Rows(place, _spell(share), share.examples)
                for place, share in places
                if share and share.examples
            ),
        )
        for reason, places in found
    ]
    return [each for each in gathered if each.places]


def lengths(texts: text_statistics.TextStatistics, splits: Sequence[str]) -> list[Lengths]:
    """Draws the lengths in characters and in tokens."""
    return [
        _lengths(texts, splits, "characters", "Unicode code points of a text"),
        _lengths(
            *(texts, splits, "tokens"),
            "pieces of a text with [CLS] and [SEP], before truncation; of a sample of large data",
        ),
    ]


def labels(texts: text_statistics.TextStatistics, splits: Sequence[str]) -> page_bars.Bars:
    """Compares how often each label stands in each split."""
    counts = [texts.splits[split].labels if split in texts.splits else {} for split in splits]
    return page_bars.compare(counts, [sum(each.values()) for each in counts], MAX_LABELS)


def words(texts: text_statistics.TextStatistics) -> page_bars.Bars:
    """Takes the most frequent words of train, with their shares of all its words."""
    train = texts.splits.get(feature_names.TRAIN_SPLIT)
    if train is None:
        return page_bars.Bars((), 0)
    return page_bars.compare([train.top_words], [sum(train.unigrams)], MAX_WORDS)


def beginning(row: text_statistics.RowExample) -> str:
    """The row's text, with an ellipsis where the statistics have kept its beginning only."""
    cut = len(row.text) >= text_statistics.MAX_SHOWN_CHARACTERS and not row.text.endswith("…")
    return row.text + "…" if cut else row.text


def _share(
    texts: text_statistics.TextStatistics, split: str, field: str
) -> text_statistics.Share | None:
    return getattr(texts.splits[split], field) if split in texts.splits else None


def _spell(share: text_statistics.Share | None) -> str:
    if share is None or not share.total:
        return ABSENT
    part = f" ({spelling.percent(share.fraction)})" if share.count else ""
    return spelling.count(share.count) + part


def _lengths(
    texts: text_statistics.TextStatistics, splits: Sequence[str], field: str, meaning: str
) -> Lengths:
    found = {
        split: getattr(texts.splits[split], field)
        for split in splits
        if split in texts.splits and texts.splits[split].rows
    }
    distributions = [
        page_charts.Distribution(split, each.edges, each.counts, each.median)
        for split, each in found.items()
    ]
    facts = tuple(
        (
            name,
            tuple(
                spelling.number(getattr(found[split], figure)) if split in found else ABSENT
                for split in splits
            ),
        )
        for name, figure in _LENGTHS.items()
    )
    drawn = page_charts.histogram(distributions, field)
    return Lengths(field.capitalize(), meaning, facts, drawn)
