"""Requests of many clients, put together: one queue for each signature of a version.

The event loop submits; threads take what waits, ask the model and hand the answers back. A thread
waits `batch_timeout_micros` for more rows at most; while it computes, further rows gather by
themselves. The queue is bounded: what does not fit is refused at once, not left to wait.
"""

import asyncio
import collections
import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from serving import config, errors

Tensors = Mapping[str, np.ndarray]
Run = Callable[[Tensors], Mapping[str, np.ndarray]]
# Told of each batch: its rows, how long each of its requests had waited, and how long it took, in
# seconds.
Observe = Callable[[int, Sequence[float], float], None]

_LOG = logging.getLogger(__name__)
_FULL = "The batch scheduling queue to which this task was submitted is full"
_NO_ROWS = (
    "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of "
    "the input tensors"
)
_STOPPED = "The server is stopping"


@dataclasses.dataclass(eq=False)
class _Task:
    """A request that waits.

    Attributes:
        inputs: Its tensors.
        rows: How many rows they have.
        future: Gets the answer.
        enqueued: When it came, by the monotonic clock.
    """

    inputs: Tensors
    rows: int
    future: "asyncio.Future[Tensors]"
    enqueued: float

    def deliver(self, answer: Tensors | errors.ServingError) -> None:
        """Hands the answer to whoever still waits; runs in the event loop."""
        if self.future.done():
            return
        if isinstance(answer, errors.ServingError):
            self.future.set_exception(answer)
        else:
            self.future.set_result(answer)


class BatchQueue:
    """Puts requests for one signature together, and answers them in threads of its own.

    Args:
        run: Asks the model.
        settings: Sizes and times.
        is_batchable: Whether rows of several requests may go together.
        observe: Is told of each batch.
    """

    def __init__(
        self,
        run: Run,
        settings: config.BatchingConfig,
        is_batchable: bool,
        observe: Observe = lambda rows, waits, seconds: None,
    ) -> None:
        self._run = run
        self._settings = settings
        self._is_batchable = is_batchable and settings.enabled
        self._observe = observe
        self._max_rows = settings.max_batch_size
        self._timeout = settings.batch_timeout_micros / 1e6
        self._capacity = settings.max_enqueued_batches * settings.max_batch_size
        self._changed = threading.Condition()
        # Tasks that may go together, by the shapes of their rows; the oldest group first.
        self._groups: dict[object, collections.deque[_Task]] = {}
        self._waiting = 0
        self._is_closed = False
        self._threads: list[threading.Thread] = []

    @property
    def waiting(self) -> int:
        """Rows that wait."""
        return self._waiting

    def submit(self, inputs: Tensors, rows: int) -> "asyncio.Future[Tensors]":
        """Lets a request wait for its answer; call it in the event loop.

        Args:
            inputs: Tensors that fit the signature.
            rows: How many rows they have; 1 where there is no such axis.

        Raises:
            ServingError: If the queue is full, or closed.
        """
        future: asyncio.Future[Tensors] = asyncio.get_running_loop().create_future()
        task = _Task(inputs, rows, future, time.monotonic())
        with self._changed:
            if self._is_closed:
                raise errors.ServingError(errors.Code.UNAVAILABLE, _STOPPED)
            # One request, however large, may always wait.
            if self._waiting and self._waiting + rows > self._capacity:
                raise errors.ServingError(errors.Code.RESOURCE_EXHAUSTED, _FULL)
            self._groups.setdefault(self._key(inputs), collections.deque()).append(task)
            self._waiting += rows
            self._start_threads()
            self._changed.notify()
        return future

    def close(self) -> None:
        """Answers what waits, and ends the threads."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _key(self, inputs: Tensors) -> object:
        arrays = [inputs[name] for name in sorted(inputs)]  # a client may name them in any order
        if self._settings.pad_variable_length_inputs:
            return tuple(value.ndim for value in arrays)
        return tuple(value.shape[1:] for value in arrays)

    def _start_threads(self) -> None:
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, name=f"batch-{i}", daemon=True)
                for i in range(self._settings.num_batch_threads)
            ]
            for thread in self._threads:
                thread.start()

    def _work(self) -> None:
        while (tasks := self._take()) is not None:
            if tasks:
                self._answer(tasks)

    def _take(self) -> list[_Task] | None:
        """Waits for a batch; None once there will be no more."""
        with self._changed:
            while True:
                if not self._groups:
                    if self._is_closed:
                        return None
                    self._changed.wait()
                    continue
                key, group = next(iter(self._groups.items()))
                patience = group[0].enqueued + self._timeout - time.monotonic()
                if patience <= 0 or self._is_full(group) or self._is_closed:
                    return self._pop(key)
                self._changed.wait(patience)

    def _is_full(self, group: collections.deque[_Task]) -> bool:
        return not self._is_batchable or sum(task.rows for task in group) >= self._max_rows

    def _pop(self, key: object) -> list[_Task]:
        """Takes tasks of one group, up to a full batch; those given up meanwhile are let go."""
        group, rows = self._groups.pop(key), 0
        tasks: list[_Task] = []
        while group and (
            not tasks or (self._is_batchable and rows + group[0].rows <= self._max_rows)
        ):
            task = group.popleft()
            self._waiting -= task.rows
            if not task.future.done():
                tasks.append(task)
                rows += task.rows
        if group:
            self._groups[key] = group  # behind the others
            self._changed.notify()
        return tasks

    def _answer(self, tasks: list[_Task]) -> None:
        started = time.monotonic()
        answers = self._try(tasks)
        waits = [started - task.enqueued for task in tasks]
        rows = sum(task.rows for task in tasks)
        self._observe(rows, waits, time.monotonic() - started)
        loop = tasks[0].future.get_loop()
        try:
            loop.call_soon_threadsafe(_deliver, tasks, answers)
        except RuntimeError:  # the loop is closed: nobody waits
            _LOG.warning("%d answers came after the server had stopped", len(tasks))

    def _try(self, tasks: list[_Task]) -> Sequence[Tensors | errors.ServingError]:
        """Answers tasks together; where that fails, each alone, so that none pays for another."""
        try:
            return self._together(tasks)
        except errors.ServingError as error:
            if len(tasks) == 1:
                return [error]
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread must go on
            _LOG.exception("A batch failed")
            return [errors.ServingError(errors.Code.INTERNAL, repr(error))] * len(tasks)
        return [self._try([task])[0] for task in tasks]

    def _together(self, tasks: list[_Task]) -> list[Tensors]:
        if len(tasks) == 1 and (not self._is_batchable or tasks[0].rows <= self._max_rows):
            return [self._padded(tasks[0].inputs)]
        inputs = {name: self._concatenate(name, tasks) for name in tasks[0].inputs}
        rows = sum(task.rows for task in tasks)
        outputs = self._in_slices(inputs, rows)
        if any(len(value) != rows for value in outputs.values()):
            raise errors.ServingError(errors.Code.FAILED_PRECONDITION, _NO_ROWS)
        ends = np.cumsum([task.rows for task in tasks]).tolist()
        return [
            {name: value[end - task.rows : end] for name, value in outputs.items()}
            for task, end in zip(tasks, ends, strict=True)
        ]

    def _concatenate(self, name: str, tasks: list[_Task]) -> np.ndarray:
        values = [task.inputs[name] for task in tasks]
        if len(values) == 1:
            return values[0]
        if self._settings.pad_variable_length_inputs:
            values = _pad(values)
        return np.concatenate(values)

    def _in_slices(self, inputs: Tensors, rows: int) -> Tensors:
        """Asks for no more rows at once than a batch may have."""
        size = self._max_rows
        parts = [
            self._padded({name: value[start : start + size] for name, value in inputs.items()})
            for start in range(0, max(rows, 1), size)
        ]
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _padded(self, inputs: Tensors) -> Tensors:
        """Asks for an allowed number of rows: the first one again, as often as it takes."""
        if not self._is_batchable:
            return self._run(inputs)
        rows = len(next(iter(inputs.values())))
        size = next((size for size in self._settings.allowed_batch_sizes if size >= rows), rows)
        if size == rows or not rows:
            return self._run(inputs)
        padded = {
            name: np.concatenate([value, np.repeat(value[:1], size - rows, axis=0)])
            for name, value in inputs.items()
        }
        return {name: value[:rows] for name, value in self._run(padded).items()}


def _deliver(tasks: list[_Task], answers: Sequence[Tensors | errors.ServingError]) -> None:
    for task, answer in zip(tasks, answers, strict=True):
        task.deliver(answer)


def _pad(values: list[np.ndarray]) -> list[np.ndarray]:
    """Makes arrays of one rank as large as the largest, behind the first axis, with zeros."""
    largest = np.max([value.shape[1:] for value in values], axis=0).astype(int)
    padded = []
    for value in values:
        full = np.full((len(value), *largest), b"" if value.dtype == object else 0, value.dtype)
        full[tuple(map(slice, value.shape))] = value
        padded.append(full)
    return padded
