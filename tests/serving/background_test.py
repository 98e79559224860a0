"""Work behind all other."""

import os
import sys
import threading

import pytest

from serving import background


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


# Elsewhere the priority of a thread cannot be set, so the code leaves it; there is nothing to see.
@pytest.mark.skipif(sys.platform != "linux", reason="priorities are of threads on Linux alone")
def test_it_has_a_lower_priority_and_nobody_else_has() -> None:
    before = _priority()
    assert background.run(_priority) == min(before + 10, 19)
    assert _priority() == before


def test_what_comes_of_it_comes_back() -> None:
    def fail() -> None:
        raise ZeroDivisionError("oh")

    assert background.run(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError, match="oh"):
        background.run(fail)
