"""Checks of shares: of texts that are odd, alike, leaked, too long or unknown."""

import dataclasses
import heapq
from collections.abc import Iterator, Sequence

from components.data_gate import chance, outcome, wording
from components.data_gate import config as config_lib
from components.statistics import text_statistics
from schemas import features


@dataclasses.dataclass(frozen=True)
class Part:
    """A share that is above its limit.

    Attributes:
        whose: What it is a share of: `test rows`.
        share: Itself.
    """

    whose: str
    share: text_statistics.Share


# Field of SplitText that a check judges in every split, and what is true of those rows.
OF_ROWS = {
    "near_empty": ("near_empty", "have fewer than 2 letters or digits"),
    "control_characters": ("control_characters", "have control characters"),
    "duplicates": ("duplicates", "repeat a text of their split"),
    "near_duplicates": ("near_duplicates", "are nearly like another of their split"),
    "conflicts": ("conflicts", "have a text that stands under another label, too"),
    "truncation": ("truncated", "are longer than `tokenizer.max_length`, and lose their ends"),
}


def rows(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges a share of each split's rows."""
    field, predicate = OF_ROWS[name]
    shares = ((f"{split} rows", getattr(text, field)) for split, text in data.text.splits.items())
    return _judge(name, shares, predicate, check)


def leakage(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges the share of eval's and test's rows whose texts stand in train, too."""
    shares = ((f"{over.split} rows", over.exact) for over in _with_train(data))
    return _judge(name, shares, "stand in train, too", check)


def near_leakage(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges the share of eval's and test's rows nearly like one of train."""
    shares = ((f"{over.split} rows", over.near) for over in _with_train(data))
    return _judge(name, shares, "are nearly like a text of train", check)


def unknown_tokens(
    name: str, data: outcome.Data, check: config_lib.FractionCheck
) -> outcome.Outcome:
    """Judges the share of eval's tokens that the vocabulary does not know."""
    split = data.text.splits.get(features.EVAL_SPLIT)
    if split is None:
        return outcome.NotChecked(f"there is no {features.EVAL_SPLIT} split")
    share = (f"{features.EVAL_SPLIT} tokens", split.unknown_tokens)
    return _judge(name, iter([share]), "are unknown to the vocabulary", check)


def label_balance(
    name: str, data: outcome.Data, check: config_lib.FractionCheck
) -> outcome.Outcome:
    """Judges the share of train's most frequent label."""
    split = data.text.splits.get(features.TRAIN_SPLIT)
    if split is None or not split.labels:
        return outcome.NotChecked("there are no labels")
    label = max(split.labels, key=lambda label: split.labels[label])
    share = text_statistics.Share(split.labels[label], sum(split.labels.values()))
    whose = f"{features.TRAIN_SPLIT} rows"
    return _judge(name, iter([(whose, share)]), f"have the label {wording.shown(label)}", check)


def _with_train(data: outcome.Data) -> Iterator[text_statistics.Overlap]:
    return (over for over in data.text.overlaps if over.other == features.TRAIN_SPLIT)


def _judge(
    name: str,
    shares: Iterator[tuple[str, text_statistics.Share]],
    predicate: str,
    check: config_lib.FractionCheck,
) -> outcome.Outcome:
    """Makes one violation of all shares above the limit, the largest first."""
    parts = [Part(whose, share) for whose, share in shares if _is_above(share, check.limit)]
    if not parts:
        return ()
    parts.sort(key=lambda part: part.share.fraction, reverse=True)
    allowance = min(chance.of_share(check.limit, part.share.total) for part in parts)
    whose = wording.listed(_spell(part, check.limit) for part in parts)
    return (
        outcome.Violation(
            message=f"{whose} {predicate}; {wording.at_most(check.limit, allowance)}",
            remedy=wording.set_limit(name, parts[0].share.fraction),
            rows=_worst([part.share.examples for part in parts]),
        ),
    )


def _is_above(share: text_statistics.Share, limit: float) -> bool:
    if not share.total:
        return False
    return share.fraction > limit + chance.of_share(limit, share.total)


def _spell(part: Part, limit: float) -> str:
    share = part.share
    fraction = wording.percent(share.fraction, unlike=limit)
    return f"{fraction} of {part.whose} ({share.count:,} of {share.total:,})"


def _worst(
    examples: Sequence[Sequence[text_statistics.RowExample]],
) -> tuple[text_statistics.RowExample, ...]:
    """Takes the worst rows of each part in turn, as many as a finding names."""
    ranked = [(rank, i, row) for i, rows in enumerate(examples) for rank, row in enumerate(rows)]
    worst = heapq.nsmallest(text_statistics.MAX_EXAMPLES, ranked, key=lambda entry: entry[:2])
    return tuple(row for _, _, row in worst)
