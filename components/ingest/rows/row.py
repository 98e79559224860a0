"""What every reader yields, and the rules that hold for values whatever file they come from."""

import pathlib
import typing

from components.ingest import columns as columns_lib
from components.ingest import times

# No record may be longer: what is beyond is most likely a quote that nobody closed.
MAX_RECORD_BYTES = 32 << 20
MAX_RECORD_LINES = 1 << 20  # since a short line takes far more memory than it has bytes
# Numbers are written into tf.Examples, whose floats have 32 bits.
MAX_NUMBER = 3.4028234663852886e38
_MAX_SHOWN = 60  # characters of a value in a message

Value = bytes | float


class Row(typing.NamedTuple):
    """A row that can be used.

    Attributes:
        line: Line of the file at which it begins, from 1; in formats without lines, its number.
        values: Feature to its value: UTF-8 bytes that are not blank, or a finite float.
    """

    line: int
    values: dict[str, Value]


class BadRow(typing.NamedTuple):
    """A row that breaks a rule.

    Attributes:
        line: As of `Row`.
        reason: The rule and the value, one line.
        raw: The row's very bytes as they stand in the file, its line end included; in formats
            without lines, the record's bytes (tfrecord) or its values as JSON (parquet). Of a
            line longer than `MAX_RECORD_BYTES` the beginning, and the reason says how much.
    """

    line: int
    reason: str
    raw: bytes


class RuleError(ValueError):
    """A value, or a row, that breaks a rule; readers make a `BadRow` of it."""


def judge(values: dict[str, Value], columns: columns_lib.Columns) -> dict[str, Value]:
    """Returns a row's values if the task can use them together.

    Args:
        values: Feature to its value.
        columns: The wanted columns.

    Raises:
        RuleError: If it cannot.
    """
    if (fault := columns.fault(values)) is not None:
        raise RuleError(fault)
    return values


def value_of(column: columns_lib.Column, value: bytes) -> Value:
    """Checks one value and converts it to its kind.

    Args:
        column: Where it stands.
        value: As it stands in the file.

    Raises:
        RuleError: If it is blank, not UTF-8, or no number or time where one must be.
    """
    text = text_of(value, f"`{column.name}`")
    if not text.strip():
        raise RuleError(f"`{column.name}` must not be empty. Received: {shown(text)}")
    if column.kind == "number":
        return number_of(column.name, text)
    if column.kind == "time" and times.parse(value) is None:
        raise RuleError(f"`{column.name}` must be a date or a number. Received: {shown(text)}")
    return value


def text_of(value: bytes, subject: str) -> str:
    """Decodes what must be UTF-8.

    Raises:
        RuleError: If it is not; the message names `subject`, the first wrong byte and its place.
    """
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError(
            f"{subject} must be UTF-8. "
            f"Received: the byte 0x{value[error.start]:02x} at {error.start:,}"
        ) from error


def number_of(name: str, text: str) -> float:
    """Reads a number as it is commonly written: ASCII digits, no underscores.

    Raises:
        RuleError: If it is none, or none that is finite in 32 bits.
    """
    try:
        if not text.isascii() or "_" in text:  # Python's own liberties
            raise ValueError
        number = float(text)
    except ValueError as error:
        raise RuleError(f"`{name}` must be a number. Received: {shown(text)}") from error
    if not -MAX_NUMBER <= number <= MAX_NUMBER:  # neither is NaN
        raise RuleError(
            f"`{name}` must be a finite number of 32 bits at most. Received: {shown(text)}"
        )
    return number


def name_of(path: str) -> str:
    """Names a file in a message: without its directory, on one line."""
    name = pathlib.PurePath(path).name
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def shown(value: str | bytes) -> str:
    """Renders a value for a message: quoted, on one line, not long."""
    beginning = value[: _MAX_SHOWN + 1]
    if isinstance(beginning, bytes):
        beginning = beginning.decode("utf-8", "backslashreplace")
    cut = "..." if len(beginning) > _MAX_SHOWN else ""
    return f"{beginning[:_MAX_SHOWN]!r}{cut}"
