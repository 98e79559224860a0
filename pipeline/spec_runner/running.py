"""Runs the tasks of a job in the order of the graph, some of them beside each other."""

import concurrent.futures
import dataclasses
import functools
import pathlib
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pipeline import failure
from pipeline.spec_runner import explanation, tasks
from pipeline.spec_runner import invocation as invocation_lib
from pipeline.spec_runner import job as job_lib
from pipeline.spec_runner import records as records_lib

DONE, FAILED, NOT_RUN = "done", "failed", "not run"


@dataclasses.dataclass(frozen=True)
class TaskRun:
    """How a task ended.

    Attributes:
        name: The task's.
        state: `done`, `failed`, or `not run`, since something failed that it needs.
        seconds: Wall time.
        outputs: What it has put out.
        why: Why it failed.
    """

    name: str
    state: str
    seconds: float = 0.0
    outputs: invocation_lib.Outputs = dataclasses.field(default_factory=dict)
    why: failure.Failure | None = None


class Watcher(Protocol):
    """Who is told of tasks while they run, from the thread that called `run`."""

    def started(self, name: str) -> None:
        """A task has been started."""

    def ended(self, task: TaskRun) -> None:
        """A task has ended."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """How to run a job.

    Attributes:
        run: Names the run.
        directory: What the run makes is put here, each task's in a directory of its own.
        values: Value of each runtime parameter.
        parallel: Tasks that may run at one time.
    """

    run: str
    directory: pathlib.Path
    values: Mapping[str, Any]
    parallel: int


def run(
    job: job_lib.Job, asked: Asked, records: records_lib.Records, watcher: Watcher
) -> dict[str, TaskRun]:
    """Runs all tasks that can be run: a task that fails stops what depends on it, and that alone.

    Returns:
        Task to how it ended, in the order of the graph.

    Raises:
        KeyboardInterrupt: If it is interrupted; nothing runs any more then.
    """
    commands = tasks.Commands()
    under_way = _Run(job, asked, records, commands)
    with concurrent.futures.ThreadPoolExecutor(asked.parallel) as pool:
        try:
            under_way.go(pool, watcher)
        except BaseException:
            commands.stop()
            records.cancel()
            raise
    return {name: under_way.ended[name] for name in job.tasks}


class _Run:
    """A run under way. All but the commands themselves is done by one thread."""

    def __init__(
        self,
        job: job_lib.Job,
        asked: Asked,
        records: records_lib.Records,
        commands: tasks.Commands,
    ) -> None:
        self._job = job
        self._asked = asked
        self._records = records
        self._commands = commands
        self.ended: dict[str, TaskRun] = {}
        self._running: dict[concurrent.futures.Future[TaskRun], invocation_lib.Invocation] = {}

    def go(self, pool: concurrent.futures.Executor, watcher: Watcher) -> None:
        """Starts whatever can be started, until nothing is left."""
        waiting = list(self._job.tasks)
        while waiting or self._running:
            ready = [n for n in waiting if self._job.tasks[n].needs <= set(self.ended)]
            for name in ready[: self._asked.parallel - len(self._running)]:
                waiting.remove(name)
                self._start(name, pool, watcher)
            if self._running:
                self._wait(watcher)

    def _start(self, name: str, pool: concurrent.futures.Executor, watcher: Watcher) -> None:
        task = self._job.tasks[name]
        if any(self.ended[needed].state != DONE for needed in task.needs):
            self._end(TaskRun(name, NOT_RUN), watcher)
            return
        made = {each: ended.outputs for each, ended in self.ended.items()}
        directory = self._asked.directory / name
        directory.mkdir(parents=True, exist_ok=True)
        values = self._asked.values
        invocation = invocation_lib.make(task, directory, self._asked.run, made, values)
        self._records.start(invocation)
        if task.kind == "container":
            watcher.started(name)
            call = functools.partial(self._commands.run, invocation)
            self._running[pool.submit(_ended, name, call)] = invocation
            return
        find = tasks.resolve if task.kind == "resolver" else tasks.import_
        found = _ended(name, functools.partial(find, invocation, self._records.artifacts()))
        self._keep(invocation, found, watcher)

    def _wait(self, watcher: Watcher) -> None:
        done, _ = concurrent.futures.wait(
            self._running, return_when=concurrent.futures.FIRST_COMPLETED
        )
        for future in done:
            self._keep(self._running.pop(future), future.result(), watcher)

    def _keep(
        self, invocation: invocation_lib.Invocation, ended: TaskRun, watcher: Watcher
    ) -> None:
        """Records how a task has ended."""
        if ended.why is not None:
            self._records.fail(invocation, ended.why)
        else:
            self._records.complete(invocation, ended.outputs)
        self._end(ended, watcher)

    def _end(self, ended: TaskRun, watcher: Watcher) -> None:
        self.ended[ended.name] = ended
        watcher.ended(ended)


def _ended(name: str, call: Callable[[], invocation_lib.Outputs]) -> TaskRun:
    """Runs a task to its end, whatever that is."""
    started = time.monotonic()
    try:
        outputs = call()
    except Exception as error:  # noqa: BLE001 - whatever it is, the run is told of it
        why = explanation.explain(error)
        return TaskRun(name, FAILED, time.monotonic() - started, why=why)
    return TaskRun(name, DONE, time.monotonic() - started, outputs)
