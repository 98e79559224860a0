"""What stands beside a model's graph."""

import json
import pathlib
import types

import pytest

from serving import beside
from serving.codec import metadata


def _version(directory: pathlib.Path, text: str) -> pathlib.Path:
    (directory / "assets.extra").mkdir()
    (directory / beside.LINEAGE).write_text(text)
    return directory


@pytest.mark.parametrize("text", ["[]", "torn {", ""])
def test_what_cannot_be_read_tells_nothing(tmp_path: pathlib.Path, text: str) -> None:
    assert beside.lineage(_version(tmp_path, text)) is None


def test_a_version_without_a_lineage_names_none(tmp_path: pathlib.Path) -> None:
    model = types.SimpleNamespace(path=tmp_path, signature_defs={})
    assert metadata.to_json("reviews", 7, model)["metadata"] == {
        "signature_def": {"signature_def": {}}
    }


def test_metadata_names_the_run_that_made_the_version(tmp_path: pathlib.Path) -> None:
    told = {"pipeline": "reviews", "run": "2026-01-02", "execution": 11, "config": "a secret"}
    path = _version(tmp_path, json.dumps(told))
    model = types.SimpleNamespace(path=path, signature_defs={})
    assert metadata.to_json("reviews", 7, model)["metadata"]["lineage"] == {
        "pipeline": "reviews",
        "run": "2026-01-02",
        "execution": 11,
        "file": str(path / "assets.extra" / "lineage.json"),
    }
