"""Work that must not be in the way of answers, by a thread that goes behind all others."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from typing import TypeVar

_LOWER_BY = 10  # of the 19 steps that there are (nice(2)): about a tenth of another thread's share
_Result = TypeVar("_Result")


def run(work: Callable[[], _Result]) -> _Result:
    """Does something by a thread of low priority, and waits for it.

    On Linux each thread has a priority, hands it on to those that it starts, and may lower but not
    raise it: so each time it is another thread. TensorFlow's own, which answer too, must have been
    started before. Elsewhere priorities are those of processes, and it is as any thread.
    """
    with futures.ThreadPoolExecutor(1, "background", initializer=_lower) as one:
        return one.submit(work).result()


def _lower() -> None:
    if sys.platform == "linux":
        thread = threading.get_native_id()
        now = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, now + _LOWER_BY)
