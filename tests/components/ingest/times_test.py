"""Times are read as they are commonly written, and nothing else is."""

import datetime

import pytest

from components.ingest import times

_UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1970-01-01", datetime.datetime(1970, 1, 1, tzinfo=_UTC)),
        (b"2024-02-29", datetime.datetime(2024, 2, 29, tzinfo=_UTC)),
        (b"2024-02", datetime.datetime(2024, 2, 1, tzinfo=_UTC)),
        (b"1899-12-31", datetime.datetime(1899, 12, 31, tzinfo=_UTC)),
        (b"2024-02-29T12:30", datetime.datetime(2024, 2, 29, 12, 30, tzinfo=_UTC)),
        (b" 2024-02-29 12:30:05Z\n", datetime.datetime(2024, 2, 29, 12, 30, 5, tzinfo=_UTC)),
        (b"2024-02-29T12:30:05.25Z", datetime.datetime(2024, 2, 29, 12, 30, 5, 250000, _UTC)),
        (b"2024-02-29T12:30:05,5", datetime.datetime(2024, 2, 29, 12, 30, 5, 500000, _UTC)),
        (b"2024-03-01T01:30+02:00", datetime.datetime(2024, 2, 29, 23, 30, tzinfo=_UTC)),
        (b"2024-02-29 20:00-0330", datetime.datetime(2024, 2, 29, 23, 30, tzinfo=_UTC)),
        (b"2024-02-29 20:00 +01", datetime.datetime(2024, 2, 29, 19, 0, tzinfo=_UTC)),
    ],
)
def test_reads_dates(text, expected):
    assert times.parse(text) == ("date", expected.timestamp())


@pytest.mark.parametrize(
    ("text", "number"),
    [(b"17", 17.0), (b"-1.5e3", -1500.0), (b" 2024 ", 2024.0), (b"20240229", 20240229.0), (3, 3.0)],
)
def test_reads_numbers(text, number):
    assert times.parse(text) == ("number", number)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"soon", b"2024-02-30", b"2023-02-29", b"2024-13-01", b"0000-01-01", b"29.02.2024"),
        *(b"2024-02-29T24:30", b"2024-02-29T12:60", b"2024-02-29 12:30:61", b"2024-02-29T"),
        *(b"2024-02-29T12:30+25:00", b"2024-2-9", b"nan", b"inf", b"1_000", b"1e999", b"0x10"),
        *("２０２４-02-29".encode(), b"\xff"),
    ],
)
def test_refuses_what_is_neither(text):
    assert times.parse(text) is None
