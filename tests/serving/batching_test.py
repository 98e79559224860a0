"""Requests put together: who goes with whom, who waits, who is refused, who pays."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import numpy as np
import pytest

from serving import batching, config, errors


class _Model:
    """Doubles `x`, keeps what it was asked, and answers only when it may."""

    def __init__(self) -> None:
        self.batches: list[list[float]] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_asked = threading.Event()

    def run(self, inputs: batching.Tensors) -> batching.Tensors:
        self.batches.append(inputs["x"].ravel().tolist())
        self.is_asked.set()
        assert self.may_answer.wait(10)
        if (inputs["x"] < 0).any():
            raise errors.invalid("negative")
        if (inputs["x"] == 13).any():
            raise ZeroDivisionError
        return {"y": inputs["x"] * 2}


@pytest.fixture
def model() -> _Model:
    """Doubles."""
    return _Model()


@pytest.fixture
def queue_of(model: _Model) -> Iterator[Callable[..., batching.BatchQueue]]:
    """Makes queues of the model, and closes them."""
    queues = []

    def make(is_batchable: bool = True, **given: Any) -> batching.BatchQueue:
        queues.append(batching.BatchQueue(model.run, config.BatchingConfig(**given), is_batchable))
        return queues[-1]

    yield make
    model.may_answer.set()
    for queue in queues:
        queue.close()


def _x(*values: float) -> dict[str, np.ndarray]:
    return {"x": np.array(values)}


def _run(coroutine: Coroutine) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 20))


async def _occupy(model: _Model, queue: batching.BatchQueue) -> asyncio.Future:
    """Lets the thread take one request, and hang."""
    model.may_answer.clear()
    first = queue.submit(_x(0), 1)
    await asyncio.to_thread(model.is_asked.wait)
    return first


Make = Callable[..., batching.BatchQueue]


def test_what_comes_while_a_batch_is_computed_goes_together(model: _Model, queue_of: Make) -> None:
    async def ask() -> list:
        queue = queue_of()
        first = await _occupy(model, queue)
        rest = [queue.submit(_x(*values), len(values)) for values in ([1, 2], [3], [4, 5])]
        model.may_answer.set()
        return await asyncio.gather(first, *rest)

    answers = _run(ask())
    assert model.batches == [[0], [1, 2, 3, 4, 5]]
    assert [answer["y"].tolist() for answer in answers] == [[0], [2, 4], [6], [8, 10]]


def test_a_batch_has_no_more_rows_than_allowed(model: _Model, queue_of: Make) -> None:
    async def ask() -> list:
        queue = queue_of(max_batch_size=4)
        first = await _occupy(model, queue)
        rest = [queue.submit(_x(i, i), 2) for i in (1, 2, 3)]
        large = queue.submit(_x(*range(9)), 9)
        model.may_answer.set()
        return await asyncio.gather(first, *rest, large)

    answers = _run(ask())
    assert model.batches[1:] == [[1, 1, 2, 2], [3, 3], [0, 1, 2, 3], [4, 5, 6, 7], [8]]
    assert answers[-1]["y"].tolist() == [2 * i for i in range(9)]


def test_a_batch_waits_for_more_until_it_is_full(model: _Model, queue_of: Make) -> None:
    async def ask() -> None:
        queue = queue_of(max_batch_size=3, batch_timeout_micros=10_000_000)
        rest = [queue.submit(_x(i), 1) for i in (1, 2)]
        await asyncio.sleep(0.05)
        assert model.batches == []
        await asyncio.gather(*rest, queue.submit(_x(3), 1))

    _run(ask())
    assert model.batches == [[1, 2, 3]]


def test_a_batch_waits_no_longer_than_told(model: _Model, queue_of: Make) -> None:
    async def ask() -> float:
        queue = queue_of(batch_timeout_micros=100_000)
        began = time.monotonic()
        await queue.submit(_x(1), 1)
        return time.monotonic() - began

    assert 0.1 <= _run(ask()) < 5


def test_a_full_queue_refuses_at_once(model: _Model, queue_of: Make) -> None:
    async def ask() -> None:
        queue = queue_of(max_batch_size=2, max_enqueued_batches=2)
        first = await _occupy(model, queue)
        waiting = [queue.submit(_x(i), 1) for i in range(4)]
        with pytest.raises(errors.ServingError, match=r"queue .* is full") as refused:
            queue.submit(_x(9), 1)
        assert refused.value.code is errors.Code.RESOURCE_EXHAUSTED
        model.may_answer.set()
        await asyncio.gather(first, *waiting)

    _run(ask())


def test_what_was_given_up_is_not_computed(model: _Model, queue_of: Make) -> None:
    async def ask() -> None:
        queue = queue_of()
        first = await _occupy(model, queue)
        given_up, kept = queue.submit(_x(1), 1), queue.submit(_x(2), 1)
        given_up.cancel()
        model.may_answer.set()
        await asyncio.gather(first, kept)
        assert queue.waiting == 0

    _run(ask())
    assert model.batches == [[0], [2]]


def test_one_bad_request_costs_the_others_nothing(model: _Model, queue_of: Make) -> None:
    async def ask() -> list:
        queue = queue_of()
        first = await _occupy(model, queue)
        rest = [queue.submit(_x(value), 1) for value in (1, -1, 2)]
        model.may_answer.set()
        return await asyncio.gather(first, *rest, return_exceptions=True)

    _, one, bad, two = _run(ask())
    assert (one["y"].tolist(), two["y"].tolist()) == ([2], [4])
    assert isinstance(bad, errors.ServingError)
    assert bad.message == "negative"


def test_whatever_goes_wrong_the_next_is_answered(model: _Model, queue_of: Make) -> None:
    async def ask() -> Any:
        queue = queue_of()
        with pytest.raises(errors.ServingError, match="ZeroDivisionError") as error:
            await queue.submit(_x(13), 1)
        assert error.value.code is errors.Code.INTERNAL
        return await queue.submit(_x(1), 1)

    assert _run(ask())["y"].tolist() == [2]


@pytest.mark.parametrize(("rows", "asked"), [(1, 2), (2, 2), (3, 8), (8, 8)])
def test_batches_are_padded_to_allowed_sizes(
    model: _Model, queue_of: Make, rows: int, asked: int
) -> None:
    async def ask() -> Any:
        queue = queue_of(max_batch_size=8, allowed_batch_sizes=(2, 8))
        return await queue.submit(_x(*range(1, rows + 1)), rows)

    assert _run(ask())["y"].tolist() == [2 * i for i in range(1, rows + 1)]
    assert [len(batch) for batch in model.batches] == [asked]


@pytest.mark.parametrize(
    ("pad", "asked"), [(False, [[1, 2], [3, 4, 5]]), (True, [[1, 2, 0, 3, 4, 5]])]
)
def test_rows_of_other_lengths_go_together_only_when_padded(
    model: _Model, queue_of: Make, pad: bool, asked: list
) -> None:
    async def ask() -> None:
        queue = queue_of(pad_variable_length_inputs=pad)
        first = await _occupy(model, queue)
        rest = [queue.submit({"x": np.array([row])}, 1) for row in ([1, 2], [3, 4, 5])]
        model.may_answer.set()
        await asyncio.gather(first, *rest)

    _run(ask())
    assert model.batches[1:] == asked


def test_the_order_of_inputs_is_no_matter() -> None:
    asked = []

    def keep(inputs: batching.Tensors) -> batching.Tensors:
        asked.append({name: value.tolist() for name, value in inputs.items()})
        return {"y": np.zeros(len(inputs["a"]))}

    async def ask() -> list:
        queue = batching.BatchQueue(keep, config.BatchingConfig(batch_timeout_micros=50_000), True)
        short, long = np.array([[1]]), np.array([[2, 3]])
        answers = await asyncio.gather(
            queue.submit({"a": short, "b": long}, 1),
            queue.submit({"b": short, "a": long}, 1),
            queue.submit({"b": long, "a": short}, 1),
        )
        await asyncio.to_thread(queue.close)
        return answers

    assert len(_run(ask())) == 3
    assert asked == [
        {"a": [[1], [1]], "b": [[2, 3], [2, 3]]},
        {"a": [[2, 3]], "b": [[1]]},
    ]


@pytest.mark.parametrize(("is_batchable", "enabled"), [(False, True), (True, False)])
def test_without_batching_each_is_asked_alone(
    model: _Model, queue_of: Make, is_batchable: bool, enabled: bool
) -> None:
    async def ask() -> None:
        queue = queue_of(is_batchable, enabled=enabled, max_batch_size=4)
        await asyncio.gather(*[queue.submit(_x(i, i, i, i, i), 5) for i in range(2)])

    _run(ask())
    assert model.batches == [[0] * 5, [1] * 5]


def test_a_request_without_rows_is_asked_alone_too(model: _Model, queue_of: Make) -> None:
    async def ask() -> None:
        queue = queue_of(is_batchable=False)
        first = await _occupy(model, queue)
        rest = [queue.submit(_x(*values), len(values)) for values in ([], [1], [])]
        model.may_answer.set()
        await asyncio.gather(first, *rest)

    _run(ask())
    assert model.batches == [[0], [], [1], []]


def test_closing_answers_what_waits_and_takes_no_more(model: _Model, queue_of: Make) -> None:
    async def ask() -> Any:
        queue = queue_of(batch_timeout_micros=60_000_000)
        waiting = queue.submit(_x(1), 1)
        await asyncio.to_thread(queue.close)
        with pytest.raises(errors.ServingError, match="stopping"):
            queue.submit(_x(2), 1)
        return await waiting

    assert _run(ask())["y"].tolist() == [2]


def test_outputs_without_a_row_for_each_are_asked_for_alone() -> None:
    batches = []

    def total(inputs: batching.Tensors) -> batching.Tensors:
        batches.append(len(inputs["x"]))
        time.sleep(0.05)
        return {"total": inputs["x"].sum()[None]}

    async def ask() -> list:
        queue = batching.BatchQueue(total, config.BatchingConfig(), True)
        answers = await asyncio.gather(*[queue.submit(_x(i, i), 2) for i in range(1, 4)])
        await asyncio.to_thread(queue.close)
        return answers

    assert [answer["total"].tolist() for answer in _run(ask())] == [[2], [4], [6]]
    assert max(batches) > 2  # they had gone together at first
