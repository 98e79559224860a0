"""Beam's pipelines by two worker processes, held to those of the node's own process, byte by byte.

`make proof-beam` runs it: some two minutes.
"""

import json
import pathlib

import pytest

from components.evaluator import verdict
from tests.end_to_end import user as user_lib

_SETTINGS = ("train={batch_size: 16, epochs: 2}", "evaluate.floor={auc: 0.0}")
_ONE, _TWO = "beam.workers=1", "beam.workers=2"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """Number of workers to the workspace of a run with them."""
    found = {}
    for workers in (_ONE, _TWO):
        user = user_lib.User(tmp_path_factory.mktemp("user"))
        run = user.run(*_SETTINGS, workers)
        assert run.status == 0, run.out + run.err
        found[workers] = user.root / "artifacts"
    return found


def _examples(root: pathlib.Path, pattern: str) -> list[bytes]:
    import tensorflow as tf

    files = sorted(str(path) for path in root.glob(pattern))
    assert files
    records = tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator()
    examples = (tf.train.Example.FromString(record) for record in records)
    return sorted(example.SerializeToString(deterministic=True) for example in examples)


@pytest.mark.parametrize("split", ["train", "eval", "test"])
def test_ingest_deals_the_same_rows_out(roots: dict[str, pathlib.Path], split: str) -> None:
    pattern = f"Ingest/examples/*/Split-{split}/*"
    assert _examples(roots[_TWO], pattern) == _examples(roots[_ONE], pattern)


@pytest.mark.parametrize("split", ["train", "eval"])
def test_transform_makes_the_same_of_them(roots: dict[str, pathlib.Path], split: str) -> None:
    pattern = f"Transform/transformed_examples/*/Split-{split}/*"
    assert _examples(roots[_TWO], pattern) == _examples(roots[_ONE], pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "StatisticsGen/statistics/*/Split-train/*",
        "StatisticsGen/text_statistics/*/*",
        "Transform/transform_graph/*/transform_fn/assets/*",
    ],
)
def test_what_is_counted_and_learned_is_the_same(
    roots: dict[str, pathlib.Path], pattern: str
) -> None:
    one, two = ([path.read_bytes() for path in sorted(r.glob(pattern))] for r in roots.values())
    assert one
    assert one == two


def test_evaluations_of_the_same_training_are_equal(roots: dict[str, pathlib.Path]) -> None:
    found = []
    for root in roots.values():
        [path] = root.glob(f"Evaluator/evaluation/*/{verdict.FILE_NAME}")
        found.append([value["value"] for value in json.loads(path.read_text())["values"]])
    assert found[1] == pytest.approx(found[0], abs=1e-6, nan_ok=True)
