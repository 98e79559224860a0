"""The error for data that breaks a rule."""

from collections.abc import Sequence


class DataError(ValueError):
    """Data that a component refuses: its message names the place, the rule and the value.

    A run that meets one stops with exit status 4 and prints the message as one line, and the
    details below it. Beam workers re-raise errors as text, so the runner finds this class by its
    name in that text as well; details do not survive that way.

    Attributes:
        details: More lines for people: what broke, where, and what would accept it.
    """

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)
