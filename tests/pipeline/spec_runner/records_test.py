"""What ML Metadata is told of tasks, as TFX tells it of a local run's."""

import json
import pathlib
import time

import pytest
from google.protobuf import json_format
from ml_metadata import proto
from tfx.proto.orchestration import execution_result_pb2

from pipeline import errors, failure
from pipeline.spec_runner import invocation as invocation_lib
from pipeline.spec_runner import job as job_lib
from pipeline.spec_runner import kept
from pipeline.spec_runner import records as records_lib
from tests.pipeline.spec_runner import jobs as jobs_lib
from tests.pipeline.spec_runner import recorded


class _Run:
    """A run whose tasks are told of, but not run."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.path = directory / "metadata.db"
        self.records = records_lib.Records(self.path, "reviews", "run-1")
        self._directory = directory
        self._job = _job(directory)
        self._made: dict[str, invocation_lib.Outputs] = {}

    def start(self, task: str) -> invocation_lib.Invocation:
        place = self._directory / task
        invocation = invocation_lib.make(self._job.tasks[task], place, "run-1", self._made, {})
        self.records.start(invocation)
        return invocation

    def complete(self, invocation: invocation_lib.Invocation) -> None:
        self._made[invocation.task.name] = invocation.outputs()
        self.records.complete(invocation, invocation.outputs())

    def events(self, task: str) -> set[tuple[str, str, str]]:
        """Lists what an execution has to do with which artifact, and under which key."""
        store = recorded.store(self.path)
        events = store.get_events_by_execution_ids([recorded.executions(self.path)[task].id])
        return {
            (
                proto.Event.Type.Name(event.type),
                event.path.steps[0].key,
                store.get_artifacts_by_id([event.artifact_id])[0].name,
            )
            for event in events
        }


def _job(directory: pathlib.Path) -> job_lib.Job:
    jobs = jobs_lib.Jobs(directory)
    parameters = {"epochs": 3, "floor": 2.0, "name": "reviews"}
    jobs.program("Ingest", "", outputs={"rows": "tfx.Examples"}, parameters=parameters)
    inputs = {"examples": ("Ingest", "rows")}
    jobs.program("Trainer", "", inputs=inputs, outputs={"model": "tfx.Model"})
    resolver = {"resolver": {"outputArtifactQueries": {"model": {"filter": "state=LIVE"}}}}
    jobs.task("latest", resolver, outputs={"model": "tfx.Model"})
    return job_lib.read(jobs.write(directory / "job.json"))


@pytest.fixture
def run(tmp_path: pathlib.Path) -> _Run:
    return _Run(tmp_path)


def test_a_task_under_way_is_known_with_what_it_takes(run: _Run) -> None:
    run.complete(run.start("Ingest"))
    run.start("Trainer")
    assert recorded.states(run.path) == {"Ingest": "COMPLETE", "Trainer": "RUNNING"}
    assert run.events("Trainer") == {("INPUT", "examples", "run-1/Ingest/rows")}


def test_times_are_those_of_its_start_and_its_end(run: _Run) -> None:
    before = time.time()
    ingest = run.start("Ingest")
    time.sleep(0.2)
    between = time.time()
    run.complete(ingest)
    execution = recorded.executions(run.path)["Ingest"]
    assert before - 0.01 < execution.create_time_since_epoch / 1000 < between - 0.1
    assert between - 0.01 < execution.last_update_time_since_epoch / 1000 < time.time() + 0.01


def test_what_has_ended_well_has_put_out(run: _Run) -> None:
    run.complete(run.start("Ingest"))
    run.complete(run.start("Trainer"))
    assert run.events("Trainer") == {
        ("INPUT", "examples", "run-1/Ingest/rows"),
        ("OUTPUT", "model", "run-1/Trainer/model"),
    }
    store = recorded.store(run.path)
    assert [artifact.type for artifact in store.get_artifacts()] == ["Examples", "Model"]


def test_what_a_resolver_finds_is_not_put_out_anew(run: _Run) -> None:
    run.complete(run.start("Ingest"))
    trainer = run.start("Trainer")
    run.complete(trainer)
    run.records.complete(run.start("latest"), trainer.outputs())
    assert run.events("latest") == {("INTERNAL_OUTPUT", "model", "run-1/Trainer/model")}
    assert len(recorded.store(run.path).get_artifacts()) == 2


def test_an_execution_belongs_to_its_pipeline_run_and_node(run: _Run) -> None:
    run.complete(run.start("Ingest"))
    store = recorded.store(run.path)
    execution = recorded.executions(run.path)["Ingest"]
    contexts = {each.type: each for each in store.get_contexts_by_execution(execution.id)}
    assert {type_: each.name for type_, each in contexts.items()} == {
        "pipeline": "reviews",
        "pipeline_run": "run-1",
        "node": "reviews.Ingest",
    }
    [parent] = store.get_parent_contexts_by_context(contexts["pipeline_run"].id)
    assert parent.name == "reviews"
    [artifact] = store.get_artifacts_by_context(contexts["node"].id)
    assert artifact.name == "run-1/Ingest/rows"


def test_parameters_keep_their_kinds_and_those_of_a_hook_are_added(run: _Run) -> None:
    ingest = run.start("Ingest")
    ingest.told.inputs.parameter_values["span"].number_value = 4
    run.complete(ingest)
    properties = recorded.executions(run.path)["Ingest"].custom_properties
    assert {name: (v.WhichOneof("value"), kept.decode(v)) for name, v in properties.items()} == {
        "epochs": ("int_value", 3),
        "floor": ("double_value", 2.0),
        "name": ("string_value", "reviews"),
        "span": ("int_value", 4),
    }


def test_a_failure_keeps_why_in_the_form_of_tfx(run: _Run) -> None:
    details = ("It has: grün", "Line 3")
    why = failure.Failure(errors.ExitStatus.REFUSED, "`label` must have 2 labels", details)
    run.records.fail(run.start("Ingest"), why)
    execution = recorded.executions(run.path)["Ingest"]
    assert recorded.states(run.path) == {"Ingest": "FAILED"}
    assert run.events("Ingest") == set()
    written = execution.custom_properties["__execution_result__"].string_value
    assert json.loads(written) == {
        "resultMessage": "`label` must have 2 labels\nIt has: grün\nLine 3",
        "code": 4,
    }
    result = json_format.Parse(written, execution_result_pb2.ExecutionResult())
    assert json_format.MessageToJson(result) == written
    assert execution.custom_properties["epochs"].int_value == 3


def test_what_is_interrupted_is_canceled_and_what_has_ended_is_not(run: _Run) -> None:
    run.complete(run.start("Ingest"))
    run.start("Trainer")
    run.records.cancel()
    assert recorded.states(run.path) == {"Ingest": "COMPLETE", "Trainer": "CANCELED"}
    assert run.events("Trainer") == {("INPUT", "examples", "run-1/Ingest/rows")}
