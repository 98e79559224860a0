"""Whole trainings of rivals, each in a process of its own, as in a real run."""

import numpy as np
import pytest

from tests.trainer import trainings as trainings_lib

pytestmark = pytest.mark.usefixtures("forked")
_CLASSIFIERS = ("linear", "averaged_embeddings", "cnn", "lstm")


@pytest.fixture(scope="module")
def trainings(transformed, tmp_path_factory):
    """A training of each rival, and of one on two replicas."""
    settings = {name: {"rival": name} for name in _CLASSIFIERS}
    settings["linear_on_two"] = {"rival": "linear", "cpu_replicas": 2}
    asked = {name: (transformed, each) for name, each in settings.items()}
    return trainings_lib.train_all(tmp_path_factory.mktemp("rivals"), asked)


@pytest.mark.parametrize("name", _CLASSIFIERS)
def test_a_rival_learns_and_its_export_answers_as_every_model_does(trainings, transformed, name):
    training = trainings[name]
    # Half would be by chance; of the longest texts the telling word is cut off.
    assert training.epochs[-1].metrics["eval_accuracy"] > 0.75
    answers = training.answers(transformed.texts)
    assert set(answers) == {"label", "probability", "labels", "probabilities"}
    hits = answers["label"] == np.array(transformed.labels, "S")
    assert hits.mean() > 0.75


def test_what_a_rival_learns_before_it_is_trained_is_alike_on_two_replicas(trainings, transformed):
    one, two = trainings["linear"], trainings["linear_on_two"]
    np.testing.assert_allclose(one.losses(), two.losses(), rtol=1e-4)
    answers = [training.answers(transformed.texts)["probabilities"] for training in (one, two)]
    np.testing.assert_allclose(*answers, atol=1e-4)


def test_what_a_rival_learned_before_it_was_trained_is_as_it_was_after_a_kill(
    transformed, trainings, tmp_path, monkeypatch
):
    whole = trainings["linear"]
    _, resumed = trainings_lib.killed_and_resumed(
        transformed, tmp_path, monkeypatch, rival="linear"
    )
    assert resumed.started.resumed_step > whole.started.steps_per_epoch
    # Sums of the same numbers, whose last bit depends on how memory happens to be aligned.
    np.testing.assert_allclose(resumed.losses(), whole.losses()[1:], rtol=1e-6)
    answers = [each.answers(transformed.texts)["probabilities"] for each in (resumed, whole)]
    np.testing.assert_allclose(*answers, rtol=1e-6)


def test_a_model_that_is_only_counted_is_judged_and_exported(transformed_as, tmp_path):
    task, transformed = transformed_as("running")
    training = trainings_lib.train(transformed, tmp_path, task=task, rival="n_gram")
    assert (training.started.parameters, training.started.steps_per_epoch) == (0, 1)
    [epoch] = training.epochs
    assert 1.0 < epoch.metrics["eval_perplexity"] < 5.0  # of 20 letters or so, in known words
    assert (training.answers(transformed.texts)["perplexity"] < 30.0).all()
