"""Times as ML Metadata keeps them."""

import datetime


def of(milliseconds: int) -> datetime.datetime:
    """Reads milliseconds of the epoch."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
