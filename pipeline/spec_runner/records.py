"""What runs have made, kept in ML Metadata for the resolvers of later runs, and for people.

Written as TFX writes a local run: what reads one reads the other.
"""

import json
import pathlib
from collections.abc import Sequence

import ml_metadata
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2
from ml_metadata import proto
from ml_metadata.proto import metadata_store_pb2

from pipeline import failure
from pipeline.spec_runner import invocation as invocation_lib
from pipeline.spec_runner import kept

_RESULT = "__execution_result__"  # TFX's name for how an execution has ended
_TYPES = spec_pb2.ParameterType
_KINDS = {
    _TYPES.NUMBER_INTEGER: metadata_store_pb2.INT,
    _TYPES.NUMBER_DOUBLE: metadata_store_pb2.DOUBLE,
    _TYPES.STRING: metadata_store_pb2.STRING,
}


class Records:
    """The records of the runs of one pipeline, and those of the run under way."""

    def __init__(self, path: pathlib.Path, pipeline: str, run: str) -> None:
        """Opens the database, or makes it.

        Args:
            path: Where the SQLite file lies; its directory is there.
            pipeline: Its name.
            run: The run's.
        """
        config = proto.ConnectionConfig()  # TFX's helper for it would import all of TFX
        config.sqlite.filename_uri = str(path)
        config.sqlite.connection_mode = proto.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
        self._store = ml_metadata.MetadataStore(config)
        self._name = pipeline
        self._pipeline = self._context("pipeline", pipeline)
        self._run = self._context("pipeline_run", run, within=self._pipeline)
        self._under_way: dict[str, proto.Execution] = {}  # by task

    def start(self, invocation: invocation_lib.Invocation) -> None:
        """Records that a task has started, and what it takes."""
        task = invocation.task.name
        type_id = self._store.put_execution_type(proto.ExecutionType(name=task))
        execution = proto.Execution(type_id=type_id, last_known_state=proto.Execution.RUNNING)
        self._under_way[task] = execution
        self._put(invocation, self._events(invocation.inputs, proto.Event.INPUT))

    def complete(
        self, invocation: invocation_lib.Invocation, outputs: invocation_lib.Outputs
    ) -> None:
        """Records that a task has ended well, and what it has put out, which is known from now."""
        is_found = invocation.task.kind == "resolver"  # what an earlier run has put out
        event = proto.Event.INTERNAL_OUTPUT if is_found else proto.Event.OUTPUT
        execution = self._under_way[invocation.task.name]
        execution.last_known_state = proto.Execution.COMPLETE
        self._put(invocation, self._events(outputs, event))
        del self._under_way[invocation.task.name]

    def fail(self, invocation: invocation_lib.Invocation, why: failure.Failure) -> None:
        """Records that a task has failed, and why, as TFX's proto ExecutionResult."""
        message = "\n".join([why.message, *why.details])
        result = {"resultMessage": message, "code": int(why.status)}
        execution = self._under_way[invocation.task.name]
        execution.last_known_state = proto.Execution.FAILED
        execution.custom_properties[_RESULT].string_value = json.dumps(result, indent=2)
        self._put(invocation, [])
        del self._under_way[invocation.task.name]

    def cancel(self) -> None:
        """Records that whatever has not ended has been interrupted."""
        executions = [each for each in self._under_way.values() if each.id]
        for execution in executions:
            execution.last_known_state = proto.Execution.CANCELED
        if executions:
            self._store.put_executions(executions)
        self._under_way.clear()

    def artifacts(self) -> list[spec_pb2.RuntimeArtifact]:
        """Lists what all runs have put out and what is still there, the oldest first."""
        found = self._store.get_artifacts_by_context(self._pipeline.id)
        live = [a for a in found if pathlib.Path(a.uri).exists()]
        return [kept.runtime(artifact) for artifact in sorted(live, key=lambda each: each.id)]

    def _put(
        self,
        invocation: invocation_lib.Invocation,
        pairs: Sequence[tuple[proto.Artifact, proto.Event]],
    ) -> None:
        """Writes a task's execution as it is now; a hook may have added parameters to it."""
        execution = self._under_way[invocation.task.name]
        definitions = invocation.task.component.input_definitions.parameters
        for name, value in invocation.parameters.items():
            kind = _KINDS.get(definitions[name].parameter_type) if name in definitions else None
            execution.custom_properties[name].CopyFrom(kept.encode(value, kind))
        node = self._context("node", f"{self._name}.{invocation.task.name}")
        contexts = [self._pipeline, self._run, node]
        execution.id, _, _ = self._store.put_execution(execution, pairs, contexts)

    def _events(
        self, artifacts: invocation_lib.Outputs, kind: "proto.Event.Type"
    ) -> list[tuple[proto.Artifact, proto.Event]]:
        # One event an artifact, though it be given twice: its path has a key and an index for each.
        found: dict[str, tuple[proto.Artifact, proto.Event]] = {}
        for key, of_key in artifacts.items():
            for index, each in enumerate(of_key):
                if each.name not in found:
                    found[each.name] = (self._artifact(each), proto.Event(type=kind))
                _, event = found[each.name]
                event.path.steps.add().key = key
                event.path.steps.add().index = index
        return list(found.values())

    def _artifact(self, told: spec_pb2.RuntimeArtifact) -> proto.Artifact:
        type_ = kept.type_(told.type)
        type_id = self._store.put_artifact_type(type_, can_add_fields=True, can_omit_fields=True)
        known = self._store.get_artifact_by_type_and_name(type_.name, told.name)
        return known or kept.artifact(told, type_id)

    def _context(self, type_: str, name: str, within: proto.Context | None = None) -> proto.Context:
        known = self._store.get_context_by_type_and_name(type_, name)
        if known is not None:
            return known
        type_id = self._store.put_context_type(proto.ContextType(name=type_))
        context = proto.Context(type_id=type_id, name=name)
        try:
            [context.id] = self._store.put_contexts([context])
        except ml_metadata.errors.AlreadyExistsError:  # a run beside this one was faster
            return self._store.get_context_by_type_and_name(type_, name)
        if within is not None:
            pair = proto.ParentContext(parent_id=within.id, child_id=context.id)
            self._store.put_parent_contexts([pair])
        return context
