"""Counts to `TextStatistics`: shares, histograms, and the rows that are named."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from components.statistics import alike, counting, text_statistics, tokens
from components.statistics import settings as settings_lib
from components.transform import config as config_lib
from schemas import features

# The same for all data, so that two histograms can be compared: each half an octave, roughly.
_EDGES = np.unique(
    np.concatenate([[0], 2 ** np.arange(40), 3 * 2 ** np.arange(38)]).astype(np.int64)
)
_OVERLAPS = (
    (features.EVAL_SPLIT, features.TRAIN_SPLIT),
    (features.TEST_SPLIT, features.TRAIN_SPLIT),
    (features.TEST_SPLIT, features.EVAL_SPLIT),
)


def summarize(
    counts: dict[str, counting.TextCounts], settings: settings_lib.TextSettings
) -> text_statistics.TextStatistics:
    """Sums up what was counted.

    Args:
        counts: Split to its counts.
        settings: How texts become tokens.

    Returns:
        All splits, and the overlaps of those of train, eval and test that there are. Where texts
        were sampled, shares are those of the sample.
    """
    config = settings.tokenizer_config
    # Which labels another split lacks can only be told where the same ones were counted.
    for split in counts.values():
        split.compact()
    depth = max((split.labels.depth for split in counts.values()), default=0)
    for split in counts.values():
        split.labels.sample(depth)
    train = counts.get(features.TRAIN_SPLIT, counting.TextCounts())
    count_pieces = tokens.learn(train, config)
    marks = 1 + len(settings.text_features)
    return text_statistics.TextStatistics(
        splits={
            name: _split(split, tokens.count(split, count_pieces, config, marks), config)
            for name, split in counts.items()
        },
        overlaps=tuple(
            alike.overlap((split, counts[split].texts), (other, counts[other].texts))
            for split, other in _OVERLAPS
            if split in counts and other in counts
        ),
    )


def _split(
    counts: counting.TextCounts,
    split_tokens: tokens.SplitTokens,
    config: config_lib.TokenizerConfig,
) -> text_statistics.SplitText:
    words = counts.words.table.most_frequent()
    same = alike.within(counts.texts)
    return text_statistics.SplitText(
        rows=counts.rows,
        characters=_characters(counts.lengths),
        tokens=_tokens(split_tokens),
        near_empty=_share(counts.near_empty, counts.rows, counts.shortest.rows(), "character"),
        control_characters=_share(
            counts.controls, counts.rows, counts.most_controls.rows(), "control character"
        ),
        duplicates=same.duplicates,
        near_duplicates=same.near_duplicates,
        conflicts=same.conflicts,
        truncated=_truncated(counts, split_tokens, config),
        unknown_tokens=_unknown(counts, split_tokens),
        labels=_counted(counts.labels.most_frequent(), 0),
        unigrams=tuple(counts.unigrams.tolist()),
        top_words=_counted(words.slice(0, text_statistics.MAX_TOP_WORDS), counts.words.table.depth),
    )


def _counted(table: pa.Table, depth: int) -> dict[str, int]:
    """Turns a table into counts; one text counted stands for 2^depth."""
    values = [value.decode("utf-8", "replace") for value in table["value"].to_pylist()]
    return dict(zip(values, pc.multiply(table["count"], 1 << depth).to_pylist(), strict=True))


def _share(count: int, total: int, rows: pa.Table, noun: str) -> text_statistics.Share:
    """Makes a share whose rows' keys are how many of something each has."""
    numbers = np.abs(rows["key"].to_numpy())
    return text_statistics.Share(count, total, _named(rows, _notes(numbers, noun)))


def _notes(numbers: np.ndarray, noun: str) -> list[str]:
    return [f"{number:,} {noun}{'' if number == 1 else 's'}" for number in numbers.tolist()]


def _named(rows: pa.Table, notes: list[str]) -> tuple[text_statistics.RowExample, ...]:
    return tuple(
        alike.example(origin, text, note)
        for origin, text, note in zip(
            rows["origin"].to_pylist(), rows["text"].to_pylist(), notes, strict=True
        )
    )


def _truncated(
    counts: counting.TextCounts,
    split_tokens: tokens.SplitTokens,
    config: config_lib.TokenizerConfig,
) -> text_statistics.Share:
    """Counts the sampled texts that are cut; the longest of all are named."""
    order = np.argsort(-split_tokens.longest, kind="stable")
    order = order[split_tokens.longest[order] > config.max_length]
    notes = _notes(split_tokens.longest[order], "token")
    return text_statistics.Share(
        count=int((split_tokens.sample > config.max_length).sum()),
        total=len(split_tokens.sample),
        examples=_named(counts.longest.rows().take(pa.array(order)), notes),
    )


def _unknown(
    counts: counting.TextCounts, split_tokens: tokens.SplitTokens
) -> text_statistics.Share:
    """Shares out all tokens; the sampled texts with most unknown ones are named."""
    unknown = split_tokens.sample_unknown
    order = np.argsort(-unknown, kind="stable")[: text_statistics.MAX_EXAMPLES]
    order = order[unknown[order] > 0]
    notes = _notes(unknown[order], "unknown token")
    return text_statistics.Share(
        count=split_tokens.unknown,
        total=split_tokens.pieces,
        examples=_named(counts.sample.rows().take(pa.array(order)), notes),
    )


def _characters(lengths: counting.LengthCounts) -> text_statistics.Histogram:
    total = int(lengths.counts.sum())
    mean = float((lengths.values * lengths.counts).sum() / total) if total else 0.0
    return _histogram(lengths.values, lengths.counts, mean)


def _tokens(split_tokens: tokens.SplitTokens) -> text_statistics.Histogram:
    """Makes the histogram of the sampled texts; the mean and the maximum are those of all."""
    values, counts = np.unique(split_tokens.sample, return_counts=True)
    histogram = _histogram(values, counts, split_tokens.mean)
    longest = float(max(split_tokens.longest.max(initial=0), histogram.maximum))
    return text_statistics.Histogram(
        histogram.edges, histogram.counts, histogram.mean, histogram.median, histogram.p95, longest
    )


def _histogram(values: np.ndarray, counts: np.ndarray, mean: float) -> text_statistics.Histogram:
    """Makes a histogram of rising whole numbers and how often each occurs."""
    maximum = int(values.max(initial=0))
    edges = _EDGES[: int(np.searchsorted(_EDGES, maximum, side="right")) + 1]
    binned, _ = np.histogram(values, edges, weights=counts)
    return text_statistics.Histogram(
        edges=tuple(edges.astype(float).tolist()),
        counts=tuple(binned.astype(int).tolist()),
        mean=mean,
        median=_quantile(values, counts, 0.5),
        p95=_quantile(values, counts, 0.95),
        maximum=float(maximum),
    )


def _quantile(values: np.ndarray, counts: np.ndarray, share: float) -> float:
    """Returns the smallest value that at least this share of all do not exceed; 0 of none."""
    if not len(values):
        return 0.0
    reached = np.cumsum(counts)
    return float(values[np.searchsorted(reached, share * reached[-1])])
