"""What the dealing of rows to folds asks of them."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from components.cross_validation import folds
from components.cross_validation import settings as settings_lib
from components.ingest import splitting
from components.trial import answers
from schemas import classification, tasks


def deal(asked: settings_lib.Settings, examples: Sequence[bytes]) -> tuple[np.ndarray, int]:
    """Deals serialized examples out to folds.

    Returns:
        The fold of each, from 0, `(rows,)`, and the number of units.

    Raises:
        DataError: If there are fewer units than folds.
    """
    columns = [answers.column(examples, name) for name in asked.unit_by]
    if not asked.is_group:
        # As Ingest does, so that twins which never part between splits do not between folds.
        columns = [[splitting.fold(text) for text in column] for column in columns]
    units = answers.numbered(columns)
    strata = _strata(asked, examples, units)
    return folds.deal(units, strata, asked.folds, asked.seed), len(strata)


def _strata(
    asked: settings_lib.Settings, examples: Sequence[bytes], units: np.ndarray
) -> np.ndarray:
    """Finds the stratum of each unit: its label, its target's quantile, or one for all."""
    contract = tasks.contract(asked.task.name)
    [target] = asked.task.targets if len(asked.task.targets) == 1 else [None]
    if target is None:
        return folds.alike(units)
    if contract.target_kind == "number":
        return folds.by_quantile(units, _numbers(examples, target), asked.folds)
    if contract.has_labels and not asked.task.options.get(classification.SEPARATOR):
        return folds.by_label(units, answers.column(examples, target))
    return folds.alike(units)


def _numbers(examples: Sequence[bytes], name: str) -> np.ndarray:
    """Reads a column of numbers, `(rows,)`."""
    return np.array(
        [
            tf.train.Example.FromString(serialized).features.feature[name].float_list.value[0]
            for serialized in examples
        ]
    )
