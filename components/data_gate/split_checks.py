"""Checks of the splits themselves: that each has rows, and that train has every label."""

import functools
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence, Set

from components.data_gate import config as config_lib
from components.data_gate import outcome, wording
from components.statistics import text_statistics
from schemas import features

_MAX_TOLD = 5  # labels of a split in a message
_MAX_NAMED = 50  # labels in a command


def min_rows(name: str, data: outcome.Data, check: config_lib.RowsCheck) -> outcome.Outcome:
    """Judges how many rows each split has; one that is not there has none."""
    counts = dict.fromkeys(features.SPLITS, 0)
    counts |= {split: text.rows for split, text in data.text.splits.items()}
    short = {split: count for split, count in counts.items() if count < check.limit}
    if not short:
        return ()
    has = wording.listed(f"{split} has {wording.rows(count)}" for split, count in short.items())
    remedy = f"--set validate.{name}.limit={min(short.values())}"
    return (outcome.Violation(f"{has}; each split must have {check.limit:,}", remedy),)


def labels(name: str, data: outcome.Data, check: config_lib.Check) -> outcome.Outcome:
    """Judges whether train has all labels of eval and test.

    Nothing can be learned of a label that it lacks, and where `data.labels` does not name it, the
    labels learned from train refuse it.
    """
    del check  # it has no limit
    found = {split: set(text.labels) for split, text in data.text.splits.items()}
    known = found.pop(features.TRAIN_SPLIT, set())
    if not known.union(*found.values()):
        return outcome.NotChecked("there are no labels")
    lacking = {split: sorted(labels - known) for split, labels in found.items() if labels - known}
    if not lacking:
        return ()
    message = wording.listed(_spell(data, split, labels) for split, labels in lacking.items())
    every = sorted(known.union(*found.values()))
    return (
        outcome.Violation(
            message=f"train lacks {message}",
            remedy=f"--set {_name_all(every)} --set validate.{name}=warn",
            rows=tuple(_rows(data, lacking)),
        ),
    )


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
