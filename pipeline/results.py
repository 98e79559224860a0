"""What a run has made, read from ML Metadata and the artifacts."""

import dataclasses
import functools
from collections.abc import Sequence

import tensorflow_data_validation as tfdv
from ml_metadata import metadata_store, proto
from tfx.dsl.io import fileio
from tfx.orchestration import metadata
from tfx.types import artifact_utils, standard_artifacts
from tfx.utils import io_utils

from components.cross_validation import outcome as folds_lib
from components.data_gate import findings as findings_lib
from components.evaluator import evaluation, verdict
from components.probe import outcome as probe_outcome
from components.trial import outcome
from components.tuner import searches
from pipeline import execution, stores
from pipeline import workspace as workspace_lib
from trainer.tuning import record


@dataclasses.dataclass(frozen=True)
class Results:
    """What one run has made.

    Attributes:
        rows: Split to its number of rows, in the splits' order.
        verdict: The Evaluator's.
        pushed_dir: The directory of the pushed version; None when nothing was pushed.
        quarantined: Rows that could not be used.
        warnings: What DataGate found, but let pass.
        trial: What the trial of the transformer has come to; None without rivals.
        probe: What the probe has come to; None where it is off.
        searches: What was searched for better settings, the transformer's first.
        folds: What candidates were worth on folds of the train split; None without folds.
    """

    rows: dict[str, int]
    verdict: verdict.Verdict
    pushed_dir: str | None
    quarantined: int = 0
    warnings: tuple[findings_lib.Finding, ...] = ()
    trial: outcome.Outcome | None = None
    probe: probe_outcome.Outcome | None = None
    searches: tuple[record.Search, ...] = ()
    folds: folds_lib.Outcome | None = None


def read(workspace: workspace_lib.Workspace, nodes: Sequence[execution.NodeRun]) -> Results:
    """Reads the results of the run whose nodes these are."""
    ids = {node.node_id: node.execution_id for node in nodes}
    with metadata.Metadata(stores.connection(workspace)) as handle:
        outputs = functools.partial(_outputs, handle.store)
        [statistics] = outputs(ids["StatisticsGen"], "statistics")
        [evaluated] = outputs(ids["Evaluator"], "evaluation")
        [report] = outputs(ids["DataGate"], "report")
        [quarantine] = outputs(ids["Ingest"], "quarantine")
        searched = [
            artifact
            for node_id in ids
            if node_id.partition("_")[0] == "Tuner"
            for artifact in outputs(ids[node_id], "search")
        ]
        validated = outputs(ids["CrossValidation"], "folds") if "CrossValidation" in ids else []
        tried = outputs(ids["Trial"], "trial") if "Trial" in ids else []
        probed = outputs(ids["Probe"], "probe") if "Probe" in ids else []
        pushed = outputs(ids["Pusher"], "pushed_model") if "Pusher" in ids else []
    return Results(
        rows=_rows(statistics),
        verdict=evaluation.read_verdict(evaluated.uri),
        pushed_dir=next((_destination(artifact) for artifact in pushed), None),
        quarantined=quarantine.custom_properties["rows"].int_value,
        warnings=findings_lib.read(report.uri).warnings,
        folds=next((folds_lib.read(artifact.uri) for artifact in validated), None),
        searches=tuple(searches.read(artifact.uri for artifact in searched)),
        trial=next((outcome.read(artifact.uri) for artifact in tried), None),
        probe=next((probe_outcome.read(artifact.uri) for artifact in probed), None),
    )


def show_cached(workspace: workspace_lib.Workspace, nodes: Sequence[execution.NodeRun]) -> None:
    """Puts what the cache answered with where people look.

    Ingest, DataGate and Report do so themselves when they run; what lies there may be of another
    run since.
    """
    cached = {n.node_id: n.execution_id for n in nodes if n.state == execution.HIT}
    with metadata.Metadata(stores.connection(workspace)) as handle:
        for node_id, key, directory in (
            ("Ingest", "quarantine", workspace.quarantine),
            ("DataGate", "report", workspace.data_report),
            ("Report", "report", workspace.report),
        ):
            if node_id in cached:
                [artifact] = _outputs(handle.store, cached[node_id], key)
                _replace(artifact.uri, str(directory))


def _replace(source: str, directory: str) -> None:
    """Makes a directory a copy of another; none where there is nothing to copy."""
    if fileio.exists(directory):
        fileio.rmtree(directory)
    if fileio.exists(source) and fileio.listdir(source):
        io_utils.copy_dir(source, directory)


def forget_lost_pushes(workspace: workspace_lib.Workspace) -> None:
    """Makes the cache forget models that are no longer where they were pushed to.

    The cache looks at the Pusher's own copy of a model alone, and would answer that it stands in a
    serving directory from which somebody has deleted it.
    """
    if not workspace.has_runs:
        return
    with metadata.Metadata(stores.connection(workspace)) as handle:
        for artifact in handle.store.get_artifacts_by_type(
            standard_artifacts.PushedModel.TYPE_NAME
        ):
            destination = _destination(artifact)
            if destination and not fileio.exists(destination) and fileio.exists(artifact.uri):
                fileio.rmtree(artifact.uri)


def _outputs(
    store: metadata_store.MetadataStore, execution_id: int | None, key: str
) -> list[proto.Artifact]:
    """Lists the artifacts that an execution put out under the key."""
    events = store.get_events_by_execution_ids([execution_id])
    ids = [
        event.artifact_id
        for event in events
        if event.type in (proto.Event.OUTPUT, proto.Event.DECLARED_OUTPUT)
        and any(step.key == key for step in event.path.steps)
    ]
    return store.get_artifacts_by_id(ids)


def _destination(pushed: proto.Artifact) -> str | None:
    """Names the directory that the model was pushed to, if it was."""
    if not pushed.custom_properties["pushed"].int_value:
        return None
    return pushed.custom_properties["pushed_destination"].string_value


def _rows(statistics: proto.Artifact) -> dict[str, int]:
    """Counts the rows of each split."""
    rows = {}
    names = statistics.properties["split_names"].string_value
    for split in artifact_utils.decode_split_names(names):
        path = io_utils.get_only_uri_in_dir(f"{statistics.uri}/Split-{split}")
        rows[split] = int(tfdv.load_stats_binary(path).datasets[0].num_examples)
    return rows
