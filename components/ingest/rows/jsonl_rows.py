"""Rows of jsonl files: one JSON object a line, whose numbers stay as they are spelled."""

import json
import typing
from collections.abc import Iterator

from components.ingest import columns as columns_lib
from components.ingest import settings
from components.ingest.rows import lines as lines_lib
from components.ingest.rows import row


class _Object(list[tuple[str, typing.Any]]):
    """An object as its pairs, so that a key that stands in it twice is seen."""


# A label of 1 and one of 1.0 stay what they are. Then NaN and the infinities, which Python reads
# beyond the standard, are all the floats that there are.
_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_int=str, parse_float=str)


def read(
    stream: typing.BinaryIO, path: str, columns: columns_lib.Columns, dialect: settings.Dialect
) -> Iterator[row.Row | row.BadRow]:
    """Yields the rows of a file of JSON Lines; a line of white space alone is none.

    Strings, numbers and booleans are taken; anything may stand under keys that are not wanted.

    Args:
        stream: The file, opened for reading.
        path: Its name, for messages.
        columns: The wanted keys.
        dialect: Not needed.

    Raises:
        DataError: If the file is no text.
    """
    wanted = list(columns.by_feature.items())
    for number, line in enumerate(lines_lib.read(stream, path), start=1):
        if isinstance(line, lines_lib.Cut):
            yield row.BadRow(number, line.reason, line.head)
        elif not line.isspace():
            try:
                fields = _fields(line, columns)
                values = {feature: _value(column, fields) for feature, column in wanted}
                row.judge(values, columns)
            except row.RuleError as error:
                yield row.BadRow(number, str(error), line)
            else:
                yield row.Row(number, values)


def _fields(line: bytes, columns: columns_lib.Columns) -> dict[str, typing.Any]:
    pairs = _parse(line)
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        for column in columns.by_feature.values():
            if (count := names.count(column.name)) > 1:
                raise row.RuleError(f"must have `{column.name}` once. Received: it {count} times")
    return fields


def _parse(line: bytes) -> _Object:
    rule = "must be a JSON object"
    try:
        parsed = _DECODER.decode(row.text_of(line, "the line"))
    except json.JSONDecodeError as error:
        raise row.RuleError(
            f"{rule}. Received: {row.shown(line)} ({error.msg} at {error.pos:,})"
        ) from error
    except RecursionError as error:
        raise row.RuleError(f"{rule}. Received: {row.shown(line)}, nested too deep") from error
    if not isinstance(parsed, _Object):
        raise row.RuleError(f"{rule}. Received: {row.shown(line)}")
    return parsed


def _value(column: columns_lib.Column, fields: dict[str, typing.Any]) -> row.Value:
    value = fields.get(column.name)
    if isinstance(value, str):
        if column.kind == "text" and value.isascii() and value.strip():
            return value.encode()
        return row.value_of(column, _utf_8(column.name, value))
    if isinstance(value, bool):
        return row.value_of(column, b"true" if value else b"false")
    if value is None:
        received = ". Received: null" if column.name in fields else ""
        raise row.RuleError(f"no `{column.name}`{received}")
    rule = "a number" if column.kind == "number" else "a string, a number or a boolean"
    raise row.RuleError(f"`{column.name}` must be {rule}. Received: {_kind(value)}")


def _kind(value: typing.Any) -> str:
    if isinstance(value, float):
        return json.dumps(value)
    return "an object" if isinstance(value, _Object) else "an array"


def _utf_8(name: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise row.RuleError(
            f"`{name}` must be Unicode text. Received: half of a surrogate pair, "
            f"\\u{ord(text[error.start]):04x}, at {error.start:,}"
        ) from error
