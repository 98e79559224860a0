"""What a reader is to know first: the verdicts, and the few numbers that matter."""

import dataclasses

from components.pages import spelling
from components.report import contents, parts
from components.trial import comparison, outcome, verdict

_KINDS = {
    verdict.WARRANTED: ("passed", "✓"),
    verdict.NOT_WARRANTED: ("finding", "✗"),  # nothing has gone wrong: it is what was asked
    verdict.NOT_DECIDED: ("open", "?"),
}

_MAX_FINDINGS = 5  # of a probe; its section has all of them


@dataclasses.dataclass(frozen=True)
class Banner:
    """A verdict.

    Attributes:
        kind: Class of its colour: `passed`, `refused`, `finding` or `open`.
        mark: A sign that tells the same without the colour.
        says: The verdict.
        reasons: Why, in sentences.
    """

    kind: str
    mark: str
    says: str
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Fact:
    """A number that matters.

    Attributes:
        name: What it is.
        value: The number.
        more: What it is to be read with.
    """

    name: str
    value: str
    more: str = ""


def banners(found: contents.Contents) -> tuple[Banner, ...]:
    """Tells the verdict on the transformer, where there was a trial, and that on the model.

    A probe is told of if it failed; it comes first then, since it keeps a blessed model back.
    """
    of_trial = (_of_trial(found.trial),) if found.trial else ()
    of_probe = (_of_probe(found),) if _is_broken(found) else ()
    return (*of_probe, *of_trial, _of_model(found))


def facts(found: contents.Contents) -> tuple[Fact, ...]:
    """Tells how good the judged model is, and what it costs."""
    value = found.value(found.judged, found.metric, comparison.ALL_ROWS)
    rows = spelling.plural(found.slices[comparison.ALL_ROWS][1], "test row")
    quality = Fact(
        found.metric,
        parts.value(value.value if value else None),
        f"{parts.interval(value.low, value.high)}, {rows}"
        if value and value.low is not None
        else rows,
    )
    training = found.trainings[found.judged]
    model = Fact("model", found.judged, f"{training.parameters:,} trained weights")
    time = Fact("training", parts.duration(training.seconds), f"epoch {training.best_epoch} kept")
    return (quality, model, time, *(_costs(found, found.trial) if found.trial else ()))


def _costs(found: contents.Contents, trial: outcome.Outcome) -> tuple[Fact, ...]:
    candidate = trial.candidate(found.judged)
    alone = candidate.measured.timings.get(outcome.ALONE)
    price = Fact(
        "a million predictions",
        f"{candidate.cost_of_a_million:.4f}",
        f"a core-hour at {trial.price_per_core_hour:g}",
    )
    if alone is None:
        return (price,)
    slow = f"95 % within {parts.milliseconds(alone.p95_seconds)}"
    return (price, Fact("an answer", parts.milliseconds(alone.p50_seconds), slow))


def _of_trial(trial: outcome.Outcome) -> Banner:
    kind, mark = _KINDS[trial.verdict.decision]
    goes_on = f"{trial.winner} goes on: {trial.winner_reason}"
    says = f"A transformer is {trial.verdict.decision}"
    if trial.verdict.decision == verdict.NOT_DECIDED:
        says = "Whether a transformer is warranted is not decided"
    return Banner(kind, mark, says, (*trial.verdict.reasons, goes_on))


def _is_broken(found: contents.Contents) -> bool:
    return found.probe is not None and not found.probe.passed


def _of_probe(found: contents.Contents) -> Banner:
    findings = found.probe.findings if found.probe else ()
    told = [each.message for each in findings[:_MAX_FINDINGS]]
    if len(findings) > _MAX_FINDINGS:
        told.append(f"{len(findings) - _MAX_FINDINGS} more below")
    return Banner("refused", "✗", f"Probe failed: {found.judged} is not served", tuple(told))


def _of_model(found: contents.Contents) -> Banner:
    judgement = found.judgement
    if judgement.blessed:
        ends = "meets its bounds" if _is_broken(found) else "may serve"
        return Banner("passed", "✓", f"Blessed: {found.judged} {ends}", judgement.reasons)
    says = f"Not blessed: {found.judged} is not served"
    return Banner("refused", "✗", says, judgement.reasons)
