"""A cross-validation whose trainings and answers are stand-ins: what is done, and what twice."""

import dataclasses
import pathlib

import pytest
import tensorflow as tf

from components.cross_validation import settings, validating
from schemas import tasks
from trainer import progress

_ROWS = 12
_TRAINING = {
    "task": tasks.Settings("classification").to_fields(),
    "architecture": "transformer",
    "model": {},
    "train": {},
    "max_length": 8,
    "tokenizer": {},
    "backup_dir": "/elsewhere",
    "code": "",
}


def _example(number):
    example = tf.train.Example()
    values = {"text": f"text {number}", "label": "ab"[number % 2]}
    for name, value in values.items():
        example.features.feature[name].bytes_list.value.append(value.encode())
    return example.SerializeToString()


_TRAIN = [_example(number) for number in range(_ROWS)]
_EVAL = [_example(number) for number in range(100, 103)]


def _read(directory):
    files = tf.io.gfile.glob(f"{directory}/*")
    return [r.numpy() for r in tf.data.TFRecordDataset(files, compression_type="GZIP")]


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Keeps what is transformed, trained and asked; a training may be told to be killed."""

    class World:
        transformed: list = []  # noqa: RUF012 - made anew below
        trained: list = []  # noqa: RUF012 - made anew below
        asked: list = []  # noqa: RUF012 - made anew below
        told: list = []  # noqa: RUF012 - made anew below
        kill_at = None

        def validation(self):
            asked = settings.Settings(
                task=tasks.Settings("classification"),
                folds=3,
                metric="accuracy",
                alpha=0.05,
                seed=1,
                unit_by=("text",),
                is_group=False,
                transform={},
                trainings={
                    "transformer": _TRAINING,
                    "linear": {**_TRAINING, "architecture": "linear"},
                },
                backup_dir=str(tmp_path),
            )
            return validating.Validation(
                asked,
                _TRAIN,
                _EVAL,
                self.transform,
                {"linear": {"values": {"learning_rate": 0.5}}},
                "/base",
                str(tmp_path / "state"),
                self.told.append,
            )

        def transform(self, raw, made):
            splits = {name: _read(f"{raw}/Split-{name}") for name in ("train", "eval")}
            self.transformed.append(splits)
            return validating.Transformed(f"{made}/graph", f"{made}/examples")

        def train(self, request, tell):
            self.trained.append(request)
            if len(self.trained) == self.kill_at:
                raise KeyboardInterrupt
            tell(progress.Finished("all run", 1, 1.0))
            pathlib.Path(request.serving_model_dir).mkdir(parents=True)

        def ask(self, task, model, examples):
            self.asked.append((pathlib.Path(model).name, list(examples)))
            return {"accuracy": len(self.asked) / 10}

    made = World()
    for name in ("transformed", "trained", "asked", "told"):
        setattr(made, name, [])
    monkeypatch.setattr(validating.launch, "run", made.train)
    monkeypatch.setattr(validating, "ask", made.ask)
    return made


def test_each_candidate_learns_from_all_folds_but_the_one_that_it_is_asked_for(world):
    found = world.validation().run()
    assert [(fold.candidate, fold.number) for fold in found.folds] == [
        *(("transformer", n) for n in (1, 2, 3)),
        *(("linear", n) for n in (1, 2, 3)),
    ]
    held_out = [examples for name, examples in world.asked if name == "transformer"]
    assert sorted(example for examples in held_out for example in examples) == sorted(_TRAIN)
    for splits, examples in zip(world.transformed, held_out, strict=True):
        assert not set(splits["train"]) & set(examples)
        assert sorted([*splits["train"], *examples]) == sorted(_TRAIN)
        assert splits["eval"] == _EVAL
    assert (found.folds[0].rows, found.folds[0].learned_from, found.units) == (4, 8, 12)
    # Both candidates are asked for the same rows.
    assert [e for n, e in world.asked if n == "linear"] == held_out


def test_trainings_are_the_trainers_own_with_the_best_values_of_a_search(world):
    world.validation().run()
    transformer, linear = world.trained[:2]
    assert (transformer.architecture, linear.architecture) == ("transformer", "linear")
    assert (transformer.base_model, linear.base_model) == ("/base", "")
    assert linear.train.learning_rate == 0.5
    assert transformer.train_files == linear.train_files
    assert transformer.eval_files[0].endswith("/examples/Split-eval/*")


def test_a_killed_validation_goes_on_with_the_training_that_was_under_way(world):
    world.kill_at = 4
    with pytest.raises(KeyboardInterrupt):
        world.validation().run()
    interrupted = world.trained[-1]
    world.kill_at = None
    found = world.validation().run()
    assert len(world.trained) == 4 + 3
    # The very same request, so that its own backup is found; nothing is transformed again.
    assert world.trained[4] == interrupted
    assert len(world.transformed) == 3
    values = {(f.candidate, f.number): f.metrics["accuracy"] for f in found.folds}
    assert values["transformer", 1] == 0.1
    assert len(values) == 6


def test_each_fold_is_told_with_the_time_left(world):
    world.validation().run()
    starts = [event for event in world.told if isinstance(event, progress.FoldStarted)]
    ends = [event for event in world.told if isinstance(event, progress.FoldEnded)]
    assert starts[1] == progress.FoldStarted("linear", 1, 3, "accuracy")
    assert [round(end.value, 1) for end in ends] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert ends[-1].seconds_left == 0.0
    assert ends[0].seconds_left == pytest.approx(5 * ends[0].seconds)


def test_little_is_left_on_disk(world, tmp_path):
    found = world.validation().run()
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["done"]
    assert dataclasses.replace(found, units=12) == found
