"""`meritline run --compiled`: a compiled pipeline from its file to an exit status."""

import contextlib
import itertools
import pathlib
import sys
import time
from collections.abc import Mapping, Sequence

from components.evaluator import verdict
from pipeline import console as console_lib
from pipeline import data_section, errors, lock
from pipeline import workspace as workspace_lib
from pipeline.spec_runner import job as job_lib
from pipeline.spec_runner import parameters, records, running, tasks

_METADATA = "metadata.db"


def run(path: pathlib.Path, settings: Sequence[str], parallel: int) -> int:
    """Runs a compiled pipeline on this machine.

    Args:
        path: What `meritline compile` has made, with a pipeline root on this machine.
        settings: Runtime parameters as `NAME=VALUE`.
        parallel: Tasks that may run at one time.

    Returns:
        The exit status.

    Raises:
        ConfigError: If the file or a parameter breaks a rule.
    """
    job = job_lib.read(path)
    values = parameters.read(job, settings)
    if not job.root or data_section.is_uri(job.root):
        raise errors.ConfigError(
            "`--compiled` must have a pipeline root on this machine to run on it: compile it with "
            f"--pipeline-root DIRECTORY. Received: {job.root or 'none'}"
        )
    root = pathlib.Path(job.root)
    name, directory = _make(root, job.name)
    console = console_lib.Console(sys.stdout, names=job.tasks)
    with lock.together(workspace_lib.Workspace(root)), contextlib.closing(console):
        kept = records.Records(root / _METADATA, job.name, name)
        asked = running.Asked(name, directory, values, parallel)
        ended = running.run(job, asked, kept, _Watcher(console))
        status, lines = outcome(ended)
        for line in lines:
            console.line(line)
        console.line(f"logs: {directory}/*/{tasks.LOG}")
    return status


def outcome(ended: Mapping[str, running.TaskRun]) -> tuple[errors.ExitStatus, list[str]]:
    """Tells how a run ended, as a status and in words."""
    failed = {task.name: task.why for task in ended.values() if task.why is not None}
    if failed:
        lines = []
        for name, why in failed.items():
            lines += [f"error: {name}: {why.message}", *(f"  {each}" for each in why.details)]
        lines += [
            f"not run, since it needs what failed: {task.name}"
            for task in ended.values()
            if task.state == running.NOT_RUN
        ]
        return next(iter(failed.values())).status, lines
    judged = _judgement(ended)
    pushed = _pushed(ended)
    lines = [f"{'Blessed' if judged.blessed else 'Not blessed'}: {w}" for w in judged.reasons]
    lines.append(f"Pushed  {pushed or 'nothing'}")
    wanted = pushed is not None if "Pusher" in ended else judged.blessed
    return errors.ExitStatus.PUSHED if wanted else errors.ExitStatus.NOT_BLESSED, lines


def _make(root: pathlib.Path, pipeline: str) -> tuple[str, pathlib.Path]:
    """Names a run by its time, and makes its directory; of two in one second one is counted on."""
    name = time_ = time.strftime("%Y%m%d%H%M%S")
    for number in itertools.count(2):
        try:
            (root / f"{pipeline}-{name}").mkdir(parents=True)
            break
        except FileExistsError:
            name = f"{time_}-{number}"
        except OSError as error:
            raise errors.ConfigError(
                "The pipeline root must be a directory that can be written. "
                f"Received: {root} ({error.strerror})"
            ) from None
    return name, root / f"{pipeline}-{name}"


class _Watcher:
    """Tells people."""

    def __init__(self, console: console_lib.Console) -> None:
        self._console = console

    def started(self, name: str) -> None:
        self._console.component_started(name)

    def ended(self, task: running.TaskRun) -> None:
        if task.state == running.FAILED:
            self._console.component_failed(task.name, task.seconds)
        elif task.state == running.DONE:
            self._console.component_finished(task.name, task.seconds, cached=None)


def _judgement(ended: Mapping[str, running.TaskRun]) -> verdict.Verdict:
    [evaluation] = ended["Evaluator"].outputs["evaluation"]
    path = pathlib.Path(evaluation.uri, verdict.FILE_NAME)
    return verdict.Verdict.from_json(path.read_text(encoding="utf-8"))


def _pushed(ended: Mapping[str, running.TaskRun]) -> str | None:
    """Names the directory of the version that was pushed, if one was."""
    if "Pusher" not in ended:
        return None
    [made] = ended["Pusher"].outputs["pushed_model"]
    return made.metadata["pushed_destination"] if made.metadata["pushed"] == 1 else None
