"""The one rule for the columns that a file has, whatever its format."""

from collections.abc import Sequence

from components.ingest import columns as columns_lib
from components.ingest.rows import row as row_lib
from schemas import errors

_MAX_SHOWN_COLUMNS = 12


def check(names: Sequence[str], path: str, columns: columns_lib.Columns) -> None:
    """Checks that each wanted column is among those that a file has, once.

    Raises:
        DataError: If one is missing, or two have its name.
    """
    name = row_lib.name_of(path)
    for column in columns.by_feature.values():
        count = names.count(column.name)
        if count == 0:
            raise errors.DataError(
                f"{name}: must have the column {row_lib.shown(column.name)}. "
                f"Received: {_listed(names)}"
            )
        if count > 1:
            raise errors.DataError(
                f"{name}: must have the column {row_lib.shown(column.name)} once. "
                f"Received: it {count} times in {_listed(names)}"
            )


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(map(row_lib.shown, names[:_MAX_SHOWN_COLUMNS]))
    more = len(names) - _MAX_SHOWN_COLUMNS
    return f"{listed}, and {more} more" if more > 0 else listed or "no columns"
