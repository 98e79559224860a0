"""The data in short; the page of the data has more."""

from collections.abc import Iterable

from components.pages import spelling
from components.report import contents, parts
from schemas import features

MAX_LABELS = 20


def splits(found: contents.Contents) -> parts.Table:
    """Tells rows and lengths of each split."""
    rows = []
    for name in _order(found.text.splits):
        split = found.text.splits[name]
        rows.append(
            (
                name,
                f"{split.rows:,}",
                *(spelling.number(v) for v in (split.tokens.median, split.tokens.p95)),
                spelling.percent(split.truncated.fraction),
                spelling.percent(split.unknown_tokens.fraction),
            )
        )
    heads = ("Split", "rows", "tokens, median", "95 % at most", "cut", "unknown tokens")
    return parts.Table("Rows and texts of each split", heads, tuple(rows))


def labels(found: contents.Contents) -> parts.Table | None:
    """Tells how often each label stands in each split; None for data without labels."""
    names = _order(found.text.splits)
    counts = {name: found.text.splits[name].labels for name in names}
    listed = list(dict.fromkeys(label for each in counts.values() for label in each))
    if not listed:
        return None
    rows = [
        (label, *(_counted(counts[name].get(label, 0), counts[name]) for name in names))
        for label in listed[:MAX_LABELS]
    ]
    more = len(listed) - len(rows)
    caption = "Labels of each split" + (f"; {more:,} more are left out here" if more else "")
    return parts.Table(caption, ("Label", *names), tuple(rows))


def _order(names: Iterable[str]) -> list[str]:
    known = list(features.SPLITS)
    return sorted(names, key=lambda name: known.index(name) if name in known else len(known))


def _counted(count: int, counts: dict[str, int]) -> str:
    whole = sum(counts.values())
    return f"{count:,} ({spelling.percent(count / whole)})" if whole else parts.ABSENT
