"""What the gate found, as plain data: the terminal prints it, the page shows it."""

import dataclasses
import json
import os
from typing import Literal

from tfx.dsl.io import fileio

from components.statistics import text_statistics

FILE_NAME = "findings.json"
Level = Literal["error", "warn"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """A check that did not hold.

    Attributes:
        check: Its name, as in the config's `validate` section.
        level: `error` stops the run, `warn` is told.
        message: What broke, and how far: split, value, limit; one line.
        rows: Which rows, the worst first.
        remedy: The one command or edit that would accept it; one line.
    """

    check: str
    level: Level
    message: str
    rows: tuple[text_statistics.RowExample, ...] = ()
    remedy: str = ""


@dataclasses.dataclass(frozen=True)
class Findings:
    """All findings of one run.

    Attributes:
        findings: Errors first, then warnings, each in the order of the checks.
        checked: Names of the checks that were made; those that are off are not among them.
        not_checked: Check to the reason why it was not made, such as that no blessed model was
            there to compare with.
    """

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    not_checked: dict[str, str]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Those that stop the run."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Those that are only told."""
        return tuple(finding for finding in self.findings if finding.level == "warn")


def write(directory: str, findings: Findings) -> None:
    """Writes the findings into a directory."""
    path = os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
    with fileio.open(path, "w") as file:
        file.write(json.dumps(dataclasses.asdict(findings), indent=1))


def read(directory: str) -> Findings:
    """Reads the findings of a directory."""
    path = os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
    with fileio.open(path, "r") as file:
        values = json.loads(file.read())
    return Findings(
        findings=tuple(
            Finding(
                **{
                    **finding,
                    "rows": tuple(text_statistics.RowExample(**row) for row in finding["rows"]),
                }
            )
            for finding in values["findings"]
        ),
        checked=tuple(values["checked"]),
        not_checked=values["not_checked"],
    )
