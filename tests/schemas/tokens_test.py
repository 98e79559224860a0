"""Entries of vocabularies: written as lines, and read back as text."""

import hypothesis
import pytest
from hypothesis import strategies

from schemas import tokens


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"the", "the"),
        (b" a", " a"),
        (b"\n", r"\x0a"),
        (b"\\n", r"\\n"),
        ("é".encode(), "é"),
        (b"\xc3", r"\xc3"),
        (b"\xa9\xc3", r"\xa9\xc3"),
        ("\u2028".encode(), r"\xe2\x80\xa8"),  # a line end to some
    ],
)
def test_escapes_by_hand(text, line):
    assert tokens.escape(text) == line
    assert tokens.unescape(line.encode()) == text


@hypothesis.given(strategies.binary())
def test_any_bytes_are_one_line_and_come_back(text):
    line = tokens.escape(text)
    assert line.splitlines() in ([line], [])
    assert tokens.unescape(line.encode()) == text


def test_no_two_texts_share_a_line():
    pairs = [bytes([a, b]) for a in range(256) for b in range(256)]
    assert len({tokens.escape(pair) for pair in pairs}) == len(pairs)


def test_texts_of_tokens_follow_each_other_as_the_text():
    def joined(units, *entries):
        lines = [*tokens.RESERVED, *entries]
        return b"".join(tokens.texts([line.encode() for line in lines], units))

    assert joined("wordpiece", "un", "##able", "\\") == "\ufffd unable \\".encode()
    assert joined("words", "one", "##two") == "\ufffd one ##two".encode()
    assert joined("characters", "a", r"\x0a", r"\\") == "\ufffda\n\\".encode()
    assert joined("bytes_bpe", " th", r"\xc3", r"\xa9") == "\ufffd thé".encode()
