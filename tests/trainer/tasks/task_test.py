"""Whole trainings of every task, each in a process of its own, as in a real run."""

import numpy as np
import pytest

from tests.trainer import trainings as trainings_lib

pytestmark = pytest.mark.usefixtures("forked")
_TRAIN = {"epochs": 4, "patience": 4}
# Labels of which one is rare, weighted, in batches that replicas cannot share evenly: the weights
# of a replica's rows are not those of another's.
_WEIGHTED = {"epochs": 2, "batch_size": 15, "class_weights": "balanced", "clip_norm": 0.3}
_TRAININGS = {
    "one replica": ("rare_label", {**_WEIGHTED, "label_smoothing": 0.1}),
    "two replicas": ("rare_label", {**_WEIGHTED, "label_smoothing": 0.1, "cpu_replicas": 2}),
    "unweighted": ("rare_label", {**_WEIGHTED, "label_smoothing": 0.1, "class_weights": None}),
    "pair": ("pair", {"epochs": 8}),
    "label set": ("label_set", {"cpu_replicas": 2}),
    "numbers": ("numbers", {}),
}


@pytest.fixture(scope="module")
def trainings(transformed_as, tmp_path_factory):
    """The trainings that several tests look at."""
    asked = {}
    for name, (kind, train) in _TRAININGS.items():
        settings, transformed = transformed_as(kind)
        asked[name] = transformed, {"task": settings, "dropout": 0.0, **_TRAIN, **train}
    return trainings_lib.train_all(tmp_path_factory.mktemp("trainings"), asked)


def test_two_replicas_weigh_classes_as_one_does(trainings):
    one, two = trainings["one replica"], trainings["two replicas"]
    np.testing.assert_allclose(one.losses(), two.losses(), rtol=1e-4)
    # The weights are what makes the loss.
    plain = trainings["unweighted"].losses()
    assert (np.abs(one.losses() / plain - 1.0) > 0.05).any()


def test_the_order_within_a_pair_is_learned(trainings):
    assert trainings["pair"].epochs[-1].metrics["eval_accuracy"] > 0.9


def test_labels_are_learned_each_for_itself(trainings):
    assert trainings["label set"].epochs[-1].metrics["eval_f1"] > 0.9


def test_numbers_of_several_scales_are_learned_at_once(trainings, transformed_as):
    training, rows = trainings["numbers"], transformed_as("numbers")[1].rows
    values = training.answers([row["text"] for row in rows])["values"]
    truth = np.array([[row["votes"], row["share"]] for row in rows])
    explained = 1 - np.square(values - truth).sum(axis=0) / np.square(
        truth - truth.mean(axis=0)
    ).sum(axis=0)
    assert explained.min() > 0.7  # long texts are cut, and with them what tells the share
    # What is told while training is the mean absolute error in the targets' own units.
    told = min(e.metrics["eval_mae"] for e in training.epochs if e.best)
    assert told == pytest.approx(np.abs(values - truth).mean(), rel=1e-3)
