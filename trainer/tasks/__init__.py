"""Tasks: what is predicted, how it is judged, and what the served model answers.

A task is one module with one `Task`, found here by its name. Importing this package imports no
TensorFlow; `get` imports the task's module.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from trainer.tasks import task

_MODULES = {"classification": "trainer.tasks.classification"}
NAMES = tuple(_MODULES)


def get(name: str) -> "task.Task":
    """Returns the task of that name.

    Raises:
        KeyError: If no task has the name.
    """
    return importlib.import_module(_MODULES[name]).TASK
