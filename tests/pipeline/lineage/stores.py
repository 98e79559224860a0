"""Stores of ML Metadata, written as TFX writes them, without TFX and in milliseconds.

    store = stores.Store(workspace.Workspace.at(tmp_path, "reviews"))
    first = store.run("first")
    store.run("again", cached=first, until="Trainer", error="ResourceExhaustedError: no memory")

`Store.put` writes one execution, for graphs of any other kind.
"""

import contextlib
import json
import pathlib
import sqlite3
from collections.abc import Mapping, Sequence

import ml_metadata
from ml_metadata import proto

from components.run_config import noted, settings
from pipeline import config as config_lib
from pipeline import errors, graph, stores
from pipeline import workspace as workspace_lib

Value = str | int | float
Artifacts = Mapping[str, Sequence["proto.Artifact"]]
CODE = {"trainer": "1111", "components/transform": "2222"}
VERSIONS = {"python": "3.10.13", "tensorflow": "2.16.2"}
STARTED = 1_780_000_000.0  # 2026-05-28T20:26:40Z, of the first run
_DONE, _CACHED = proto.Execution.COMPLETE, proto.Execution.CACHED
_FAILED = proto.Execution.FAILED
_RESOLVER = "tfx.dsl.components.common.resolver.Resolver"
_TYPES = {
    "config": "components.RunConfig",
    "examples": "Examples",
    "quarantine": "components.Quarantine",
    "statistics": "ExampleStatistics",
    "text_statistics": "components.TextStatistics",
    "schema": "Schema",
    "anomalies": "ExampleAnomalies",
    "transformed_examples": "Examples",
    "transform_graph": "TransformGraph",
    "model": "Model",
    "trial": "components.TrialReport",
    "evaluation": "ModelEvaluation",
    "blessing": "ModelBlessing",
    "probe": "components.ProbeReport",
    "pushed_model": "PushedModel",
}
# What nobody takes, and who puts it out; the rest follows from the edges.
_ENDS = {
    "Config": "config",
    "DataGate": "report",
    "Evaluator": "blessing",
    "Pusher": "pushed_model",
}


class Store:
    """A store, and what writes to it.

    Attributes:
        workspace: Whose it is.
        pipeline: The pipeline's name.
        opened: The store itself.
    """

    def __init__(self, workspace: workspace_lib.Workspace, pipeline: str = "") -> None:
        """Opens the store of a workspace; makes it where there is none."""
        workspace.make()
        self.workspace, self.pipeline = workspace, pipeline or workspace.root.name
        self.opened = ml_metadata.MetadataStore(stores.connection(workspace))
        self._count = len(self.opened.get_executions())
        self._runs = len(self.opened.get_contexts_by_type("pipeline_run"))

    def artifact(
        self, type_: str, uri: str = "", properties: Mapping[str, Value] | None = None
    ) -> "proto.Artifact":
        """Makes an artifact that is written with what puts it out; its URI by default then, too."""
        type_id = self.opened.put_artifact_type(proto.ArtifactType(name=type_))
        made = proto.Artifact(type_id=type_id, type=type_, uri=uri, state=proto.Artifact.LIVE)
        _set(made, {"is_external": 0, "tfx_version": "1.16.0", **(properties or {})})
        return made

    def put(
        self,
        run: str,
        node: str,
        *,
        inputs: Artifacts | None = None,
        outputs: Artifacts | None = None,
        properties: Mapping[str, Value] | None = None,
        state: int = _DONE,
        error: str | None = None,
        code: int = errors.ExitStatus.CRASHED,
        started: float = STARTED,
        seconds: float = 1.0,
    ) -> Artifacts:
        """Writes what a node did in a run.

        Args:
            run: The run's id.
            node: The node's.
            inputs: Key to artifacts that are written already.
            outputs: Key to artifacts; those that are written already are the cache's answer.
            properties: The execution's settings.
            state: One of `proto.Execution`'s.
            error: What a failed one says; None leaves nothing of it.
            code: The exit status of that.
            started: When, in seconds of the epoch.
            seconds: For how long.

        Returns:
            The outputs, with their ids.
        """
        self._count += 1
        type_ = _RESOLVER if node == "latest_blessed" else f"components.{node}"
        execution = proto.Execution(
            type_id=self.opened.put_execution_type(proto.ExecutionType(name=type_)),
            last_known_state=state,
            name=f"{run}.{node}.{self._count}",
        )
        _set(execution, properties or {})
        if error is not None:
            result = json.dumps({"resultMessage": error, "code": code})
            _set(execution, {"__execution_result__": result})
        for key, artifacts in (outputs or {}).items():
            for made in artifacts:
                made.uri = made.uri or str(self.workspace.artifacts / node / key / str(self._count))
        pairs = [
            *_events(proto.Event.INPUT, inputs or {}),
            *_events(proto.Event.OUTPUT, outputs or {}),
        ]
        contexts = [
            self._context("pipeline", self.pipeline),
            self._context("pipeline_run", run),
            self._context("node", f"{self.pipeline}.{node}"),
        ]
        id_, artifact_ids, _ = self.opened.put_execution(execution, pairs, contexts)
        for (artifact, _), artifact_id in zip(pairs, artifact_ids, strict=True):
            artifact.id = artifact_id
        self._date(id_, started, seconds)
        return outputs or {}

    def run(
        self,
        id_: str,
        config: config_lib.Config | None = None,
        *,
        cached: Mapping[str, Artifacts] | None = None,
        until: str | None = None,
        error: str | None = None,
        code: int = errors.ExitStatus.CRASHED,
        value: float = 0.8,
        blessed: bool = True,
        pushed: str | None = None,
        started: float | None = None,
        seconds: float = 1.0,
    ) -> dict[str, Artifacts]:
        """Writes a whole run, by the graph of a config.

        Args:
            id_: The run's id.
            config: What was run; by default that of a table with texts and labels.
            cached: What another run gave back: the cache answers with it what is in it.
            until: The node that fails; None runs all.
            error: What it says.
            code: The exit status of that.
            value: The main metric.
            blessed: Whether the Evaluator says so.
            pushed: The version that is pushed; None pushes nothing.
            started: When, in seconds of the epoch; by default an hour after the run before.
            seconds: How long each node takes.

        Returns:
            Node to its outputs.
        """
        config = config or config_lib.from_columns("reviews.csv", "review", "stars")
        nodes = graph.nodes(config)
        began = STARTED + 3600 * self._runs if started is None else started
        self._runs += 1
        made: dict[str, Artifacts] = {}
        for index, node in enumerate(nodes):
            inputs = _inputs(node, made)
            hit = (cached or {}).get(node.id)
            failed = node.id == until
            outputs = hit or self._outputs(config, nodes, node.id, (value, blessed, pushed))
            made[node.id] = self.put(
                id_,
                node.id,
                inputs=inputs,
                outputs={} if failed else outputs,
                properties=_settings(config, nodes) if node.id == "Config" else {},
                state=_FAILED if failed else _CACHED if hit else _DONE,
                error=error if failed else None,
                code=code,
                started=began + index * seconds,
                seconds=seconds,
            )
            if failed:
                break
        return made

    def _outputs(
        self,
        config: config_lib.Config,
        nodes: Sequence[graph.Node],
        node: str,
        judged: tuple[float, bool, str | None],
    ) -> Artifacts:
        if node == "latest_blessed":
            return {}
        value, blessed, pushed = judged
        keys = {key for each in nodes for source, key in each.inputs if source == node}
        destination = str(self.workspace.serving / (pushed or ""))
        told: dict[str, dict[str, Value]] = {
            "config": {noted.CONFIG: _digest(config), noted.METRIC: str(config.evaluate.metric)},
            "evaluation": {str(config.evaluate.metric): value},
            "blessing": {"blessed": int(blessed or node == "Probe")},
            "pushed_model": {"pushed": 0},
        }
        if pushed:
            told["pushed_model"] = {
                "pushed": 1,
                "pushed_version": pushed,
                "pushed_destination": destination,
            }
        if node == "Trial":
            told["model"] = {"verdict": "warranted", "candidate": "transformer"}
        found = {}
        for key in sorted(keys | ({_ENDS[node]} if node in _ENDS else set())):
            reports = {"DataGate": "components.DataReport", "Report": "components.RunReport"}
            type_ = reports[node] if key == "report" else _TYPES.get(key, "components.Other")
            type_ = "InfraBlessing" if (node, key) == ("Probe", "blessing") else type_
            found[key] = [self.artifact(type_, properties=told.get(key))]
        if node == "Config":
            self._write(config, found["config"][0])
        return found

    def _write(self, config: config_lib.Config, made: "proto.Artifact") -> None:
        """Writes the files of the config's artifact."""
        directory = self.workspace.artifacts / "Config" / "config" / str(self._count + 1)
        directory.mkdir(parents=True, exist_ok=True)
        made.uri = str(directory)
        (directory / noted.CONFIG_FILE).write_text(config_lib.dump(config), encoding="utf-8")
        environment = {"versions": VERSIONS, "code": CODE, "machine": {}, "parameters": {}}
        (directory / noted.ENVIRONMENT_FILE).write_text(json.dumps(environment), encoding="utf-8")

    def _context(self, type_: str, name: str) -> "proto.Context":
        found = self.opened.get_context_by_type_and_name(type_, name)
        if found is None:
            type_id = self.opened.put_context_type(proto.ContextType(name=type_))
            self.opened.put_contexts([proto.Context(type_id=type_id, name=name)])
            found = self.opened.get_context_by_type_and_name(type_, name)
        return found

    def _date(self, execution: int, started: float, seconds: float) -> None:
        """Sets times, which ML Metadata takes from the clock alone."""
        path = pathlib.Path(self.workspace.metadata_db)
        times = (round(1000 * started), round(1000 * (started + seconds)), execution)
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            file.execute(
                "UPDATE Execution SET create_time_since_epoch=?, last_update_time_since_epoch=?"
                " WHERE id=?",
                times,
            )


def _inputs(node: graph.Node, made: Mapping[str, Artifacts]) -> Artifacts:
    """Finds what a node takes; several under one key come by their makers' names."""
    found: dict[str, Sequence[proto.Artifact]] = {}
    for source, key in node.inputs:
        artifacts = made.get(source, {}).get(key)
        if artifacts:
            name = "baseline_model" if source == "latest_blessed" else key
            found[f"{source}_{key}" if name in found else name] = artifacts
    return found


def _settings(config: config_lib.Config, nodes: Sequence[graph.Node]) -> dict[str, Value]:
    told = settings.Settings(
        config=config_lib.dump(config),
        config_digest=_digest(config),
        task=config.task,
        metric=str(config.evaluate.metric),
        code=CODE,
        nodes=tuple(node.id for node in nodes),
    )
    return {"settings": told.to_json()}


def _digest(config: config_lib.Config) -> str:
    return config_lib.digest(config)[:12]


def _set(told: "proto.Artifact | proto.Execution", values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        kind = {str: "string_value", int: "int_value", float: "double_value"}[type(value)]
        setattr(told.custom_properties[name], kind, value)


def _events(type_: int, given: Artifacts) -> "list[tuple[proto.Artifact, proto.Event]]":
    """Makes one event of each artifact, with all keys that it was given under."""
    found: dict[int, tuple[proto.Artifact, proto.Event]] = {}
    for key, artifacts in given.items():
        for index, artifact in enumerate(artifacts):
            _, event = found.setdefault(
                artifact.id or id(artifact), (artifact, proto.Event(type=type_))
            )
            event.path.steps.add().key = key
            event.path.steps.add().index = index
    return list(found.values())
