"""What runs have made, kept in ML Metadata for the resolvers of later runs, and for people."""

import pathlib
from collections.abc import Mapping, Sequence

import ml_metadata
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2
from ml_metadata import proto

from pipeline.spec_runner import placeholders

Artifacts = Mapping[str, Sequence[spec_pb2.RuntimeArtifact]]
_SCHEMA = "schema"  # the property that keeps the type as the spec has it


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
        self._contexts = [self._context("pipeline", pipeline), self._context("pipeline_run", run)]

    def add(
        self, task: str, inputs: Artifacts, outputs: Artifacts, parameters: Mapping[str, object]
    ) -> None:
        """Records a task that has ended well. What it put out is named, and so known from now."""
        self._put(task, inputs, outputs, parameters, proto.Execution.COMPLETE)

    def add_failed(self, task: str, inputs: Artifacts, parameters: Mapping[str, object]) -> None:
        """Records a task that has failed."""
        self._put(task, inputs, {}, parameters, proto.Execution.FAILED)

    def artifacts(self) -> list[spec_pb2.RuntimeArtifact]:
        """Lists what all runs have put out and what is still there, the oldest first."""
        found = self._store.get_artifacts_by_context(self._contexts[0].id)
        live = [a for a in found if pathlib.Path(a.uri).exists()]
        return [_runtime(artifact) for artifact in sorted(live, key=lambda each: each.id)]

    def _put(
        self,
        task: str,
        inputs: Artifacts,
        outputs: Artifacts,
        parameters: Mapping[str, object],
        state: "proto.Execution.State",
    ) -> None:
        execution = proto.Execution(type_id=self._execution_type(task), last_known_state=state)
        for name, value in parameters.items():
            execution.custom_properties[name].string_value = str(value)
        pairs = [
            *self._events(inputs, proto.Event.INPUT),
            *self._events(outputs, proto.Event.OUTPUT),
        ]
        self._store.put_execution(execution, pairs, self._contexts)

    def _events(
        self, artifacts: Artifacts, kind: "proto.Event.Type"
    ) -> list[tuple[proto.Artifact, proto.Event]]:
        pairs = []
        for key, of_key in artifacts.items():
            for index, each in enumerate(of_key):
                event = proto.Event(type=kind)
                event.path.steps.add().key = key
                event.path.steps.add().index = index
                pairs.append((self._artifact(each), event))
        return pairs

    def _artifact(self, told: spec_pb2.RuntimeArtifact) -> proto.Artifact:
        title = placeholders.title(told.type)
        type_id = self._store.put_artifact_type(proto.ArtifactType(name=title))
        known = self._store.get_artifact_by_type_and_name(title, told.name)
        if known is not None:
            return known
        made = proto.Artifact(
            type_id=type_id, name=told.name, uri=told.uri, state=proto.Artifact.LIVE
        )
        made.custom_properties[_SCHEMA].string_value = told.type.instance_schema
        for name, value in json_format.MessageToDict(told.metadata).items():
            if isinstance(value, bool | int | float):
                made.custom_properties[name].double_value = float(value)
            else:
                made.custom_properties[name].string_value = str(value)
        return made

    def _execution_type(self, task: str) -> int:
        return int(self._store.put_execution_type(proto.ExecutionType(name=task)))

    def _context(self, type_: str, name: str) -> proto.Context:
        known = self._store.get_context_by_type_and_name(type_, name)
        if known is None:
            type_id = self._store.put_context_type(proto.ContextType(name=type_))
            self._store.put_contexts([proto.Context(type_id=type_id, name=name)])
            known = self._store.get_context_by_type_and_name(type_, name)
        return known


def _runtime(artifact: proto.Artifact) -> spec_pb2.RuntimeArtifact:
    found = spec_pb2.RuntimeArtifact(name=artifact.name, uri=artifact.uri)
    for name, value in artifact.custom_properties.items():
        if name == _SCHEMA:
            found.type.instance_schema = value.string_value
        else:
            found.metadata[name] = getattr(value, value.WhichOneof("value"))
    return found
