"""Rows of models whose answers are known."""

import numpy as np
import pytest

from trainer.tasks import classification_counts, counted_rows


@pytest.fixture(scope="session")
def classified():
    """Makes the rows of a classifier of two labels, by its labels and its probabilities of 1."""

    def make(labels, of_one):
        answers = np.stack([1.0 - np.asarray(of_one), of_one], axis=1)
        return counted_rows.CountedRows.of(
            classification_counts.Counts.zeros,
            [np.array([label]) for label in labels],
            list(answers),
        )

    return make


@pytest.fixture(scope="session")
def with_hits(classified):
    """Makes the rows of a classifier that is right where `hits` has 1; every label is 1."""

    def make(hits):
        return classified(np.ones(len(hits), int), np.where(np.asarray(hits) > 0, 0.9, 0.2))

    return make
