"""The error for data that breaks a rule."""


class DataError(ValueError):
    """Data that a component refuses: its message names the place, the rule and the value.

    A run that meets one stops with exit status 4 and prints the message as one line. Beam workers
    re-raise errors as text, so the runner finds this class by its name in that text as well.
    """
