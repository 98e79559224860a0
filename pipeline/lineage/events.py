"""What is recorded of a pipeline as events of OpenLineage, which catalogs of data read.

A run is a run of the job `<pipeline>`, and what a node did in it is one of `<pipeline>.<node>`,
whose parent the first is. Each starts, and completes, fails or aborts; what has not ended only
starts. The same records give the same events, so that they may be sent again.

Imports OpenLineage's client for its types, so that this module is imported only when it is asked.

References:
    OpenLineage 2-0-2, https://openlineage.io/spec/2-0-2/OpenLineage.json
"""

import datetime
import importlib.metadata
import uuid
from collections.abc import Iterator, Mapping

from openlineage.client import event_v2, facet_v2, serde

from components.run_config import noted
from pipeline.lineage import datasets, facts, files, records

NAMESPACE = "meritline"
_ENGINE = "TFX"
_ENDS = {
    records.State.DONE: event_v2.RunState.COMPLETE,
    records.State.CACHED: event_v2.RunState.COMPLETE,
    records.State.REFUSED: event_v2.RunState.FAIL,
    records.State.FAILED: event_v2.RunState.FAIL,
    records.State.INTERRUPTED: event_v2.RunState.ABORT,
}
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "meritline/lineage")
_RunFacets = dict[str, facet_v2.RunFacet]


def of(history: records.History, namespace: str = NAMESPACE) -> Iterator[str]:
    """Yields an event after the other, each a line of JSON; run by run, in the order of time.

    Args:
        history: All that is recorded of the pipeline.
        namespace: That of its jobs.
    """
    own = importlib.metadata.version("meritline")
    event_v2.set_producer(f"pkg:generic/meritline@{own}")  # of all facets as well
    for run in history.runs:
        for event in _Events(history, run, namespace, own).all():
            yield serde.Serde.to_json(event)


class _Events:
    """The events of one run."""

    def __init__(
        self, history: records.History, run: records.Run, namespace: str, version: str
    ) -> None:
        self._history, self._run, self._namespace = history, run, namespace
        self._versions = _versions(run)
        self._engine: _RunFacets = {}
        if of_tfx := self._versions.get("tfx") or _tfx_version(run):
            self._engine["processing_engine"] = (
                facet_v2.processing_engine_run.ProcessingEngineRunFacet(
                    version=of_tfx, name=_ENGINE, openlineageAdapterVersion=version
                )
            )

    def all(self) -> Iterator[event_v2.RunEvent]:
        """Yields them in the order of time; the run's own stand around those of its nodes."""
        run = self._run
        job = self._job(self._history.pipeline, "DAG")
        facets = {**self._engine, **self._tags(self._versions)}
        own = event_v2.Run(self._id(run), facets)
        yield self._event(event_v2.RunState.START, run.started, own, job)
        of_nodes = [event for each in run.executions for event in self._execution(each)]
        yield from sorted(of_nodes, key=lambda event: event.eventTime)
        if run.state in _ENDS:
            failed = next((each for each in run.executions if _failed(each)), None)
            error = _error(failed, f"{failed.node}: ") if failed else {}
            own = event_v2.Run(self._id(run), {**facets, **error})
            yield self._event(_ENDS[run.state], run.ended, own, job)

    def _execution(self, execution: records.Execution) -> Iterator[event_v2.RunEvent]:
        job = self._job(f"{self._history.pipeline}.{execution.node}", "TASK")
        cached = {"cached": "true"} if execution.state is records.State.CACHED else {}
        facets = {"parent": self._parent(), **self._engine, **self._tags(cached)}
        own = event_v2.Run(self._id(self._run, str(execution.id)), facets)
        taken = datasets.inputs(execution)
        yield self._event(event_v2.RunState.START, execution.started, own, job, taken)
        if execution.state in _ENDS:
            error = _error(execution) if _failed(execution) else {}
            own = event_v2.Run(own.runId, {**facets, **error})
            yield self._event(
                *(_ENDS[execution.state], execution.ended, own, job, taken),
                datasets.outputs(execution),
            )

    def _event(
        self,
        type_: event_v2.RunState,
        time: datetime.datetime,
        run: event_v2.Run,
        job: event_v2.Job,
        inputs: list[event_v2.InputDataset] | None = None,
        outputs: list[event_v2.OutputDataset] | None = None,
    ) -> event_v2.RunEvent:
        return event_v2.RunEvent(
            eventType=type_,
            eventTime=time.isoformat(timespec="milliseconds"),
            run=run,
            job=job,
            inputs=inputs or [],
            outputs=outputs or [],
        )

    def _job(self, name: str, kind: str) -> event_v2.Job:
        type_ = facet_v2.job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration=_ENGINE, jobType=kind
        )
        return event_v2.Job(self._namespace, name, {"jobType": type_})

    def _parent(self) -> facet_v2.RunFacet:
        of_run = facet_v2.parent_run
        return of_run.ParentRunFacet(
            run=of_run.Run(self._id(self._run)),
            job=of_run.Job(self._namespace, self._history.pipeline),
        )

    def _id(self, run: records.Run, *execution: str) -> str:
        """Makes an id that is always the same."""
        words = (self._history.store, self._history.pipeline, run.id, *execution)
        return str(uuid.uuid5(_IDS, "\n".join(words)))

    def _tags(self, values: Mapping[str, str]) -> _RunFacets:
        tags = [
            facet_v2.tags_run.TagsRunFacetFields(key, value, source="INTEGRATION")
            for key, value in values.items()
        ]
        return {"tags": facet_v2.tags_run.TagsRunFacet(tags)} if tags else {}


def _failed(execution: records.Execution) -> bool:
    return _ENDS.get(execution.state) is event_v2.RunState.FAIL


def _error(execution: records.Execution, before: str = "") -> _RunFacets:
    message = before + (execution.error or "why it failed is not recorded")
    error = facet_v2.error_message_run.ErrorMessageRunFacet(message, programmingLanguage="Python")
    return {"errorMessage": error}


def _versions(run: records.Run) -> dict[str, str]:
    """Reads the versions of what a run was made by; none where their file is gone."""
    told = files.document(run.output(*facts.CONFIG), noted.ENVIRONMENT_FILE)
    found = told.get("versions") if isinstance(told, dict) else None
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def _tfx_version(run: records.Run) -> str | None:
    """Reads the version that TFX notes of every artifact that it makes."""
    versions = (
        artifact.properties.get("tfx_version")
        for execution in reversed(run.executions)
        for artifacts in execution.outputs.values()
        for artifact in artifacts
    )
    return next((str(version) for version in versions if version), None)
