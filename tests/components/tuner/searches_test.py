"""Searches on disk."""

from components.tuner import searches
from trainer.tuning import record


def test_they_are_read_back_the_transformers_first_and_the_others_as_they_come(tmp_path):
    trial = record.Trial(1, {"order": 3}, 2, "done", 0.5, (0.4, 0.5), 2, 9.0, "all run")
    names = ("linear", "transformer", "cnn")
    written = {
        name: record.Search(name, "grid", "loss", False, {"order": [2, 3]}, [trial], 1)
        for name in names
    }
    for name, found in written.items():
        searches.write(str(tmp_path / name), found)
    read = searches.read(str(tmp_path / name) for name in names)
    assert read == [written[name] for name in ("transformer", "linear", "cnn")]
