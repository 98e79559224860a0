"""Keeps those from one another that write to one workspace. A lock goes with its process."""

import contextlib
import fcntl
from collections.abc import Iterator

from pipeline import errors
from pipeline import workspace as workspace_lib

_FILE = ".lock"


@contextlib.contextmanager
def alone(workspace: workspace_lib.Workspace) -> Iterator[None]:
    """Holds a workspace alone: for a run, and for what takes artifacts away.

    Raises:
        ConfigError: If another process holds it, or the workspace cannot be written.
    """
    with _held(workspace, fcntl.LOCK_EX):
        yield


@contextlib.contextmanager
def together(workspace: workspace_lib.Workspace) -> Iterator[None]:
    """Holds a workspace beside others that do: for runs which share a root and no file.

    Raises:
        ConfigError: If another process holds it alone, or the workspace cannot be written.
    """
    with _held(workspace, fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def _held(workspace: workspace_lib.Workspace, how: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            lock = stack.enter_context((workspace.root / _FILE).open("w"))
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.ConfigError(
                "`--workspace` must not be in use by another run, nor by `meritline lineage gc`. "
                f"Received: {workspace.root}"
            ) from None
        except OSError as error:
            raise workspace.unwritable(error) from error
        yield
