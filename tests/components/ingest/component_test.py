"""The settings that Ingest hands to its executor."""

import json
import pathlib

import pytest
from tfx.components.example_gen import utils
from tfx.proto import example_gen_pb2
from tfx.types import standard_artifacts
from tfx.utils import proto_utils

from components.ingest import component, executor

_COLUMNS = {"text": "review", "label": "stars"}
_SPLIT = {"train": 8, "eval": 1, "test": 2}


def _node(path: str = "/data/reviews.csv") -> component.Ingest:
    return component.Ingest(path, _COLUMNS, _SPLIT)


def test_it_puts_out_examples_under_its_own_name() -> None:
    node = _node()
    assert node.id == "Ingest"
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "examples": standard_artifacts.Examples
    }
    assert node.executor_spec.executor_class is executor.Executor


def test_rows_are_dealt_out_by_their_text() -> None:
    output = json.loads(_node().exec_properties["output_config"])
    assert output["split_config"] == {
        "partition_feature_name": "text",
        "splits": [
            {"name": "train", "hash_buckets": 8},
            {"name": "eval", "hash_buckets": 1},
            {"name": "test", "hash_buckets": 2},
        ],
    }


@pytest.mark.parametrize(
    "name", ["reviews.csv", "[x].csv", "a*b?.csv", "dir [1]/reviews.csv", "a b/ü,{x}.csv"]
)
def test_tfx_finds_the_very_file_and_sees_when_it_changes(
    tmp_path: pathlib.Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("review,stars\nfine,5\n")
    for other in ("x.csv", "axbxx.csv", "dir 1"):  # what the names match as patterns
        (tmp_path / other).write_text("no\n")
    before = _fingerprint(path)
    assert "num_files:1,total_bytes:20," in before
    path.write_text("review,stars\nfine,5\nbad,1\n")
    assert _fingerprint(path) != before


def _fingerprint(path: pathlib.Path) -> str:
    """What TFX's driver computes of the file, to compare it with the cache's."""
    properties = _node(str(path)).exec_properties
    config = example_gen_pb2.Input()
    proto_utils.json_to_proto(properties["input_config"], config)
    fingerprint, _, _ = utils.calculate_splits_fingerprint_span_and_version(
        properties["input_base"], config.splits
    )
    return fingerprint
