"""A text of its own, parted: nothing lost, the beginning to train, the end to test."""

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import parting
from components.ingest.rows import row as row_lib

_DEALER = parting.ByPosition({"train": 2, "eval": 1, "test": 1}, "text")


def _parts(text: bytes, dealer: parting.ByPosition = _DEALER):
    return [
        (split, part.line, part.values["text"])
        for split, part in dealer.parts(row_lib.Row(1, {"text": text}))
    ]


def test_a_text_is_parted_at_the_ends_of_lines():
    # 16 bytes: a half is 8, within `three`; three quarters are 12, the end of it.
    assert _parts(b"one\ntwo\nthree\nx\n") == [
        ("train", 1, b"one\ntwo\n"),
        ("eval", 3, b"three\n"),
        ("test", 4, b"x\n"),
    ]


def test_long_parts_are_cut_into_pieces(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parting, "PIECE_BYTES", 4)
    found = _parts(b"a\nb\nc\nd\ne\nf\ng\nh\n", parting.ByPosition({"train": 1}, "text"))
    assert found == [
        ("train", 1, b"a\nb\n"),
        ("train", 3, b"c\nd\n"),
        ("train", 5, b"e\nf\n"),
        ("train", 7, b"g\nh\n"),
    ]


def test_a_line_that_does_not_end_is_cut_at_a_character():
    text = "é".encode() * 10_000
    parts = _parts(text)
    assert [split for split, _, _ in parts] == ["train", "eval", "test"]
    assert [len(part) for _, _, part in parts] == [10_000, 5_000, 5_000]
    assert all(part.decode() for _, _, part in parts)


def test_white_space_alone_is_no_row():
    assert _parts(b"one\ntwo\n\n \n\n\n\n") == [("train", 1, b"one\ntwo\n")]


def test_other_values_stay_with_each_part():
    row = row_lib.Row(1, {"text": b"a\nb\nc\nd\n", "n": 3.0})
    assert {part.values["n"] for _, part in _DEALER.parts(row)} == {3.0}


@hypothesis.settings(deadline=None)
@hypothesis.given(strategies.text(alphabet="ab\né🎬", max_size=300), strategies.integers(1, 50))
def test_parts_are_the_text_in_its_order(text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parting, "PIECE_BYTES", size)
        patch.setattr(parting, "_MAX_LINE_BYTES", 7)
        parts = _parts(text.encode())
    assert b"".join(part for _, _, part in parts).replace(b"\n", b"") == (
        text.encode().replace(b"\n", b"")
    )
    order = [list(_DEALER.buckets).index(split) for split, _, _ in parts]
    assert order == sorted(order)
    assert all(part.decode().strip() for _, _, part in parts)
