"""What every reader yields, and the rules that hold for fields whatever file they come from."""

import typing

# No record may be longer: what is beyond is most likely a quote that nobody closed.
MAX_RECORD_BYTES = 32 << 20

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
            without lines, the record's bytes (tfrecord) or its values as JSON (parquet).
    """

    line: int
    reason: str
    raw: bytes
