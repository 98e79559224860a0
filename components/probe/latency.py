"""How long a client waits for the answer to one row."""

import itertools
import time
from collections.abc import Sequence

import numpy as np

from components.probe import outcome, requests, session

# More tell nothing more of a 95th percentile.
_MAX_CALLS = 200
_SECONDS = 10.0
# The rows have been asked before, so what is made once and for all is made.
_WARM_UP_CALLS = 3


def measure(opened: session.Session, rows: Sequence[requests.Row]) -> outcome.Latency:
    """Times `serving_default` at batch 1, the call alone, as often as time allows.

    Args:
        opened: The model.
        rows: Real ones that are answered, asked in turn; one at least.

    Raises:
        Ended: If the process ends before it has answered.
    """
    latencies: list[float] = []
    started = time.monotonic()
    for i, row in enumerate(itertools.cycle(rows)):
        seconds = opened.ask(session.RAW, requests.of_texts([row])).seconds
        if i >= _WARM_UP_CALLS:
            latencies.append(seconds)
        if latencies and (len(latencies) >= _MAX_CALLS or time.monotonic() - started > _SECONDS):
            break
    p50, p95 = np.quantile(latencies, [0.5, 0.95])
    return outcome.Latency(len(latencies), float(p50), float(p95))
