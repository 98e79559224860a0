"""Data of two runs in a diff: rows, files, columns and texts."""

import typing
from collections.abc import Iterator, Sequence

from pipeline import console_text
from pipeline.lineage_commands import asking

if typing.TYPE_CHECKING:
    from components.data_gate import distances
    from components.ingest import origins
    from pipeline.lineage.diff import changes
    from pipeline.lineage.diff import rows as rows_lib
    from pipeline.lineage.diff import statistics as statistics_lib
    from pipeline.lineage.diff import texts as texts_lib

_MAX_SHOWN = 10  # files of a kind, columns
_MORE = "; --json has all"
_MISSING, _LENGTH = "missing", "mean tokens"


def rows(found: "Sequence[changes.Change]") -> Iterator[str]:
    """Yields the rows of each split, those read, and those put aside."""
    if not found:
        return
    counted = [(each.name, _count(each.old), _count(each.new), _more_rows(each)) for each in found]
    yield from asking.table([("rows", "A", "B", "B - A"), *counted], right=(1, 2, 3))


def files(found: "rows_lib.Files") -> Iterator[str]:
    """Yields files that are new, gone, changed or moved."""
    yield f"Files  {found.kept:,} the same"
    told: list[tuple[str, ...]] = []
    for name, alone in (("added", found.added), ("gone", found.gone)):
        told += [(name, each.path, _file(each)) for each in alone[:_MAX_SHOWN]]
        told += _more(name, len(alone))
    for name, pairs in (("changed", found.changed), ("moved", found.moved)):
        told += [
            (name, new.path, f"{_file(old)} → {_file(new)}" if name == "changed" else old.path)
            for old, new in pairs[:_MAX_SHOWN]
        ]
        told += _more(name, len(pairs))
    yield from asking.table(told, right=())


def statistics(found: "statistics_lib.Statistics") -> Iterator[str]:
    """Yields columns that are new, gone, or distributed otherwise by more than chance."""
    yield from _titled("Columns", list(_columns(found)))


def texts(found: "Sequence[texts_lib.Texts]") -> Iterator[str]:
    """Yields how the texts of each split differ."""
    if found:
        yield from _titled("Texts", list(_texts(found)))


def _titled(title: str, found: Sequence[str]) -> Iterator[str]:
    """Yields lines below their title, or a single one beside it."""
    if len(found) < 2:
        told = found[0].strip() if found else f"other by less than is shown here{_MORE}"
        yield f"{title}  {told}"
    else:
        yield title
        yield from found


def _columns(found: "statistics_lib.Statistics") -> Iterator[str]:
    for name, columns in (("added", found.added), ("gone", found.gone)):
        if columns:
            yield f"  {name}: {', '.join(columns)}"
    apart = [
        (f"{each.split} {each.name}", each.distance) for each in found.columns if each.distance
    ]
    yield from _drift("column", apart)
    for column in found.columns:
        for change in column.numbers:
            if change.name == _MISSING and (told := _share(change)):
                yield f"  {column.split} {column.name}: {told}"


def _texts(found: "Sequence[texts_lib.Texts]") -> Iterator[str]:
    yield from _drift("words", [(each.split, each.words) for each in found if each.words])
    for each in found:
        lengths = [_length(change) for change in each.lengths if change.name == _LENGTH]
        numbers = [told for told in (*lengths, *map(_share, each.shares)) if told]
        if numbers:
            yield f"  {each.split}: {', '.join(numbers)}"


def _drift(title: str, found: "Sequence[tuple[str, distances.Distance]]") -> Iterator[str]:
    """Yields what is further apart than chance makes samples of one distribution."""
    beyond = [each for each in found if each[1].value > each[1].allowance]
    beyond.sort(key=lambda each: each[1].allowance - each[1].value)
    if beyond:
        head = (title, "distance", "by chance", "moved most")
        table = [
            (name, f"{each.value:.4f}", f"{each.allowance:.4f}", each.detail)
            for name, each in beyond[:_MAX_SHOWN]
        ]
        yield from asking.table([head, *table], right=(1, 2))
    if len(beyond) > _MAX_SHOWN:
        yield f"  and {len(beyond) - _MAX_SHOWN:,} more{_MORE}"
    within = [name for name, each in found if each.value <= each.allowance]
    if within:
        more = f" and {len(within) - _MAX_SHOWN:,} more" if len(within) > _MAX_SHOWN else ""
        yield f"  no further apart than by chance: {', '.join(within[:_MAX_SHOWN])}{more}"


def _length(change: "changes.Change") -> str:
    return f"{change.name} {change.old or 0.0:,.1f} → {change.new or 0.0:,.1f}"


def _share(change: "changes.Change") -> str:
    """Spells a share; empty where one does not see that it is another."""
    old, new = _percent(change.old), _percent(change.new)
    return "" if old == new else f"{change.name} {old} → {new}"


def _percent(share: float | None) -> str:
    return asking.NOTHING if share is None else f"{100 * share:.1f} %"


def _count(count: int | None) -> str:
    return asking.NOTHING if count is None else f"{count:,}"


def _more_rows(change: "changes.Change") -> str:
    more = (change.new or 0) - (change.old or 0)
    return f"{more:+,}" if more else "0"


def _file(origin: "origins.Origin") -> str:
    rows_of = console_text.count(origin.rows, "row")
    return f"{rows_of}, {console_text.size(origin.bytes)}"


def _more(name: str, count: int) -> list[tuple[str, ...]]:
    left = count - _MAX_SHOWN
    return [(name, f"{left:,} more{_MORE}")] if left > 0 else []
