"""A text of its own, parted: nothing lost, the beginning to train, the end to test."""

import pathlib

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import columns, parting, settings
from components.ingest.rows import row as row_lib

_WANTED = {"text": columns.Column("text")}
_WHOLE = settings.Dialect(format="whole_txt")
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


@pytest.mark.parametrize(
    ("size", "fewest", "most"),
    [
        (2_000, 1, 1),  # too short to be cut
        (40_000, 18, 20),  # pieces of 2,048 bytes, and what is left of the line
        (200_000, 30, 32),
        (2_000_000, 120, 123),  # pieces of 16,384 bytes
    ],
)
def test_a_part_has_enough_pieces_to_judge_by(size: int, fewest: int, most: int):
    text = b"a line of 20 bytes.\n" * (size // 20)
    parts = _parts(text, parting.ByPosition({"test": 1}, "text"))
    assert fewest <= len(parts) <= most
    assert b"".join(part for _, _, part in parts) == text


def test_a_line_that_does_not_end_is_cut_at_a_character():
    text = "é".encode() * 10_000
    parts = _parts(text)
    sizes = {split: sum(len(p) for s, _, p in parts if s == split) for split, _, _ in parts}
    assert sizes == {"train": 10_000, "eval": 5_000, "test": 5_000}
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


def test_each_file_gives_its_beginning_to_train_and_its_end_to_test(ingest, tmp_path):
    for name, first in (("a.txt", 0), ("b.txt", 100)):
        lines = "".join(f"line {first + i:05d}\n" for i in range(20))
        pathlib.Path(tmp_path, name).write_text(lines)
    made = ingest(
        tmp_path,
        wanted=_WANTED,
        dialect=_WHOLE,
        buckets={"train": 8, "eval": 1, "test": 1},
        contiguous=True,
    )
    texts = {
        split: [(row["origin"], row["text"][:10], row["text"].count("\n")) for row in rows]
        for split, rows in made.by_split.items()
    }
    assert texts == {
        "train": [("a.txt:1", "line 00000", 16), ("b.txt:1", "line 00100", 16)],
        "eval": [("a.txt:17", "line 00016", 2), ("b.txt:17", "line 00116", 2)],
        "test": [("a.txt:19", "line 00018", 2), ("b.txt:19", "line 00118", 2)],
    }
    assert made.aside == []


def test_a_file_of_its_own_is_cut_into_pieces_of_one_split(ingest, tmp_path):
    sources = {}
    for split in ("train", "eval", "test"):
        sources[split] = pathlib.Path(tmp_path, f"{split}.txt")
        sources[split].write_text(f"{split}\n" * 5000)
    made = ingest(sources, wanted=_WANTED, dialect=_WHOLE, contiguous=True)
    for split, rows in made.by_split.items():
        assert len(rows) > 1
        assert "".join(row["text"] for row in rows) == f"{split}\n" * 5000


def test_a_text_that_cannot_be_used_is_put_aside_whole(ingest, tmp_path):
    pathlib.Path(tmp_path, "a.txt").write_bytes(b"one\ntwo\nthree\nfour\n" * 3)
    pathlib.Path(tmp_path, "b.txt").write_bytes(b"one\n\xff\ntwo\n")
    made = ingest(tmp_path, wanted=_WANTED, dialect=_WHOLE, contiguous=True)
    assert [(file, line) for file, line, _, _ in made.aside] == [("b.txt", 1)]
    assert {row["origin"].split(":")[0] for row in made.rows} == {"a.txt"}
