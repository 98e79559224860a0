"""Why a task has failed, as far as its command has said."""

from pipeline import failure
from pipeline.spec_runner import tasks

_LAST_BYTES = 1 << 16  # of a log, where what went wrong stands


def explain(error: Exception) -> failure.Failure:
    """Tells why a task has failed: of a command, by what it has written last."""
    return failure.explain(_said(error) if isinstance(error, tasks.TaskError) else error)


def _said(error: tasks.TaskError) -> Exception:
    """Makes of what a command has written an error that can be explained."""
    with error.log.open("rb") as file:
        file.seek(max(0, error.log.stat().st_size - _LAST_BYTES))
        said = file.read().decode("utf-8", "replace")
    return RuntimeError(said.strip() or str(error))
