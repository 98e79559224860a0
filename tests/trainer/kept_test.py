"""What is done of a long work, on disk."""

import pathlib

import pytest

from trainer import kept


def test_what_is_kept_is_read_back_by_its_name(tmp_path):
    done = kept.Kept(tmp_path / "new" / "done")
    assert done.read("linear-1") is None
    done.keep("linear-1", "é")
    done.keep("linear-2", "two")
    assert (done.read("linear-1"), done.read("linear-2")) == ("é", "two")
    assert kept.Kept(tmp_path / "new" / "done").read("linear-1") == "é"


def test_what_was_cut_off_while_it_was_written_leaves_what_was_there(tmp_path, monkeypatch):
    done = kept.Kept(tmp_path)
    done.keep("linear-1", "before")
    write = pathlib.Path.write_text

    def torn(path, text, **settings):
        write(path, text[:3], **settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(pathlib.Path, "write_text", torn)
    with pytest.raises(KeyboardInterrupt):
        done.keep("linear-1", "after")
    assert done.read("linear-1") == "before"
