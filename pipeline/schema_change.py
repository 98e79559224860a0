"""What `meritline schema` does: compares a schema with the newest data, and writes what takes it.

Imports TFX.
"""

import dataclasses
import os
import pathlib

import tensorflow as tf
import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from ml_metadata import metadata_store, proto
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2
from tfx.dsl.io import fileio
from tfx.orchestration import metadata
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.schema import change, inference, wording
from pipeline import config as config_lib
from pipeline import data_section, errors, graph, stores, task_settings
from pipeline import workspace as workspace_lib
from schemas import features

_STATISTICS = "StatisticsGen"
_ENDED_WELL = (proto.Execution.COMPLETE, proto.Execution.CACHED)
_FIRST_LINE = "# What the data of {} must be like; `meritline schema accept` wrote it.\n"


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A schema against data.

    Attributes:
        shown: The schema, for people.
        comment: The lines of its file before the first feature; empty where it was inferred.
        after: The schema that takes the data as it is.
        lines: What it would change, a line each.
        rows: Split to its number of rows.
    """

    shown: str
    comment: str
    after: schema_pb2.Schema
    lines: tuple[str, ...]
    rows: dict[str, int]


def compare(config: config_lib.Config, workspace: workspace_lib.Workspace) -> Comparison:
    """Compares the schema in use with the data of the newest run.

    Raises:
        ConfigError: If the schema cannot be read, or no run has counted any data.
    """
    statistics = _newest_statistics(config.name, workspace)
    source = graph.schema_source(config)
    settings = config.task_settings
    described = settings.texts, task_settings.listed_label(settings)
    comment = ""
    if source is None:
        # What the Schema node makes of the same statistics.
        before = inference.infer(statistics[features.TRAIN_SPLIT], *described)
    else:
        before, comment = _read(str(source))
    after = change.accept(before, statistics, *described)
    return Comparison(
        shown="the schema inferred from train" if source is None else _relative(str(source)),
        comment=comment,
        after=after,
        lines=tuple(wording.describe(before, after, statistics)),
        rows={name: int(of.datasets[0].num_examples) for name, of in statistics.items()},
    )


def tell(found: Comparison) -> list[str]:
    """Says what was compared and what has changed; a line each."""
    rows = ", ".join(f"{count:,} {split}" for split, count in found.rows.items())
    changes = found.lines or ("no difference",)
    head = f"{found.shown}, against the newest data ({rows})"
    return [head, *(f"  {line}" for line in changes)]


def write(config: config_lib.Config, found: Comparison) -> list[str]:
    """Writes the schema that takes the data as it is.

    Returns:
        What was written, and how to use it; a line each.

    Raises:
        ConfigError: If it cannot be written, or would overwrite what nobody has named.
    """
    uri = config.data.schema_uri
    if uri is not None and data_section.is_uri(uri):
        raise errors.ConfigError(f"`data.schema` must be a local file to write to. Received: {uri}")
    if uri is not None and not found.lines:
        return []
    path = (
        pathlib.Path("schemas", config.name, "schema.pbtxt") if uri is None else pathlib.Path(uri)
    )
    comment = _FIRST_LINE.format(config.name) if uri is None else found.comment
    text = comment + text_format.MessageToString(found.after, as_utf8=True)
    if uri is None and path.exists() and path.read_text(encoding="utf-8") != text:
        raise errors.ConfigError(
            f"`{path}` must be named by `data.schema` to be overwritten: --set data.schema={path}"
        )
    _replace(path, text)
    written = f"wrote {_relative(str(path))}"
    return [written] if uri else [written, f"to use it: --set data.schema={path}"]


def _newest_statistics(name: str, workspace: workspace_lib.Workspace) -> wording.Statistics:
    """Reads what the newest run has counted, whatever became of that run afterwards."""
    with metadata.Metadata(stores.connection(workspace)) as handle:
        artifact = _newest_artifact(handle.store, f"{name}.{_STATISTICS}")
    if artifact is None or not fileio.exists(artifact.uri):
        raise errors.ConfigError(
            "`--workspace` must hold the statistics of a run; `meritline run` makes them. "
            f"Received: {workspace.root}"
        )
    names = artifact_utils.decode_split_names(artifact.properties["split_names"].string_value)
    return {split: _load(f"{artifact.uri}/Split-{split}") for split in names}


def _newest_artifact(store: metadata_store.MetadataStore, node: str) -> proto.Artifact | None:
    """Finds the statistics that the node put out last, or took from the cache."""
    context = store.get_context_by_type_and_name("node", node)
    if context is None:
        return None
    ended = [
        execution.id
        for execution in store.get_executions_by_context(context.id)
        if execution.last_known_state in _ENDED_WELL
    ]
    if not ended:
        return None
    # Of one execution, since what the cache answers is an artifact older than others.
    ids = [
        event.artifact_id
        for event in store.get_events_by_execution_ids([max(ended)])
        if event.type == proto.Event.OUTPUT
        and any(step.key == "statistics" for step in event.path.steps)
    ]
    return next(iter(store.get_artifacts_by_id(ids)), None)


def _load(directory: str) -> statistics_pb2.DatasetFeatureStatisticsList:
    return tfdv.load_stats_binary(io_utils.get_only_uri_in_dir(directory))


def _read(path: str) -> tuple[schema_pb2.Schema, str]:
    """Reads a schema's file: the schema, and the comment that it begins with."""
    try:
        with fileio.open(path) as file:
            text = file.read()
        schema = text_format.Parse(text, schema_pb2.Schema())
    except text_format.ParseError as error:
        reason = str(error).partition("\n")[0]
        raise errors.ConfigError(f"{_relative(path)}: is no schema: {reason}") from error
    except (tf.errors.OpError, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        raise errors.ConfigError(f"{_relative(path)}: cannot be read: {reason}") from error
    comment = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        comment.append(line)
    return schema, "".join(comment)


def _replace(path: pathlib.Path, text: str) -> None:
    """Writes a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise errors.ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _relative(path: str) -> str:
    """Shortens a path below the current directory."""
    here = f"{pathlib.Path.cwd()}/"
    return path.removeprefix(here)
