"""What a trial keeps of each row, for what shows it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from components.trial import answers
from schemas import features


class Rows(Protocol):
    """A model's answers beside what is true."""

    def each(self) -> Mapping[str, np.ndarray]:
        """Computes every metric of each row by itself, `(rows,)`."""


def arrays(
    examples: Sequence[bytes],
    truths: Sequence[np.ndarray],
    given: Mapping[str, Sequence[Sequence[np.ndarray]]],
    rows: Mapping[str, Sequence[Rows]],
    units: np.ndarray,
    columns: Mapping[str, Sequence[str]],
) -> dict[str, np.ndarray]:
    """Gathers where each row came from, its slices, what was answered, and how good that was.

    Args:
        examples: Serialized, in the order of all else.
        truths: What is true of each, `(any,)`.
        given: Candidate to its answers by seed, `(width,)` a row.
        rows: Candidate to its answers by seed, as the task judges them.
        units: What may be drawn apart from each other, `(rows,)`.
        columns: Column to its value in each row.

    Returns:
        Arrays of as many rows as there are examples, by name.
    """
    found = {
        "unit": units,
        "origin": np.array(answers.column(examples, features.ORIGIN), np.str_),
        "truth": answers.rectangle(truths),
        **{f"slice/{name}": np.array(values, np.str_) for name, values in columns.items()},
    }
    for name, of_seeds in rows.items():
        for seed, of_seed in enumerate(of_seeds, start=1):
            found[f"answer/{name}/{seed}"] = answers.rectangle(given[name][seed - 1])
            # Whether the metric of all rows is their mean or not.
            for metric, values in of_seed.each().items():
                if np.isfinite(values).any():  # others have none for a row alone
                    found[f"score/{name}/{seed}/{metric}"] = values
    return found
