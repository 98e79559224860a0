"""Who is told of the events of trainings in this process.

Apart from `run`, which TFX loads anew for each Trainer: what stood there would be forgotten.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator

from trainer import progress

Listener = Callable[[progress.Event], None]

_listeners: list[Listener] = []


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hands the events of every training in this block to the listener."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def tell(event: progress.Event) -> None:
    """Hands an event to all listeners and logs it."""
    if not isinstance(event, progress.Step):  # several a second: for screens, not for logs
        logging.getLogger(__name__).info("%s", event)
    for listener in _listeners:
        listener(event)
