"""The rules for values, and how they are told."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from components.ingest import columns
from components.ingest.rows import row

_DATE = "`when` must be a date or a number. Received: "


@pytest.mark.parametrize(
    "value", [b"2024-05-31", b"2024-05-31T12:00:00+02:00", b" 1717156800 ", b"-1.5"]
)
def test_a_time_is_handed_on_as_it_is_written(value):
    assert row.value_of(columns.Column("when", "time"), value) == value


@pytest.mark.parametrize("value", [b"31.05.2024", b"yesterday", b"2024-13-01", b"nan"])
def test_what_is_no_time_is_refused(value):
    with pytest.raises(row.RuleError) as refused:
        row.value_of(columns.Column("when", "time"), value)
    assert str(refused.value) == f"{_DATE}{value.decode()!r}"


@hypothesis.given(strategies.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_number_that_an_example_can_hold_is_one(number):
    text = repr(number).encode()
    assert row.value_of(columns.Column("score", "number"), text) == number
    assert np.isfinite(np.float32(row.MAX_NUMBER))


@hypothesis.given(strategies.text() | strategies.binary())
def test_a_value_is_shown_on_one_short_line(value):
    shown = row.shown(value)
    assert shown.isprintable()
    assert len(shown) <= 10 * 60 + len("''...")  # an escape has 10 signs at most


def test_a_long_value_is_cut():
    assert row.shown("x" * 60) == f"'{'x' * 60}'"
    assert row.shown("x" * 61) == f"'{'x' * 60}'..."
    assert row.shown(b"caf\xe9\n") == "'caf\\\\xe9\\n'"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("gs://bucket/directory/reviews.csv", "reviews.csv"),
        ("/data/a\nb\t.csv", "a\\nb\\t.csv"),
        ("/data/Größe 🎬.csv", "Größe 🎬.csv"),
        (b"/data/caf\xe9.csv".decode("utf-8", "surrogateescape"), "caf\\udce9.csv"),
    ],
)
def test_a_file_is_named_on_one_line(path, name):
    assert row.name_of(path) == name
