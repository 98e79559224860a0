"""Ingest as TFX runs it: a real file, the Beam runner, artifacts."""

import collections
import dataclasses
import pathlib

import pytest
import tensorflow as tf
from tfx.components.example_gen import base_example_gen_executor
from tfx.dsl.components.base import base_beam_executor
from tfx.types import standard_artifacts

from components.ingest import columns, component, executor
from schemas import errors

_COLUMNS = {"text": "review", "label": "stars", "shop": "shop"}
_SPLIT = {"train": 6, "eval": 1, "test": 3}

Rows = list[dict[str, str]]


@dataclasses.dataclass(frozen=True)
class _Ingested:
    """What Ingest has written.

    Attributes:
        by_split: Split to its rows.
        names: The splits that the artifact names, as TFX writes them.
    """

    by_split: dict[str, Rows]
    names: str

    @property
    def rows(self) -> Rows:
        """All rows."""
        return [row for rows in self.by_split.values() for row in rows]


def _ingest(path: pathlib.Path, directory: pathlib.Path) -> _Ingested:
    node = component.Ingest(str(path), _COLUMNS, _SPLIT)
    examples = standard_artifacts.Examples()
    examples.uri = str(directory / "examples")
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=["--direct_running_mode=in_memory"],
        tmp_dir=str(directory / "temp"),
        unique_id="1",
    )
    executor.Executor(context).Do({}, {"examples": [examples]}, dict(node.exec_properties))
    return _Ingested({name: _read(examples.uri, name) for name in _SPLIT}, examples.split_names)


def _read(uri: str, split: str) -> Rows:
    files = tf.io.gfile.glob(f"{uri}/Split-{split}/*")
    return [
        {
            name: feature.bytes_list.value[0].decode()
            for name, feature in tf.train.Example.FromString(record).features.feature.items()
        }
        for record in tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator()
    ]


def _csv(directory: pathlib.Path, rows: Rows, name: str = "reviews.csv") -> pathlib.Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    lines = [f"{i},{row['label']},{row['shop']},{row['text']}\n" for i, row in enumerate(rows)]
    path.write_text("".join(["id,stars,shop,review\n", *lines]), encoding="utf-8")
    return path


def _row(text: str, label: str = "1", shop: str = "Köln") -> dict[str, str]:
    return {"text": text, "label": label, "shop": shop}


# Each text three times, with labels and shops of its own each time.
_REPEATED = [_row(f"text nº {i % 400}", str(i % 7), f"shop {i % 11}") for i in range(1200)]


def _sorted(rows: Rows) -> list[tuple[tuple[str, str], ...]]:
    return sorted(tuple(sorted(row.items())) for row in rows)


def _in_several_splits(ingested: _Ingested) -> int:
    """Counts the texts that stand in more than one split."""
    splits_of = collections.defaultdict(set)
    for split, rows in ingested.by_split.items():
        for row in rows:
            splits_of[row["text"]].add(split)
    return sum(len(splits) > 1 for splits in splits_of.values())


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> _Ingested:
    """The repeated rows, from a file and a directory whose names look like patterns."""
    directory = tmp_path_factory.mktemp("ingest")
    path = _csv(directory / "a[b]", _REPEATED, "reviews [x]*?.csv")
    # What the names would match if they were taken for patterns.
    _csv(directory / "a[b]", [_row("of another file")], "reviews x.csv")
    _csv(directory / "ab", [_row("of another directory")], "reviews x.csv")
    return _ingest(path, directory)


def test_rows_in_are_rows_out(ingested: _Ingested) -> None:
    assert _sorted(ingested.rows) == _sorted(_REPEATED)
    assert ingested.names == '["train", "eval", "test"]'


def test_a_text_that_stands_in_the_file_again_stands_in_the_same_split(ingested: _Ingested) -> None:
    assert _in_several_splits(ingested) == 0


def test_splits_are_as_large_as_asked_for(ingested: _Ingested) -> None:
    texts = {split: {row["text"] for row in rows} for split, rows in ingested.by_split.items()}
    sizes = {split: len(of_split) for split, of_split in texts.items()}
    # Of 400 texts 240, 40 and 120, within 4 standard deviations of a fair deal.
    assert sum(sizes.values()) == 400
    assert abs(sizes["train"] - 240) < 4 * 9.8
    assert abs(sizes["eval"] - 40) < 4 * 6.0
    assert abs(sizes["test"] - 120) < 4 * 9.2


def test_a_split_by_whole_rows_would_leak(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test of leakage can fail."""
    monkeypatch.setattr(
        base_example_gen_executor,
        "_GeneratePartitionKey",
        lambda record, split_config: record.SerializeToString(deterministic=True),
    )
    leaky = _ingest(_csv(tmp_path, _REPEATED), tmp_path)
    assert len(leaky.rows) == len(_REPEATED)
    assert _in_several_splits(leaky) > 100


def test_a_split_does_not_depend_on_the_other_rows(
    tmp_path: pathlib.Path, ingested: _Ingested
) -> None:
    """A file that grows must not move its rows from test to train."""
    half = _ingest(_csv(tmp_path, _REPEATED[:200]), tmp_path)
    for split, rows in half.by_split.items():
        assert _sorted(rows) == [
            row for row in _sorted(ingested.by_split[split]) if row in _sorted(_REPEATED[:200])
        ]


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (_row("fine", ""), "row 3: `stars` must not be empty. Received: b''"),
        (
            _row("fine", shop="Köln,Rome"),
            "row 3 must have 4 fields, as the header has. Received: 5",
        ),
    ],
)
def test_a_broken_row_is_refused_by_file_and_number(
    tmp_path: pathlib.Path, broken: dict[str, str], message: str
) -> None:
    path = _csv(tmp_path, [_row("a"), _row("b"), broken, _row("c")], "[x].csv")
    with pytest.raises(errors.DataError) as refused:
        _ingest(path, tmp_path)
    assert str(refused.value).startswith(f"[x].csv: {message}")


def test_columns_survive_the_way_to_the_executor() -> None:
    wanted = columns.Columns({"text": "Größe [€]", "label": '"quoted", {braces}'})
    node = component.Ingest("a.csv", wanted.by_feature, _SPLIT)
    assert executor.columns_of(dict(node.exec_properties)) == wanted
