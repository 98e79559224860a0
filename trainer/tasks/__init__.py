"""Tasks: what is predicted, how it is learned, and what the served model answers.

A task is one module here with `build`, found by its name, and one package in `schemas` that tells
what it asks of the data. Importing this package imports no TensorFlow; `get` imports the module.
"""

import importlib
import typing

from schemas import tasks as tasks_lib

if typing.TYPE_CHECKING:
    from trainer.tasks import task

Settings = tasks_lib.Settings
names = tasks_lib.names


def get(settings: tasks_lib.Settings) -> "task.Task":
    """Builds the task.

    Raises:
        KeyError: If no task has the name.
    """
    tasks_lib.contract(settings.name)
    made: task.Task = importlib.import_module(f"trainer.tasks.{settings.name}").build(settings)
    return made
