"""Runs Ingest as TFX does: real files, the Beam runner, artifacts."""

import base64
import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import tensorflow as tf
from tfx.dsl.components.base import base_beam_executor
from tfx.types import standard_artifacts

from components import artifacts
from components.ingest import columns, component, executor, settings

_BUCKETS = {"train": 6, "eval": 1, "test": 3}
_COLUMNS = {"text": columns.Column("review"), "label": columns.Column("stars")}


_IN_MEMORY = ("--direct_running_mode=in_memory",)
# Named so that TFX does not package itself for workers elsewhere, which takes two seconds a run.
_NO_PACKAGE = "--sdk_container_image=none"


@dataclasses.dataclass(frozen=True)
class Ingested:
    """What Ingest has written.

    Attributes:
        by_split: Split to its rows, feature to value.
        aside: The rows put aside: file, line, reason and raw bytes of each.
        examples: The artifact.
        quarantine: The artifact.
        directory: Where people look into the quarantine.
    """

    by_split: dict[str, list[dict[str, Any]]]
    aside: list[tuple[str, int, str, bytes]]
    examples: standard_artifacts.Examples
    quarantine: artifacts.Quarantine
    directory: pathlib.Path

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows that became examples."""
        return [row for rows in self.by_split.values() for row in rows]

    @property
    def places(self) -> list[str]:
        """Where each row of the files went: its place, put aside or not."""
        return [
            *(row["origin"] for row in self.rows),
            *(f"{file}:{line}" for file, line, _, _ in self.aside),
        ]


Ingest = Callable[..., Ingested]


@pytest.fixture(scope="session")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Ingest:
    """Returns a function that runs Ingest on sources in directories of its own."""

    def run(
        sources: Mapping[str, str | pathlib.Path] | pathlib.Path,
        *,
        directory: pathlib.Path | None = None,
        wanted: Mapping[str, columns.Column] | None = None,
        dialect: settings.Dialect | None = None,
        max_bad_fraction: float = 1.0,
        beam: Sequence[str] = _IN_MEMORY,
        **split: Any,
    ) -> Ingested:
        directory = directory or tmp_path_factory.mktemp("ingested")
        paths = {"all": sources} if isinstance(sources, pathlib.Path) else sources
        wanted = wanted or _COLUMNS
        node = component.Ingest(
            {source: str(path) for source, path in paths.items()},
            settings.Settings(
                columns=columns.Columns(dict(wanted)),
                dialect=dialect or settings.Dialect(),
                split=settings.Split(**{"buckets": _BUCKETS, "content": ("text",), **split}),
                max_bad_fraction=max_bad_fraction,
                quarantine_dir=str(directory / "for people"),
            ),
        )
        examples, quarantine = standard_artifacts.Examples(), artifacts.Quarantine()
        for artifact, name in ((examples, "examples"), (quarantine, "quarantine")):
            artifact.uri = str(directory / name)
            (directory / name).mkdir(exist_ok=True)  # as TFX does before it calls the executor
        context = base_beam_executor.BaseBeamExecutor.Context(
            beam_pipeline_args=[*beam, _NO_PACKAGE], tmp_dir=str(directory / "temp"), unique_id="1"
        )
        outputs = {"examples": [examples], "quarantine": [quarantine]}
        executor.Executor(context).Do({}, outputs, dict(node.exec_properties))
        return Ingested(
            {split: _read(examples.uri, split) for split in examples.splits},
            _aside(quarantine.uri),
            examples,
            quarantine,
            directory / "for people",
        )

    return run


def _read(uri: str, split: str) -> list[dict[str, Any]]:
    files = sorted(tf.io.gfile.glob(f"{uri}/Split-{split}/*"))
    assert files
    return [
        {name: _value(feature) for name, feature in _features(record).items()}
        for record in tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator()
    ]


def _features(record: bytes) -> Mapping[str, tf.train.Feature]:
    return tf.train.Example.FromString(record).features.feature


def _value(feature: tf.train.Feature) -> str | float:
    if feature.HasField("bytes_list"):
        return feature.bytes_list.value[0].decode()
    return feature.float_list.value[0]


def _aside(uri: str) -> list[tuple[str, int, str, bytes]]:
    rows = executor.quarantine.read(uri)
    return [
        (row["file"], row["line"], row["reason"], base64.b64decode(row["raw_base64"]))
        for row in rows
    ]
