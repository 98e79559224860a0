"""The measuring process: `python -m components.trial.measure MODEL SIGNATURE REPLIES_FD`.

One process a model, so that its memory and its threads are its own. It imports what a server of the
model would, reads orders from standard input, a line of JSON each, and answers each with a line.
"""

import base64
import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the models are made of

from trainer import training_record

# What the first calls of a kind make once and for all is no part of a call.
_WARM_UP_CALLS = 3


def serve(
    directory: str, signature: str, orders: Iterable[str], reply: Callable[[dict], None]
) -> None:
    """Loads a model, tells what it is, and measures what it is ordered to.

    Args:
        directory: Of the SavedModel.
        signature: Takes serialized examples `(batch,)`.
        orders: Lines; each has `examples` in base64, `batch_size`, `calls` and `seconds`, which
            bound a measurement.
        reply: Told what was found.
    """
    started = time.perf_counter()
    model = tf.saved_model.load(directory)
    answer = model.signatures[signature]
    reply({"load_seconds": time.perf_counter() - started, "parameters": parameters(directory)})
    for line in orders:
        order = json.loads(line)
        examples = [base64.b64decode(each) for each in order["examples"]]
        reply(_measured(answer, examples, order["batch_size"], order["calls"], order["seconds"]))


def parameters(directory: str) -> int:
    """Counts the numbers that a SavedModel has learned."""
    variables = tf.train.load_checkpoint(f"{directory}/variables/variables")
    shapes = variables.get_variable_to_shape_map()
    return sum(
        int(tf.TensorShape(shapes[name]).num_elements())
        for name, dtype in variables.get_variable_to_dtype_map().items()
        if dtype.is_floating
    )


def _measured(
    answer: Callable[..., Any],
    examples: Sequence[bytes],
    batch_size: int,
    calls: int,
    seconds: float,
) -> dict[str, Any]:
    """Calls until there have been `calls` of them or the time is up, one at least."""
    endless = itertools.cycle(examples)
    batches = (tf.constant(list(itertools.islice(endless, batch_size))) for _ in itertools.count())
    for batch in itertools.islice(batches, _WARM_UP_CALLS):
        answer(examples=batch)
    latencies: list[float] = []
    begun, cpu_begun = time.perf_counter(), _cpu_seconds()
    while len(latencies) < calls and (not latencies or time.perf_counter() - begun < seconds):
        batch = next(batches)
        started = time.perf_counter()
        for value in answer(examples=batch).values():
            value.numpy()  # an answer that nobody has yet may still be under way
        latencies.append(time.perf_counter() - started)
    return {
        "latencies": latencies,
        "cpu_seconds": _cpu_seconds() - cpu_begun,
        "peak_memory_bytes": training_record.peak_memory_bytes(),
    }


def _cpu_seconds() -> float:
    """Tells the time that all threads of this process have taken of all cores."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(directory: str, signature: str, replies_fd: int) -> int:
    """Serves orders until standard input ends, as it does with the process that wrote to it."""
    with os.fdopen(replies_fd, "w", buffering=1) as replies:

        def reply(found: dict) -> None:
            replies.write(json.dumps(found) + "\n")

        serve(directory, signature, sys.stdin, reply)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
