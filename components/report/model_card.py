"""The model card: what a model is for, what it was made of, and where its limits are.

References:
    Mitchell et al. 2019, arXiv:1810.03993, for what such a card tells
"""

import dataclasses
import re
from collections.abc import Iterator

from components.pages import spelling
from components.report import contents, parts
from components.trial import comparison
from schemas import features
from trainer.tuning import settling

_MAX_LABELS = 20
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")


@dataclasses.dataclass(frozen=True)
class Part:
    """A heading with its sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Card:
    """A model card."""

    title: str
    parts: tuple[Part, ...]


def build(found: contents.Contents) -> Card:
    """Writes the card of the judged model."""
    return Card(
        title=f"Model card of {found.name}",
        parts=(
            Part("Intended use", tuple(_use(found))),
            Part("Data", tuple(_data(found))),
            Part("Quality", tuple(_quality(found))),
            Part("Limits", tuple(_limits(found))),
            Part("How it was made", tuple(_making(found))),
        ),
    )


def markdown(card: Card) -> str:
    """Renders a card as Markdown; what names and labels hold of its signs is escaped."""
    lines = [f"# {_escaped(card.title)}"]
    for part in card.parts:
        lines += ["", f"## {_escaped(part.heading)}", ""]
        lines += [f"- {_escaped(sentence)}" for sentence in part.sentences]
    return "\n".join(lines) + "\n"


def _use(found: contents.Contents) -> Iterator[str]:
    what = found.task.name.replace("_", " ")
    texts = "a text" if len(found.task.texts) == 1 else f"{len(found.task.texts)} texts"
    yield f"Task: {what}, from {texts} of the kind that it was trained on."
    names = found.answers.labels
    if names:
        more = f" and {len(names) - _MAX_LABELS} more" if len(names) > _MAX_LABELS else ""
        yield f"It answers with {len(names)} labels: {', '.join(names[:_MAX_LABELS])}{more}."
    if not found.judgement.blessed:
        yield "It was not blessed, and is not meant to serve."
    if found.probe and not found.probe.passed:
        yield "It failed its probe, and is not meant to serve."


def _data(found: contents.Contents) -> Iterator[str]:
    rows = found.text.splits
    counted = [f"{name} {rows[name].rows:,}" for name in features.SPLITS if name in rows]
    yield f"Rows: {', '.join(counted)}."
    train = rows.get(features.TRAIN_SPLIT)
    if train is None:
        return
    yield (
        f"Texts of train have {spelling.number(train.tokens.median)} tokens by the median, and "
        f"95 % of them {spelling.number(train.tokens.p95)} at most."
    )
    if train.labels:
        label, count = next(iter(train.labels.items()))
        share = spelling.percent(count / sum(train.labels.values()))
        yield f"The most frequent label of train is {label}, with {share} of its rows."
    yield "Where the texts are from, and what they may be used for, those can tell who gave them."


def _quality(found: contents.Contents) -> Iterator[str]:
    rows = spelling.plural(found.slices[comparison.ALL_ROWS][1], "test row")
    for metric in found.metrics:
        value = found.value(found.judged, metric, comparison.ALL_ROWS)
        if value and value.value is not None:
            ends = parts.interval(value.low, value.high)
            sure = f", {1 - found.alpha:.0%} interval {ends}" if value.low is not None else ""
            yield f"{metric}: {parts.value(value.value)} on {rows}{sure}."
    mean = found.folds.mean(found.judged) if found.folds else None
    if found.folds and mean:
        yield (
            f"{found.folds.metric}: {parts.value(mean.mean)} over {found.folds.count} folds of the "
            f"train split, {1 - found.alpha:.0%} interval {parts.interval(mean.low, mean.high)}."
        )
    if found.trial:
        yield f"On trial against cheaper models, a transformer is {found.trial.verdict.decision}."
        yield from (f"{reason}." for reason in found.trial.verdict.reasons)
    yield from (f"Evaluator: {reason}." for reason in found.judgement.reasons)


def _limits(found: contents.Contents) -> Iterator[str]:
    yield "All numbers speak of texts like those of the test split; other sources were not tried."
    worst = _worst_slice(found)
    if worst:
        name, value, rows = worst
        yield f"It is weakest on {name}: {found.metric} {parts.value(value)} on {rows:,} rows."
    elif not any(name != comparison.ALL_ROWS for name in found.slices):
        yield "No column was named to slice by, so it is not known for whom it is worse."
    test = found.text.splits.get(features.TEST_SPLIT)
    if test and test.truncated.count:
        share = spelling.percent(test.truncated.fraction)
        yield f"Longer texts are cut: {share} of the test rows were, and what was cut is not read."
    if test and test.unknown_tokens.count:
        share = spelling.percent(test.unknown_tokens.fraction)
        yield f"{share} of the tokens of the test split are unknown to it."
    yield (
        "One training was judged; another seed would come out differently."
        if _one_seed(found)
        else "Numbers are means over several seeds."
    )


def _making(found: contents.Contents) -> Iterator[str]:
    training = found.trainings[found.judged]
    yield (
        f"Architecture {found.architecture}, {training.parameters:,} trained weights, "
        f"{training.precision}; {training.reason}; epoch {training.best_epoch} was kept, after "
        f"{parts.duration(training.seconds)}."
    )
    if found.probe and found.probe.passed:
        yield f"Probed before it was pushed: {found.probe.summary()}."
    search = found.searches.get(found.judged)
    if search:
        yield (
            f"Its settings are the best of {spelling.plural(len(search.run), 'trial')} by "
            f"{search.metric} on the eval split ({search.method}): "
            f"{settling.spell_all(search.ranked()[0].values)}."
        )
    known = found.lineage.versions
    yield f"Made with {', '.join(f'{name} {version}' for name, version in known.items())}."
    ids = [f"{each.key} {each.id}" for each in found.lineage.artifacts]
    yield f"Artifacts in ML Metadata: {', '.join(ids)}."


def _worst_slice(found: contents.Contents) -> tuple[str, float, int] | None:
    sign = 1.0 if found.metrics[found.metric].higher_is_better else -1.0
    known = [
        (value.slice, value.value, found.slices[value.slice][1])
        for value in found.values
        if (value.candidate, value.metric) == (found.judged, found.metric)
        and value.slice != comparison.ALL_ROWS
        and value.value is not None
    ]
    return min(known, key=lambda each: sign * each[1], default=None)


def _one_seed(found: contents.Contents) -> bool:
    return found.trial is None or len(found.trial.candidate(found.judged).trainers) == 1


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", str(spelling.inert(text)))
