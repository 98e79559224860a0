"""A version that is served: its model, the queues of its signatures, and who still uses it."""

import asyncio
import functools
import threading
import time
from collections.abc import Callable, Sequence

from serving import batching, config, errors, servable
from serving import signatures as signatures_lib

# Told of a batch: the signature's name, its rows, how long each request had waited, and how long it
# took, in seconds.
Observe = Callable[[str, int, Sequence[float], float], None]


class ServedVersion:
    """Answers requests as long as anybody holds it.

    Args:
        number: The version's number.
        model: What answers.
        batching_config: How requests are put together.
        limits: What a request may cost.
        observe: Is told of each batch, and of its signature.

    Attributes:
        number: The version's number.
        model: What answers.
    """

    def __init__(
        self,
        number: int,
        model: servable.Servable,
        batching_config: config.BatchingConfig,
        limits: config.Limits,
        observe: Observe = lambda signature, rows, waits, seconds: None,
    ) -> None:
        self.number = number
        self.model = model
        self._batching = batching_config
        self._limits = limits
        self._observe = observe
        self._lock = threading.Lock()
        self._holders = 0
        self._is_retired = False
        self._idle = threading.Event()
        self._queues: dict[str, batching.BatchQueue] = {}

    def hold(self) -> bool:
        """Keeps it from being unloaded until `let_go`; False if it is on its way out already."""
        with self._lock:
            if self._is_retired:
                return False
            self._holders += 1
            return True

    def let_go(self) -> None:
        """Ends what `hold` began."""
        with self._lock:
            self._holders -= 1
            if self._is_retired and not self._holders:
                self._idle.set()

    def retire(self) -> threading.Event:
        """Takes no more holders; the event tells when the last one is gone."""
        with self._lock:
            self._is_retired = True
            if not self._holders:
                self._idle.set()
        return self._idle

    def close(self) -> None:
        """Unloads it; nobody may hold it."""
        for queue in self._queues.values():
            queue.close()
        self.model.close()

    @property
    def waiting(self) -> int:
        """Rows that wait to be answered."""
        return sum(queue.waiting for queue in list(self._queues.values()))

    async def ask(
        self, signature: signatures_lib.Signature, inputs: servable.Tensors, deadline: float
    ) -> servable.Tensors:
        """Answers in the event loop's time, whatever the model takes.

        Args:
            signature: One of the model's.
            inputs: Tensors by name.
            deadline: Until when, by the event loop's clock.

        Raises:
            ServingError: If the inputs do not fit, cost too much, or the time is over.
        """
        signature.check(inputs)
        if self._batching.enabled and signature.is_batchable:
            _check_rows(inputs)
        rows = self._cost(inputs)
        loop = asyncio.get_running_loop()
        if deadline <= loop.time():
            raise _late()
        future = self._queue(signature).submit(inputs, rows)
        timer = loop.call_at(deadline, _give_up, future)
        try:
            return await future
        finally:
            timer.cancel()

    def _cost(self, inputs: servable.Tensors) -> int:
        """Counts the rows, and holds them and the texts against the limits."""
        rows = max((len(value) for value in inputs.values() if value.ndim), default=1)
        if rows > self._limits.max_rows:
            raise errors.invalid(
                f"A request must have at most {self._limits.max_rows} rows. Received: {rows}"
            )
        size = sum(
            sum(map(len, value.ravel())) for value in inputs.values() if value.dtype == object
        )
        if size > self._limits.max_text_bytes:
            raise errors.invalid(
                f"The texts of a request must have at most {self._limits.max_text_bytes} bytes. "
                f"Received: {size}"
            )
        return rows

    def _queue(self, signature: signatures_lib.Signature) -> batching.BatchQueue:
        queue = self._queues.get(signature.name)
        if queue is None:
            queue = self._queues[signature.name] = batching.BatchQueue(
                lambda inputs: self.model.run(signature, inputs),
                self._batching,
                signature.is_batchable,
                functools.partial(self._observe, signature.name),
            )
        return queue


def _check_rows(inputs: servable.Tensors) -> None:
    if len({len(value) for value in inputs.values()}) > 1:
        raise errors.invalid(
            "Batching session Run() input tensors must have equal 0th-dimension size"
        )


def _give_up(future: "asyncio.Future[servable.Tensors]") -> None:
    if not future.done():
        future.set_exception(_late())


def _late() -> errors.ServingError:
    return errors.ServingError(
        errors.Code.DEADLINE_EXCEEDED, f"Deadline exceeded at {time.strftime('%H:%M:%S')}"
    )
