"""Results read from records and artifacts that were written by hand."""

import dataclasses
import pathlib

import pytest
from ml_metadata import metadata_store, proto
from ml_metadata.proto import metadata_store_pb2
from tensorflow_metadata.proto.v0 import statistics_pb2
from tfx.orchestration import metadata

from components.data_gate import findings
from components.evaluator import evaluation, verdict
from components.probe import outcome as probe_outcome
from pipeline import execution, results, workspace

_JUDGED = verdict.judge(True, [verdict.Value(verdict.ALL_ROWS, "auc", 0.75, None)], [], False)

_WARNING = findings.Finding("truncation", "warn", "truncation: 12 % of train")


class _Records:
    """ML Metadata of a workspace, filled execution by execution."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.workspace = workspace.Workspace.at(directory, "reviews")
        self.directory = directory
        config = metadata.sqlite_metadata_connection_config(str(self.workspace.metadata_db))
        self._store = metadata_store.MetadataStore(config)

    def add(
        self,
        node_id: str,
        key: str,
        artifact: proto.Artifact | None,
        event: proto.Event.Type = proto.Event.OUTPUT,
    ) -> execution.NodeRun:
        """Records a node that ran, and what it put out."""
        type_id = self._store.put_execution_type(proto.ExecutionType(name=node_id))
        [execution_id] = self._store.put_executions([proto.Execution(type_id=type_id)])
        if artifact is not None:
            [artifact_id] = self._store.put_artifacts([artifact])
            path = proto.Event.Path(steps=[proto.Event.Path.Step(key=key)])
            self._store.put_events(
                [
                    proto.Event(
                        execution_id=execution_id, artifact_id=artifact_id, type=event, path=path
                    )
                ]
            )
        return execution.NodeRun(node_id, 1.0, execution.MISS, execution_id)

    def report(self, *found: findings.Finding) -> proto.Artifact:
        """Writes what DataGate found."""
        uri = self.directory / f"report-{len(found)}"
        uri.mkdir(exist_ok=True)
        findings.write(str(uri), findings.Findings(found, ("drift",), {}))
        return self._artifact("components.DataReport", uri)

    def run_report(self, directory: pathlib.Path) -> proto.Artifact:
        """Takes a directory for what Report wrote."""
        return self._artifact("components.RunReport", directory)

    def probe(self, found: probe_outcome.Outcome) -> proto.Artifact:
        """Writes what a probe found."""
        uri = self.directory / "probe"
        probe_outcome.write(str(uri), found)
        return self._artifact("components.ProbeReport", uri)

    def quarantine(self, rows: int) -> proto.Artifact:
        """Makes what Ingest leaves when it could not use some rows."""
        uri = self.directory / f"quarantine-{rows}"
        uri.mkdir(exist_ok=True)
        if rows:
            (uri / "rows.jsonl").write_text("{}\n" * rows)
        artifact = self._artifact("components.Quarantine", uri)
        artifact.custom_properties["rows"].int_value = rows
        return artifact

    def statistics(self, rows: dict[str, int]) -> proto.Artifact:
        """Writes statistics; their splits are named in the order of `rows`."""
        uri = self.directory / f"statistics-{sum(rows.values())}"
        for split, count in rows.items():
            (uri / f"Split-{split}").mkdir(parents=True)
            found = statistics_pb2.DatasetFeatureStatisticsList()
            found.datasets.add(num_examples=count)
            path = uri / f"Split-{split}" / "FeatureStats.pb"
            path.write_bytes(found.SerializeToString())
        names = "[" + ", ".join(f'"{split}"' for split in rows) + "]"
        properties = {"split_names": metadata_store_pb2.STRING}
        artifact = self._artifact("ExampleStatistics", uri, properties)
        artifact.properties["split_names"].string_value = names
        return artifact

    def evaluation(self, judged: verdict.Verdict = _JUDGED) -> proto.Artifact:
        """Writes an evaluation."""
        uri = self.directory / "evaluation"
        uri.mkdir()
        evaluation.write_verdict(str(uri), judged)
        return self._artifact("ModelEvaluation", uri)

    def pushed(
        self, pushed: bool, destination: str = "/w/serving/reviews/17", name: str = "pushed"
    ) -> proto.Artifact:
        """Makes what Pusher leaves, whether it has pushed or not."""
        uri = self.directory / name
        uri.mkdir(exist_ok=True)
        artifact = self._artifact("PushedModel", uri)
        artifact.custom_properties["pushed"].int_value = int(pushed)
        if pushed:
            artifact.custom_properties["pushed_destination"].string_value = destination
        return artifact

    def _artifact(
        self, type_name: str, uri: pathlib.Path, properties: dict[str, int] | None = None
    ) -> proto.Artifact:
        made = proto.ArtifactType(name=type_name, properties=properties or {})
        return proto.Artifact(type_id=self._store.put_artifact_type(made), uri=str(uri))


@pytest.fixture
def records(tmp_path: pathlib.Path) -> _Records:
    return _Records(tmp_path)


def _nodes(records: _Records) -> list[execution.NodeRun]:
    """A run's nodes without the Pusher."""
    rows = {"train": 80, "eval": 12, "test": 8}
    return [
        records.add("Ingest", "quarantine", records.quarantine(3)),
        records.add("DataGate", "report", records.report(_WARNING)),
        records.add("StatisticsGen", "statistics", records.statistics(rows)),
        records.add("Evaluator", "evaluation", records.evaluation()),
    ]


def test_a_run_that_pushed(records: _Records) -> None:
    nodes = [*_nodes(records), records.add("Pusher", "pushed_model", records.pushed(True))]
    found = results.read(records.workspace, nodes)
    assert found == results.Results(
        rows={"train": 80, "eval": 12, "test": 8},
        verdict=_JUDGED,
        pushed_dir="/w/serving/reviews/17",
        quarantined=3,
        warnings=(_WARNING,),
    )
    assert list(found.rows) == ["train", "eval", "test"]


def test_a_run_that_probed(records: _Records) -> None:
    found = probe_outcome.Outcome((probe_outcome.Finding("skew", "They differ."),), 9, 0.5)
    probed = records.add("Probe", "probe", records.probe(found))
    assert results.read(records.workspace, [*_nodes(records), probed]).probe == found


def test_a_run_that_was_not_blessed(records: _Records) -> None:
    nodes = [*_nodes(records), records.add("Pusher", "pushed_model", records.pushed(False))]
    assert results.read(records.workspace, nodes).pushed_dir is None


def test_a_run_without_a_pusher(records: _Records) -> None:
    assert results.read(records.workspace, _nodes(records)).pushed_dir is None


def test_only_this_runs_executions_count(records: _Records) -> None:
    records.add("StatisticsGen", "statistics", records.statistics({"train": 1}))
    records.add("Pusher", "pushed_model", records.pushed(True))
    found = results.read(records.workspace, _nodes(records))
    assert found.rows == {"train": 80, "eval": 12, "test": 8}
    assert found.pushed_dir is None


def test_what_a_node_took_is_not_what_it_made(records: _Records) -> None:
    nodes = _nodes(records)
    nodes.append(
        records.add("Pusher", "pushed_model", records.pushed(True), event=proto.Event.INPUT)
    )
    assert results.read(records.workspace, nodes).pushed_dir is None


def test_a_node_may_put_out_other_things_as_well(records: _Records) -> None:
    nodes = [*_nodes(records), records.add("Pusher", "log", records.pushed(True))]
    assert results.read(records.workspace, nodes).pushed_dir is None


def test_a_push_is_forgotten_once_it_has_been_deleted(records: _Records) -> None:
    there, gone = records.directory / "17", records.directory / "18"
    there.mkdir()
    records.add("Pusher", "pushed_model", records.pushed(True, str(there), "of 17"))
    records.add("Pusher", "pushed_model", records.pushed(True, str(gone), "of 18"))
    records.add("Pusher", "pushed_model", records.pushed(False, name="of none"))
    for _ in range(2):
        results.forget_lost_pushes(records.workspace)
        left = {path.name for path in records.directory.glob("of *")}
        assert left == {"of 17", "of none"}


def test_a_workspace_without_pushes_has_none_to_forget(tmp_path: pathlib.Path) -> None:
    fresh = workspace.Workspace.at(tmp_path, "fresh")
    results.forget_lost_pushes(fresh)
    assert list(tmp_path.iterdir()) == []
    results.forget_lost_pushes(_Records(tmp_path).workspace)


@pytest.mark.parametrize("state", [execution.HIT, execution.MISS])
def test_what_the_cache_answers_with_is_put_where_people_look(
    records: _Records, state: str
) -> None:
    place = records.workspace
    for directory in (place.quarantine, place.data_report):
        directory.mkdir(parents=True)
        (directory / "of another run").touch()
    nodes = [dataclasses.replace(node, state=state) for node in _nodes(records)]
    results.show_cached(place, nodes)
    shown = {path.name for path in (*place.quarantine.iterdir(), *place.data_report.iterdir())}
    cached = {"rows.jsonl", findings.FILE_NAME}
    assert shown == (cached if state == execution.HIT else {"of another run"})


def test_a_cached_report_is_put_where_people_look(records: _Records) -> None:
    made = records.directory / "made"
    made.mkdir()
    (made / "index.html").write_text("the page")
    node = records.add("Report", "report", records.run_report(made))
    results.show_cached(records.workspace, [dataclasses.replace(node, state=execution.HIT)])
    assert (records.workspace.report / "index.html").read_text() == "the page"


def test_a_cached_quarantine_without_rows_leaves_none(records: _Records) -> None:
    place = records.workspace
    place.quarantine.mkdir(parents=True)
    node = records.add("Ingest", "quarantine", records.quarantine(0))
    results.show_cached(place, [dataclasses.replace(node, state=execution.HIT)])
    assert not place.quarantine.exists()
