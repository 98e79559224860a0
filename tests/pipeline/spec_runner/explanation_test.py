"""Why a task has failed."""

import pathlib

import pytest

from pipeline import errors
from pipeline.spec_runner import explanation, tasks


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        (
            "x\nschemas.errors.DataError: `data.label` must have 2 labels\n",
            errors.ExitStatus.REFUSED,
            "`data.label` must have 2 labels",
        ),
        (
            "Traceback\n  at\nArithmeticError: it diverged\n",
            errors.ExitStatus.CRASHED,
            "ArithmeticError: it diverged",
        ),
        (
            "schemas.errors.DataError: long ago\n" + "x" * (1 << 16) + "\nNow this\n",
            errors.ExitStatus.CRASHED,
            "Now this",
        ),
        ("", errors.ExitStatus.CRASHED, "exit status 9"),
    ],
)
def test_a_command_fails_by_what_it_has_said_last(
    tmp_path: pathlib.Path, said: str, status: errors.ExitStatus, told: str
) -> None:
    log = tmp_path / "log.txt"
    log.write_text(said)
    why = explanation.explain(tasks.TaskError(9, log))
    assert (why.status, why.message) == (status, told)


def test_what_is_no_command_fails_by_its_error() -> None:
    assert explanation.explain(KeyError("rows")).message == "KeyError: 'rows'"
