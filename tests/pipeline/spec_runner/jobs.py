"""Compiled pipelines whose commands are small Python programs, written as TFX's compiler does."""

import json
import pathlib
from typing import Any

import yaml

# Tells on its output what it was told, then runs what the test gives it.
_PROGRAM = """
import json, pathlib, sys, time
told = json.loads(sys.argv[1])
artifacts = {
    key: of_key.get("artifacts", [])
    for key, of_key in told.get("inputs", {}).get("artifacts", {}).items()
}
values = told.get("inputs", {}).get("parameterValues", {})
outputs = {key: each["artifacts"][0] for key, each in told["outputs"].get("artifacts", {}).items()}
output_file = pathlib.Path(told["outputs"]["outputFile"])
def put(key, text, **metadata):
    pathlib.Path(outputs[key]["uri"], "text").write_text(text)
    written = {"artifacts": {key: {"artifacts": [{**outputs[key], "metadata": metadata}]}}}
    written["artifacts"][key]["artifacts"][0].pop("type")
    output_file.write_text(json.dumps(written))
def text(key):
    return pathlib.Path(artifacts[key][0]["uri"], "text").read_text()
"""
_PARAMETER_TYPES = {int: "NUMBER_INTEGER", float: "NUMBER_DOUBLE", str: "STRING"}


def schema(title: str, **properties: str) -> dict[str, str]:
    """Writes the type of an artifact, with the kind of each of its properties."""
    told = {name: {"type": kind, "description": "It."} for name, kind in properties.items()}
    document = {"title": title, "type": "object", **({"properties": told} if told else {})}
    return {"instanceSchema": yaml.safe_dump(document, sort_keys=False)}


class Jobs:
    """A job that is put together task by task."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self._tasks: dict[str, Any] = {}
        self._components: dict[str, Any] = {}
        self._executors: dict[str, Any] = {}
        self.parameters: dict[str, Any] = {}

    def task(
        self,
        name: str,
        executor: dict[str, Any],
        inputs: dict[str, tuple[str, str]] | None = None,
        outputs: dict[str, str] | None = None,
        parameters: dict[str, Any] | None = None,
        after: tuple[str, ...] = (),
    ) -> None:
        """Adds a task.

        Args:
            name: Its name.
            executor: What runs it.
            inputs: Key to the task that makes it, and the key that it has there.
            outputs: Key to the title of its type.
            parameters: Name to a value, or, with `$` before it, to a runtime parameter.
            after: Tasks that must come before, too.
        """
        self._tasks[name] = {
            "taskInfo": {"name": name},
            "componentRef": {"name": name},
            "dependentTasks": list(after),
            "inputs": {
                "artifacts": {
                    key: {"taskOutputArtifact": {"producerTask": task, "outputArtifactKey": output}}
                    for key, (task, output) in (inputs or {}).items()
                },
                "parameters": {
                    key: {"componentInputParameter": value[1:]}
                    if isinstance(value, str) and value.startswith("$")
                    else {"runtimeValue": {"constant": value}}
                    for key, value in (parameters or {}).items()
                },
            },
        }
        self._components[name] = {
            "executorLabel": f"{name}_executor",
            "inputDefinitions": {
                "parameters": {
                    key: {"parameterType": _PARAMETER_TYPES[type(value)]}
                    for key, value in (parameters or {}).items()
                }
            },
            "outputDefinitions": {
                "artifacts": {
                    key: {"artifactType": schema(title)} for key, title in (outputs or {}).items()
                }
            },
        }
        self._executors[f"{name}_executor"] = executor

    def program(self, name: str, body: str, hook: str | None = None, **more: Any) -> None:
        """Adds a task that runs a program, after another that runs before."""
        container: dict[str, Any] = {
            "image": "none",
            "command": ["python", "-c", _PROGRAM + body],
            "args": ["{{$}}"],
        }
        if hook is not None:
            command = ["python", "-c", _PROGRAM + hook]
            container["lifecycle"] = {"preCacheCheck": {"command": command, "args": ["{{$}}"]}}
        self.task(name, {"container": container}, **more)

    def document(self) -> dict[str, Any]:
        """Writes the PipelineJob."""
        return {
            "runtimeConfig": {"gcsOutputDirectory": str(self.root)},
            "pipelineSpec": {
                "pipelineInfo": {"name": "reviews"},
                "schemaVersion": "2.1.0",
                "root": {
                    "dag": {"tasks": self._tasks},
                    "inputDefinitions": {"parameters": self.parameters},
                },
                "components": self._components,
                "deploymentSpec": {"executors": self._executors},
            },
        }

    def write(self, path: pathlib.Path) -> pathlib.Path:
        """Writes it to a file."""
        path.write_text(json.dumps(self.document()), encoding="utf-8")
        return path
