"""Train/serve skew: real rows, asked in every way that clients ask, beside what was evaluated."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from components.evaluator import predictions
from components.probe import client, comparison, form, outcome, requests, session, settings, ties

ALONE, TOGETHER = 1, 32
# One row in as many may differ because what decides is as good as equal; more is no rounding.
_ROWS_PER_TIE = 100
Way = tuple[str, int]
Progress = Callable[[str], None]


class Unanswered(Exception):  # noqa: N818 - what was found, rather than an error of ours
    """Rows were refused, or answered by what is no answer; the message tells."""


@dataclasses.dataclass(frozen=True)
class _Reference:
    """What answers are held against.

    Attributes:
        who: Whose answers they are.
        rows: What was asked.
        answers: An answer a row.
    """

    who: str
    rows: Sequence[requests.Row]
    answers: Sequence[comparison.Answer]


def check(
    asked: settings.Settings,
    opened: session.Session,
    kept: Sequence[predictions.Prediction],
    progress: Progress,
) -> Iterator[outcome.Agreement | outcome.Finding]:
    """Yields how far each way to ask agrees, and what keeps the model from being pushed.

    What clients call is held against what the Evaluator saw, row by row. Of a task that is judged
    apart that is the judged signature; what clients call is then held against the answers that
    `serving_examples` gives to rows alone.

    Args:
        asked: What is asked.
        opened: The model.
        kept: What the Evaluator saw.
        progress: Told what is done.

    Raises:
        Ended: If the process ends before it has answered.
    """
    rows = [requests.row(each.example, asked.task.texts) for each in kept]
    signature = session.JUDGED if session.JUDGED in opened.signatures else session.EXAMPLES
    outputs = opened.signatures[signature].outputs
    seen = _Reference("the Evaluator", rows, [_as_told(each.answer, outputs) for each in kept])
    try:
        if signature != session.JUDGED:
            ways = [
                (name, n) for name in (session.RAW, session.EXAMPLES) for n in (ALONE, TOGETHER)
            ]
            yield from _compare(asked, opened, ways, seen, progress)
            return
        yield from _compare(
            asked, opened, [(session.JUDGED, n) for n in (ALONE, TOGETHER)], seen, progress
        )
        rows = [requests.masked(row) for row in rows]
        answers = ask(opened, (session.EXAMPLES, ALONE), rows)
        alone = _Reference(f"`{session.EXAMPLES}` alone", rows, answers)
        ways = [(session.EXAMPLES, TOGETHER), (session.RAW, ALONE), (session.RAW, TOGETHER)]
        yield from _compare(asked, opened, ways, alone, progress)
    except Unanswered as error:
        yield outcome.Finding("rows", str(error))


def ask(opened: session.Session, way: Way, rows: Sequence[requests.Row]) -> list[comparison.Answer]:
    """Asks rows in batches, and takes the answers apart.

    Raises:
        Unanswered: If a batch is refused, or what comes is not well-formed.
        Ended: If the process ends before it has answered.
    """
    signature, size = way
    spec = opened.signatures[signature]
    answers: list[comparison.Answer] = []
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        who = batch[0].name + (f" and {len(batch) - 1} more" if len(batch) > 1 else "")
        inputs = requests.inputs(spec, batch)
        if inputs is None:
            raise Unanswered(
                f"`{signature}` must take texts or examples alone. "
                f"Received: {', '.join(spec.inputs)}"
            )
        reply = opened.ask(signature, inputs)
        for fault in [reply.error] if reply.error else form.faults(reply.outputs, spec, len(batch)):
            raise Unanswered(f"`{signature}` must answer real rows. Received: {fault}, for {who}")
        answers += comparison.rows_of(reply.outputs, len(batch))
    return answers


def _as_told(
    answer: comparison.Answer, outputs: Mapping[str, client.Spec]
) -> dict[str, np.ndarray]:
    """Takes the axis away that TFMA gives to outputs of one value a row."""
    return {
        name: value.reshape(())
        if name in outputs and outputs[name].shape == (None,) and value.size == 1
        else value
        for name, value in answer.items()
    }


def _compare(
    asked: settings.Settings,
    opened: session.Session,
    ways: Sequence[Way],
    seen: _Reference,
    progress: Progress,
) -> Iterator[outcome.Agreement | outcome.Finding]:
    tolerance = asked.probe.tolerance
    is_tie = ties.of(asked.task, tolerance)
    for way in ways:
        signature, size = way
        progress(f"{len(seen.rows)} rows by {signature}, batch {size}")
        found = comparison.compare(seen.answers, ask(opened, way, seen.rows), tolerance, is_tie)
        allowed = -(-found.rows // _ROWS_PER_TIE)
        differ = found.differences
        if len(found.ties) > allowed:
            differ = (*differ, *found.ties)
        yield outcome.Agreement(
            signature, size, seen.who, found.rows, found.largest, len(found.ties), len(differ)
        )
        if differ:
            yield outcome.Finding("skew", _words(way, seen, differ, tolerance))


def _words(
    way: Way, seen: _Reference, differ: Sequence[comparison.Difference], tolerance: float
) -> str:
    """Names the first row that differs, and tells how many do."""
    signature, size = way
    first = differ[0]
    return (
        f"`{signature}` at batch {size} must answer as {seen.who} saw, within {tolerance:g}. "
        f"Received: {first.output} {first.got} rather than {first.wanted} for "
        f"{seen.rows[first.row].name}; {len(differ):,} of {len(seen.rows):,} rows differ"
    )
