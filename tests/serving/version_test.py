"""A served version: who may hold it, and what a request may cost."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from serving import config, errors, signatures, version


class _Model:
    """Counts the bytes of texts, when it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.is_closed = False

    def run(self, signature: signatures.Signature, inputs: Any) -> dict[str, np.ndarray]:
        assert self.may_answer.wait(10)
        return {"length": np.array([len(text) for text in inputs["text"]])}

    def close(self) -> None:
        self.is_closed = True


_TEXT = signatures.TensorSpec("text:0", "string", "DT_STRING", np.dtype(object), (None,))
_LENGTH = signatures.TensorSpec("length:0", "int64", "DT_INT64", np.dtype(np.int64), (None,))
_SIGNATURE = signatures.Signature(
    "serving_default", signatures.PREDICT_METHOD, {"text": _TEXT}, {"length": _LENGTH}
)


@pytest.fixture
def served() -> Iterator[tuple[version.ServedVersion, _Model]]:
    """A version, and its model."""
    model = _Model()
    limits = config.Limits(max_rows=3, max_text_bytes=5)
    served = version.ServedVersion(7, model, config.BatchingConfig(), limits)  # type: ignore[arg-type]
    yield served, model
    model.may_answer.set()
    served.close()


def _ask(served: version.ServedVersion, *texts: bytes, seconds: float = 10.0) -> list[int]:
    async def ask() -> Any:
        deadline = asyncio.get_running_loop().time() + seconds
        texts_array = np.array(texts, dtype=object)
        return await served.ask(_SIGNATURE, {"text": texts_array}, deadline)

    answer: list[int] = asyncio.run(ask())["length"].tolist()
    return answer


def test_it_answers_each_row(served: tuple[version.ServedVersion, _Model]) -> None:
    served[1].may_answer.set()
    assert _ask(served[0], b"a", b"bcd") == [1, 3]


@pytest.mark.parametrize("seconds", [0.05, 0.0, -1.0])
def test_an_answer_that_takes_too_long_is_given_up(
    served: tuple[version.ServedVersion, _Model], seconds: float
) -> None:
    with pytest.raises(errors.ServingError, match="Deadline exceeded") as error:
        _ask(served[0], b"a", seconds=seconds)
    assert error.value.code is errors.Code.DEADLINE_EXCEEDED


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([b""] * 4, "A request must have at most 3 rows. Received: 4"),
        ([b"abc", b"def"], "The texts of a request must have at most 5 bytes. Received: 6"),
    ],
)
def test_a_request_that_costs_too_much_is_refused(
    served: tuple[version.ServedVersion, _Model], texts: list[bytes], message: str
) -> None:
    served[1].may_answer.set()
    with pytest.raises(errors.ServingError, match=message):
        _ask(served[0], *texts)


def test_it_is_idle_once_all_have_let_go(served: tuple[version.ServedVersion, _Model]) -> None:
    one, _ = served
    assert one.hold()
    assert one.hold()
    idle = one.retire()
    assert not one.hold()  # nobody new
    one.let_go()
    assert not idle.is_set()
    one.let_go()
    assert idle.is_set()
