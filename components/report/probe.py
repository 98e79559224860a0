"""What the probe has tried: rows in every way to ask, hostile rows, and how long answers take."""

import dataclasses

from components.pages import spelling
from components.probe import outcome
from components.report import parts


@dataclasses.dataclass(frozen=True)
class Section:
    """What the page shows of a probe.

    Attributes:
        findings: What keeps the model from being pushed.
        tables: What was tried and how it came out; those without rows are left out.
    """

    findings: tuple[str, ...]
    tables: tuple[parts.Table, ...]


def build(found: outcome.Outcome) -> Section:
    """Shows what a probe has come to."""
    tables = (_facts(found), _agreements(found), _hostile(found))
    return Section(
        findings=tuple(each.message for each in found.findings),
        tables=tuple(table for table in tables if table.rows),
    )


def _facts(found: outcome.Outcome) -> parts.Table:
    rows = []
    if found.load_seconds is not None:
        rows.append(("loading", parts.duration(found.load_seconds)))
    if found.latency:
        calls = spelling.plural(found.latency.calls, "call")
        rows.append((f"half of {calls} at batch 1", parts.milliseconds(found.latency.p50_seconds)))
        limit = "" if found.max_p95_ms is None else f", at most {found.max_p95_ms:g} ms asked for"
        rows.append(("95 in 100", parts.milliseconds(found.latency.p95_seconds) + limit))
    if found.called:
        rows.append(("also called", ", ".join(found.called)))
    if found.not_called:
        rows.append(("not called, inputs unknown", ", ".join(found.not_called)))
    if found.warmup:
        rows.append(("requests to warm a server up", f"{found.warmup}"))
    caption = "The model in a process of its own, without this project"
    return parts.Table(caption, ("What", "came"), tuple(rows), texts=(0, 1))


def _agreements(found: outcome.Outcome) -> parts.Table:
    rows = tuple(
        (
            f"{each.signature}, batch {each.batch_size}",
            each.reference,
            f"{each.rows:,}",
            f"{each.largest:.1e}",
            f"{each.ties:,}",
            f"{each.differences:,}",
        )
        for each in found.agreements
    )
    caption = (
        "Rows of the test split, asked in every way: how far apart answers that agree are at most, "
        "as a share of the number or of the spread of such numbers, of which "
        f"{found.tolerance:g} is allowed"
    )
    heads = ("Asked", "beside", "rows", "apart", "near ties", "differ")
    return parts.Table(caption, heads, rows, texts=(0, 1))


def _hostile(found: outcome.Outcome) -> parts.Table:
    signatures = list(dict.fromkeys(each.signature for each in found.hostile))
    came = {(each.row, each.signature): _came(each) for each in found.hostile}
    names = dict.fromkeys(each.row for each in found.hostile)
    rows = tuple(
        (name, *(came.get((name, signature), parts.ABSENT) for signature in signatures))
        for name in names
    )
    caption = "Hostile rows, alone and beside a good one, whose answer is not to change"
    return parts.Table(caption, ("Row", *signatures), rows, tuple(range(1 + len(signatures))))


def _came(each: outcome.Hostile) -> str:
    return f"{each.came}: {each.detail}" if each.detail else each.came
