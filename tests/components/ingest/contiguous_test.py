"""Ingest on texts that are parted themselves: each file's beginning, middle and end."""

import pathlib

from components.ingest import columns, settings

_WANTED = {"text": columns.Column("text")}
_WHOLE = settings.Dialect(format="whole_txt")


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
