"""What csv and tsv share: a header, and records of as many fields as it has."""

from collections.abc import Iterator, Sequence

from components.ingest import columns as columns_lib
from components.ingest.rows import header as header_lib
from components.ingest.rows import row as row_lib
from schemas import errors

# Line at which a record begins, its raw lines, and its fields, each bytes read as Latin-1, or why
# it has none. The raw lines are only valid until the next record is asked for.
Record = tuple[int, Sequence[bytes], list[str] | str]


def rows(
    records: Iterator[Record],
    path: str,
    columns: columns_lib.Columns,
    header: tuple[str, ...] | None,
) -> Iterator[row_lib.Row | row_lib.BadRow]:
    """Makes rows of records.

    A line of white space alone is none. This loop is what reading a large table costs most, so
    that it calls nothing for a value that is ASCII text, as most are.

    Args:
        records: All records of the file.
        path: Its name, for messages.
        columns: The wanted columns.
        header: Names of the columns; None where the first record that is not blank has them.

    Raises:
        DataError: If the header cannot be read, or a wanted column is not in it exactly once.
    """
    names = _header(records, path) if header is None else header
    width = len(names)
    wanted = _wanted(names, path, columns)
    for line, raw, fields in records:
        if isinstance(fields, str):
            yield row_lib.BadRow(line, fields, b"".join(raw))
            continue
        if len(fields) != width:
            if len(fields) > 1 or not _is_blank(raw):
                reason = f"must have {width} fields, as the header has. Received: {len(fields)}"
                yield row_lib.BadRow(line, reason, b"".join(raw))
            continue
        values: dict[str, row_lib.Value] = {}
        try:
            for feature, position, column, is_text in wanted:
                field = fields[position]
                if is_text and field.isascii() and field.strip():
                    values[feature] = field.encode()
                else:
                    values[feature] = row_lib.value_of(column, field.encode("latin-1"))
            if columns.task is not None:
                row_lib.judge(values, columns)
        except row_lib.RuleError as error:
            if width > 1 or not _is_blank(raw):
                yield row_lib.BadRow(line, str(error), b"".join(raw))
        else:
            yield row_lib.Row(line, values)


def _is_blank(raw: Sequence[bytes]) -> bool:
    return len(raw) == 1 and not raw[0].strip()


def _header(records: Iterator[Record], path: str) -> tuple[str, ...]:
    name = row_lib.name_of(path)
    for _, raw, fields in records:
        if isinstance(fields, str):
            raise errors.DataError(f"{name}: the header {fields}")
        if len(fields) > 1 or not _is_blank(raw):
            try:
                return tuple(
                    row_lib.text_of(field.encode("latin-1"), f"column {number} of the header")
                    for number, field in enumerate(fields, start=1)
                )
            except row_lib.RuleError as error:
                raise errors.DataError(f"{name}: {error}") from error
    raise errors.DataError(f"{name}: must have a header and rows. Received: no text")


def _wanted(
    names: Sequence[str], path: str, columns: columns_lib.Columns
) -> list[tuple[str, int, columns_lib.Column, bool]]:
    header_lib.check(names, path, columns)
    return [
        (feature, names.index(column.name), column, column.kind == "text")
        for feature, column in columns.by_feature.items()
    ]
