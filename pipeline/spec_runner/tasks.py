"""How a task of each kind is run."""

import os
import pathlib
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline import config as config_lib
from pipeline.spec_runner import invocation as invocation_lib
from pipeline.spec_runner import placeholders, query

LOG = "log.txt"


class TaskError(Exception):
    """A command ended with another status than 0.

    Attributes:
        log: Where its output is.
    """

    def __init__(self, status: int, log: pathlib.Path) -> None:
        super().__init__(f"exit status {status}")
        self.log = log


class Commands:
    """The commands of containers, run as processes of this machine; may be used by threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_stopped = False

    def run(self, invocation: invocation_lib.Invocation) -> invocation_lib.Outputs:
        """Runs a task's command, and before it the hook that a backend runs before its cache.

        Returns:
            What it has put out.

        Raises:
            TaskError: If one of them fails.
        """
        container = invocation.task.executor.container
        for artifacts in invocation.outputs().values():
            for artifact in artifacts:
                pathlib.Path(artifact.uri).mkdir(parents=True, exist_ok=True)
        if container.lifecycle.HasField("pre_cache_check"):
            hook = container.lifecycle.pre_cache_check
            self._call([*hook.command, *hook.args], container, invocation)
            invocation.take_what_was_told()
        self._call([*container.command, *container.args], container, invocation)
        invocation.take_what_was_told()
        return invocation.outputs()

    def stop(self) -> None:
        """Ends whatever runs, with its children, and starts nothing more."""
        with self._lock:
            self._is_stopped = True
            running = list(self._running)
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)

    def _call(
        self,
        command: Sequence[str],
        container: spec_pb2.PipelineDeploymentConfig.PipelineContainerSpec,
        invocation: invocation_lib.Invocation,
    ) -> None:
        filled = [placeholders.fill(part, invocation.told) for part in command]
        if filled[0] in ("python", "python3"):
            filled[0] = sys.executable
        path = invocation.directory / LOG
        with path.open("ab") as log:
            process = self._start(filled, _environment(container), log.fileno())
            try:
                status = process.wait()
            finally:
                with self._lock:
                    self._running.discard(process)
        if status:
            raise TaskError(status, path)

    def _start(
        self, command: Sequence[str], environment: dict[str, str], log: int
    ) -> "subprocess.Popen[bytes]":
        with self._lock:  # so that `stop` sees whatever has been started
            if self._is_stopped:
                raise InterruptedError
            process = subprocess.Popen(
                command,
                # The image's working directory is the project's.
                cwd=config_lib.PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self._running.add(process)
            return process


def resolve(
    invocation: invocation_lib.Invocation, known: Sequence[spec_pb2.RuntimeArtifact]
) -> invocation_lib.Outputs:
    """Looks for artifacts of earlier runs; for what is not found there is an empty list.

    Raises:
        QueryError: If a filter is not understood.
    """
    found: invocation_lib.Outputs = {}
    for key, asked in invocation.task.executor.resolver.output_artifact_queries.items():
        filter_ = placeholders.fill(asked.filter, invocation.told)
        artifact = query.find(filter_, known)
        found[key] = [artifact] if artifact else []
    return found


def import_(
    invocation: invocation_lib.Invocation, known: Sequence[spec_pb2.RuntimeArtifact]
) -> invocation_lib.Outputs:
    """Brings files into the records; those that are known already only if that is asked for."""
    spec = invocation.task.executor.importer
    told = spec.artifact_uri
    if told.WhichOneof("value") == "runtime_parameter":
        uri = str(invocation.parameters[told.runtime_parameter])
    else:
        uri = told.constant.string_value
    title = placeholders.title(spec.type_schema)
    before = [a for a in known if a.uri == uri and placeholders.title(a.type) == title]
    [(key, [made])] = invocation.outputs().items()
    if before and not spec.reimport:
        return {key: [before[-1]]}
    made.uri = uri
    made.type.CopyFrom(spec.type_schema)
    made.metadata.MergeFrom(spec.metadata)
    return {key: [made]}


def _environment(
    container: spec_pb2.PipelineDeploymentConfig.PipelineContainerSpec,
) -> dict[str, str]:
    """Gives a command what this process has, and the project to import from."""
    paths = [str(config_lib.PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    told = {variable.name: variable.value for variable in container.env}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **told}
