"""Whole trainings of every task, each in a process of its own, as in a real run."""

import concurrent.futures
import dataclasses

import numpy as np
import pytest

from trainer import config, launch, progress, request

_MODEL = {"num_layers": 1, "hidden_dim": 16, "num_heads": 2, "intermediate_dim": 32}
_TRAIN = {"epochs": 4, "batch_size": 16, "learning_rate": 1e-2, "patience": 4, "seed": 5}
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


@dataclasses.dataclass
class _Training:
    epochs: list
    rows: tuple
    serving_model_dir: str

    def losses(self):
        return np.array([[e.metrics["loss"], e.metrics["eval_loss"]] for e in self.epochs])


def _train(settings, transformed, directory, train):
    events = []
    asked = request.Request(
        task=settings,
        architecture="transformer",
        model=config.ModelConfig(**_MODEL, dropout=0.0),
        train=config.TrainConfig(**{**_TRAIN, **train}),
        max_length=32,
        transform_output=transformed.directory,
        train_files=(transformed.train_files,),
        eval_files=(transformed.eval_files,),
        serving_model_dir=str(directory / "model"),
        logs_dir=str(directory / "logs"),
        backup_dir=str(directory / "backup"),
    )
    launch.run(asked, events.append)
    ends = [event for event in events if isinstance(event, progress.EpochEnd)]
    return _Training(ends, transformed.rows, asked.serving_model_dir)


@pytest.fixture(scope="module")
def trainings(transformed_as, tmp_path_factory):
    """The trainings, two at a time."""
    root = tmp_path_factory.mktemp("trainings")
    made = {name: transformed_as(kind) for name, (kind, _) in _TRAININGS.items()}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = {
            name: pool.submit(_train, *made[name], root / name.replace(" ", "_"), train)
            for name, (_, train) in _TRAININGS.items()
        }
        return {name: run.result() for name, run in runs.items()}


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


def test_numbers_of_several_scales_are_learned_at_once(trainings):
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the model's ops

    training = trainings["numbers"]
    served = tf.saved_model.load(training.serving_model_dir).signatures["serving_default"]
    values = served(text=tf.constant([row["text"] for row in training.rows]))["values"].numpy()
    truth = np.array([[row["votes"], row["share"]] for row in training.rows])
    explained = 1 - np.square(values - truth).sum(axis=0) / np.square(
        truth - truth.mean(axis=0)
    ).sum(axis=0)
    assert explained.min() > 0.7  # long texts are cut, and with them what tells the share
    # What is told while training is the mean absolute error in the targets' own units.
    told = min(e.metrics["eval_mae"] for e in training.epochs if e.best)
    assert told == pytest.approx(np.abs(values - truth).mean(), rel=1e-3)
