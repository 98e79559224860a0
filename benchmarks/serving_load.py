"""64 clients that ask without a pause while something is done to a server, and what they see."""

import asyncio
import dataclasses
import re
import time
from collections.abc import Awaitable, Callable

from benchmarks import http_load

CLIENTS = 64
BY_NUMBER = 8  # of them ask for a version by its number
_PATH = "/v1/models/model{}:predict"
_NUMBER = re.compile(r"/versions/(\d+)")


class WrongAnswerError(Exception):
    """An answer that must not be."""


@dataclasses.dataclass
class Proof:
    """What a load saw while something was done to the server.

    Attributes:
        load: The load.
        began: When it was done.
        done: When its effect was there.
    """

    load: http_load.Load
    began: float
    done: float

    def times(self) -> tuple[float, float, float]:
        """Tells the 99th percentile before, meanwhile and after, in milliseconds."""
        return (
            self.load.percentile(99, until=self.began),
            self.load.percentile(99, self.began, self.done),
            self.load.percentile(99, self.done),
        )


class Answers:
    """Keeps which version's model has answered, and judges it.

    Args:
        version_of: Reads that off the body of an answer, by what the model itself says.

    Raises:
        WrongAnswerError: From `check`, at an answer that is none, or of another version than that
            which was asked for by its number.
    """

    def __init__(self, version_of: Callable[[bytes], int]) -> None:
        self._version_of = version_of
        self.answered: list[tuple[http_load.Answer, int]] = []
        self.refused: list[http_load.Answer] = []

    def check(self, answer: http_load.Answer) -> None:
        """Takes an answer."""
        asked = _NUMBER.search(answer.path)
        gone = b"Servable not found for request: Specific(model, %b)"
        if asked and answer.status == 404 and gone % asked[1].encode() in answer.body:
            self.refused.append(answer)
            return
        if answer.status != 200:
            raise WrongAnswerError(f"{answer.path}: {answer.status}: {answer.body!r}")
        version = self._version_of(answer.body)
        if asked and version != int(asked[1]):
            raise WrongAnswerError(f"{answer.path}: {answer.body!r}")
        self.answered.append((answer, version))

    def judge_none_changed(self, version: int) -> None:
        """Checks that one version alone has answered, and was never refused.

        Raises:
            WrongAnswerError: If not.
        """
        wrong = [(answer, by) for answer, by in self.answered if by != version] or self.refused
        if wrong or not self.answered:
            raise WrongAnswerError(f"{len(wrong)} wrong ones, of {len(self.answered)}: {wrong[:1]}")

    def judge_swap(self, old: int, new: int, proof: Proof) -> None:
        """Checks that whoever answered was there when it was asked.

        Before the new version came, the old one answered. What was asked after anyone had seen
        that the new one is there, by its answer or because the old one was refused, the new one
        answered. Once the swap was done, the old one was refused to those who asked for it by its
        number.

        Raises:
            WrongAnswerError: If not.
        """
        seen = [answer.ended for answer, by in self.answered if by == new]
        turned = min([*seen, *(answer.ended for answer in self.refused)], default=proof.done)
        wrong = [
            (answer, by)
            for answer, by in self.answered
            if by not in (old, new)
            or (by == new and answer.ended < proof.began)
            or (by == old and answer.began > (proof.done if _is_by_number(answer) else turned))
        ]
        early = [answer for answer in self.refused if answer.ended < proof.began]
        if wrong or early or not seen:
            raise WrongAnswerError(
                f"{len(wrong)} answers by a version that was not there, {len(early)} refused, "
                f"{len(seen)} by the new one: {wrong[:1]}"
            )


def _is_by_number(answer: http_load.Answer) -> bool:
    return _NUMBER.search(answer.path) is not None


async def under_load(
    port: int,
    body: bytes,
    seconds: float,
    act: Callable[[], Awaitable[None]],
    answers: Answers,
    number: int,
) -> Proof:
    """Does something to a server between two loads that go on into each other.

    Args:
        port: The server's, whose model is called `model`.
        body: Of each request.
        seconds: How long the load is before that, and again after it.
        act: Does it, and returns when its effect is there.
        answers: Is told of each answer.
        number: Of the version that some ask for by it.

    Raises:
        WrongAnswerError: If a request got no answer, or one that `answers` refuses.
    """
    by_number = [(_PATH.format(f"/versions/{number}"), body)] * BY_NUMBER
    requests = [*by_number, *[(_PATH.format(""), body)] * (CLIENTS - BY_NUMBER)]
    load = http_load.Load()
    running = asyncio.ensure_future(http_load.run(port, requests, load, answers.check))
    await asyncio.sleep(seconds)
    began = time.perf_counter()
    await act()
    done = time.perf_counter()
    load.until = done + seconds
    await running
    if load.lost:
        raise WrongAnswerError(f"{load.lost} of {len(load.seconds)} requests got no answer")
    return Proof(load, began, done)
