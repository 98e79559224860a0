"""Checks of the splits themselves: that each has rows, and labels that can be learned."""

import functools
import json
import math
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from components.data_gate import config as config_lib
from components.data_gate import outcome, wording
from components.statistics import text_statistics
from schemas import features

_MAX_TOLD = 5  # labels of a split in a message
_MAX_NAMED = 50  # labels in a command
_MORE_ROWS = "more rows, or other parts in `data.split`"


def min_rows(name: str, data: outcome.Data, check: config_lib.RowsCheck) -> outcome.Outcome:
    """Judges how many rows each split has; one that is not there has none."""
    counts = dict.fromkeys(features.SPLITS, 0)
    counts |= {split: text.rows for split, text in data.text.splits.items()}
    short = {split: count for split, count in counts.items() if count < check.limit}
    if not short:
        return ()
    has = wording.listed(f"{split} has {wording.rows(count)}" for split, count in short.items())
    # No limit helps where there are none: the Trainer and the Evaluator need some of each.
    fewest = min(short.values())
    remedy = f"--set validate.{name}.limit={fewest}" if fewest else _MORE_ROWS
    return (outcome.Violation(f"{has}; each split must have {check.limit:,}", remedy),)


def labels(name: str, data: outcome.Data, check: config_lib.Check) -> outcome.Outcome:
    """Judges whether the labels are those that can be learned.

    None may be foreign to `data.labels`, where that names them, for Transform refuses it. And train
    must have all labels of eval and test: nothing can be learned of one that it lacks, and where
    `data.labels` does not name it, the labels learned from train refuse it.
    """
    del check  # it has no limit
    found = {split: set(text.labels) for split, text in data.text.splits.items()}
    if not set().union(*found.values()):
        return outcome.NotChecked("there are no labels")
    # Those of the config keep their order, which is that of their ids.
    named = data.labels or ()
    every = [*named, *sorted(set().union(*found.values()).difference(named))]
    accept = f"--set {_name_all(every)}" if len(every) > len(named) else ""
    made = []
    if foreign := _beyond(found, named) if data.labels is not None else {}:
        message = f"`data.labels` lacks {_tell(data, foreign)}"
        made.append(outcome.Violation(message, accept, rows=tuple(_rows(data, foreign))))
    if lacking := _beyond(found, found.get(features.TRAIN_SPLIT, set())):
        message = f"train lacks {_tell(data, lacking)}"
        remedy = f"{accept} --set validate.{name}=warn".strip()
        if _are_a_measure(every):
            remedy = "--set task=regression, if the label is a quantity rather than a class"
        made.append(outcome.Violation(message, remedy, rows=tuple(_rows(data, lacking))))
    return made


def _are_a_measure(labels: Sequence[str]) -> bool:
    """Whether labels are numbers, and more than a scale that people rate on has."""
    if len(labels) <= _MAX_NAMED:
        return False
    try:
        return all(map(math.isfinite, map(float, labels)))
    except ValueError:
        return False


def _beyond(found: Mapping[str, set[str]], known: Collection[str]) -> dict[str, list[str]]:
    """Lists the labels of each split that are not known; splits without such are left out."""
    unknown = {split: sorted(labels.difference(known)) for split, labels in found.items()}
    return {split: labels for split, labels in unknown.items() if labels}


def _tell(data: outcome.Data, labels: Mapping[str, Sequence[str]]) -> str:
    return wording.listed(_spell(data, split, of_split) for split, of_split in labels.items())


def _spell(data: outcome.Data, split: str, labels: Sequence[str]) -> str:
    counts = data.text.splits[split].labels
    shown = [f"{wording.shown(label)} ({wording.rows(counts[label])})" for label in labels]
    more = [f"{len(labels) - _MAX_TOLD:,} more"] if len(labels) > _MAX_TOLD else []
    return (
        f"the label{'s'[: len(labels) > 1]} {wording.listed(shown[:_MAX_TOLD] + more)} of {split}"
    )


def _name_all(labels: Sequence[str]) -> str:
    """Writes the setting that names every label, or says how, where they are too many to paste."""
    if len(labels) > _MAX_NAMED:
        return f"data.labels=[…all {len(labels):,} labels…]"
    return shlex.quote(f"data.labels={json.dumps(labels, ensure_ascii=False)}")


def _rows(
    data: outcome.Data, lacking: Mapping[str, Sequence[str]]
) -> Iterator[text_statistics.RowExample]:
    """Yields rows with those labels, split by split."""
    for split, labels in lacking.items():
        wanted = {label.encode() for label in labels}
        yield from data.find_rows(split, {"label": functools.partial(_label_in, wanted)})["label"]


def _label_in(wanted: Set[bytes], values: Mapping[str, Sequence[outcome.Value]]) -> str:
    """Names the row's label if it is one of those; it is a judge as `outcome.Judge` says."""
    found = [value for value in values.get(features.LABEL, ()) if value in wanted]
    return f"label {wording.shown(found[0])}" if found else ""
