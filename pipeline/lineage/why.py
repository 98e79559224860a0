"""Why a model was blessed or not, and pushed or not."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from components.evaluator import verdict
from pipeline.lineage import facts, files, records

_FINDINGS = "findings.json"
_PROBE = "probe.json"
_TRIAL = "trial.json"


@dataclasses.dataclass(frozen=True)
class Baseline:
    """The model that a model was compared with.

    Attributes:
        run: Id of the run that made it; None where that is not recorded.
        version: What it was pushed as; None where it never was.
        uri: Where it lies.
    """

    run: str | None
    version: str | None
    uri: str


@dataclasses.dataclass(frozen=True)
class Why:
    """What decided on a run's model.

    Attributes:
        facts: What came of the run.
        stopped: Node that ended the run early; None where none did.
        error: What was wrong then, in one line, and more lines on it.
        reasons: The Evaluator's, in sentences.
        bounds: Every bound that was set: metric, slice, value, bound, the baseline's value.
        baseline: What it was compared with; None where there was nothing.
        trial: What the trial of the transformer came to, in sentences.
        data: What the data gate found, but let pass.
        probe: What the probe found.
        pushed: Why it was pushed or not, in a sentence.
    """

    facts: facts.Facts
    stopped: str | None
    error: str
    reasons: tuple[str, ...]
    bounds: tuple[verdict.Bound, ...]
    baseline: Baseline | None
    trial: tuple[str, ...]
    data: tuple[str, ...]
    probe: tuple[str, ...]
    pushed: str


def of(history: records.History, run: records.Run) -> Why:
    """Tells what decided on a run's model: from properties, and files as long as they are there."""
    found = facts.of(run)
    stopped = next((each for each in run.executions if each.error), None)
    evaluation = run.output(*facts.EVALUATION)
    judgement = files.parsed(evaluation, verdict.FILE_NAME, verdict.Verdict.from_json)
    noted = evaluation.properties.get("reasons") if evaluation else None
    return Why(
        facts=found,
        stopped=stopped.node if stopped else None,
        error=stopped.error if stopped else "",
        reasons=judgement.reasons if judgement else tuple(str(noted or "").splitlines()),
        bounds=judgement.bounds if judgement else (),
        baseline=_baseline(history, run),
        trial=tuple(_trial(run)),
        data=tuple(_messages(files.document(run.output(*facts.DATA_REPORT), _FINDINGS), "check")),
        probe=tuple(_messages(files.document(run.output(*facts.PROBE), _PROBE))),
        pushed=_pushed(history, run, found),
    )


def _baseline(history: records.History, run: records.Run) -> Baseline | None:
    evaluated = run.execution("Evaluator")
    given = evaluated.inputs.get("baseline_model", ()) if evaluated else ()
    if evaluated is None or not given:
        return None
    made = history.producer(given[0])
    return Baseline(
        run=made.run if made else None,
        version=facts.version_of(history, given[0], evaluated),
        uri=given[0].uri,
    )


def _trial(run: records.Run) -> Iterator[str]:
    told = files.document(run.output(*facts.TRIAL), _TRIAL)
    if not isinstance(told, Mapping):
        return
    decided = told.get("verdict", {})
    for reason in decided.get("reasons", ()):
        yield f"{decided.get('decision')}: {reason}"
    yield f"{told.get('winner')} went on: {told.get('winner_reason')}"


def _messages(told: Any, name: str = "") -> Iterator[str]:
    """Yields the messages of findings, each after the name of what found it."""
    for each in told.get("findings", ()) if isinstance(told, Mapping) else ():
        yield f"{each[name]}: {each['message']}" if name else str(each["message"])


def _pushed(history: records.History, run: records.Run, found: facts.Facts) -> str:
    """Says why there is a version, or why there is none."""
    if found.pushed:
        pushed = run.output(*facts.PUSHED)
        made = history.producer(pushed) if pushed else None
        again = made is not None and made.run != run.id
        return (
            f"version {found.pushed}, which run {made.run} pushed: nothing has changed since"
            if again and made
            else f"version {found.pushed}: the model was blessed"
        )
    if found.state is not records.State.DONE:
        return f"nothing: the run was {found.state.value}"
    if found.verdict in (facts.NOT_BLESSED, facts.PROBE_FAILED):
        return f"nothing: {found.verdict}"
    return "nothing: the pipeline has no Pusher"
