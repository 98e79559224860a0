"""Tests of `pipeline.console_text`."""

import pytest

from pipeline import console_text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.04, "0.0 s"),
        (8.25, "8.2 s"),
        (99.94, "99.9 s"),
        (99.96, "1 min 40 s"),
        (125.2, "2 min 05 s"),
        (3599.2, "59 min 59 s"),
        (3725, "1 h 02 min"),
        (360000, "100 h 00 min"),
    ],
)
def test_duration(seconds: float, words: str) -> None:
    assert console_text.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "5 s"),
        (5.1, "10 s"),
        (55, "55 s"),
        (55.1, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (3541, "1 h 00 min"),
        (3661, "1 h 02 min"),
    ],
)
def test_at_most_rounds_up(seconds: float, words: str) -> None:
    assert console_text.at_most(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.75512, "0.7551"),
        (0.0, "0.0000"),
        (99.5, "99.5000"),
        (1234.56, "1,234.6"),
        (None, "undefined"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_number(value: float | None, words: str) -> None:
    assert console_text.number(value) == words


@pytest.mark.parametrize(
    ("value", "bounds", "words"),
    [
        (0.739996, [0.74], "0.739996"),
        (0.74, [0.74], "0.7400"),
        (0.74001, [0.74, 0.75], "0.74001"),
        (0.5, [0.74], "0.5000"),
    ],
)
def test_number_looks_equal_to_no_other_bound(
    value: float, bounds: list[float], words: str
) -> None:
    assert console_text.number(value, apart_from=bounds) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, süß, 日本", "plain, süß, 日本"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\u202eevil", r"\u202eevil"),
        ("\udcff", r"\udcff"),
    ],
)
def test_printable_escapes_what_is_no_text(text: str, shown: str) -> None:
    assert console_text.printable(text) == shown


def test_printable_escapes_what_the_encoding_lacks() -> None:
    assert console_text.printable("süß", "ascii") == r"s\xfc\xdf"


@pytest.mark.parametrize(
    ("encoding", "done"), [("utf-8", "✓"), ("ascii", "+"), ("iso-8859-1", "+"), ("cp1252", "+")]
)
def test_symbols_follow_the_encoding(encoding: str, done: str) -> None:
    assert console_text.symbols(encoding).done == done


def test_ascii_symbols_are_ascii() -> None:
    signs = console_text.symbols("ascii")
    assert f"{signs}".isascii()


@pytest.mark.parametrize(
    ("amount", "words"), [(1, "1 epoch"), (0, "0 epochs"), (1200, "1,200 epochs")]
)
def test_count(amount: int, words: str) -> None:
    assert console_text.count(amount, "epoch") == words


def test_wrapped_breaks_between_words_only() -> None:
    path = "/a/very/long-and-hyphenated/path"
    lines = console_text.wrapped(f"look into {path} now", 20, "  ", hanging="    ")
    assert lines == ["  look into", f"    {path}", "    now"]


def test_wrapped_without_a_width_is_one_line() -> None:
    assert console_text.wrapped("word " * 50, None, "  ", hanging="  ") == ["  " + "word " * 50]
