"""What ends a run early, and the exit statuses by which a run tells how it ended."""

import enum
from collections.abc import Sequence


class ExitStatus(enum.IntEnum):
    """How a run ended, for the shell that started it."""

    PUSHED = 0  # and a dry run that found nothing wrong
    CRASHED = 1
    CONFIG = 2  # the config, the command line or the file they name breaks a rule
    NOT_BLESSED = 3
    REFUSED = 4  # the data broke a rule while the run was under way
    INTERRUPTED = 130  # what shells expect after Ctrl-C: 128 + SIGINT


class ConfigError(Exception):
    """A config or command line that breaks rules; the CLI prints it and exits with status 2.

    Attributes:
        problems: One line for each broken rule, naming key, rule and value.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
