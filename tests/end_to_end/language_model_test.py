"""A text is learned by heart, more or less, and the pushed model writes on at it."""

import re

import pytest
import yaml

from serving import ask
from tests.end_to_end import user as user_lib

_VERSE = "Round and round the mulberry bush,\nthe monkey chased the weasel.\n\n"
_CONFIG = {
    "name": "rhyme",
    "task": "language_model",
    "data": {
        "path": "rhyme.txt",
        "format": "whole_txt",
        "split": {"train": 8, "eval": 1, "test": 1, "contiguous": True},
    },
    "tokenizer": {"kind": "characters", "vocabulary_size": 100, "max_length": 32},
    "model": {
        **{"num_layers": 1, "hidden_dim": 64, "num_heads": 2, "intermediate_dim": 64},
        **{"dropout": 0.0, "positions": "rotary"},
    },
    "train": {"epochs": 2, "epoch_batches": 60, "batch_size": 8, "learning_rate": 1e-2},
    "evaluate": {"floor": {"accuracy": 0.8}},
    "trial": {"bootstrap": 200},
    "validate": {"near_leakage": "off"},  # each verse is like any other
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    (made.directory / "rhyme.txt").write_text(_VERSE * 60, encoding="utf-8")
    (made.directory / "rhyme.yaml").write_text(yaml.safe_dump(_CONFIG), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def run(user: user_lib.User) -> user_lib.Run:
    return user_lib.ended(user.command(str(user_lib.SCRIPT), "rhyme.yaml"))


def test_a_text_becomes_a_pushed_model(run: user_lib.Run) -> None:
    assert (run.status, run.err) == (0, ""), run.out
    assert run.states == dict.fromkeys(user_lib.COMPONENTS, "MISS")


def test_the_summary_tells_the_metrics_of_a_language_model(run: user_lib.Run) -> None:
    metrics = dict(re.findall(r"^  (\w+) +([\d.]+)", run.out, re.MULTILINE))
    assert float(metrics["accuracy"]) > 0.8
    assert float(metrics["perplexity"]) < 2.0
    assert 0.0 < float(metrics["bits_per_character"]) < 1.0
    assert float(metrics["explained"]) > 0.7
    assert re.search(r"eval bits per character +eval perplexity", run.out)


def test_the_model_tells_how_probable_a_text_is(run: user_lib.Run) -> None:
    texts = ["the monkey chased the weasel", "the weasel chased the monkey"]
    known, unknown = ask.ask(run.pushed, texts)
    assert known["bits_per_character"] < unknown["bits_per_character"]
    assert known["perplexity"] < unknown["perplexity"]


def test_the_model_writes_on(run: user_lib.Run) -> None:
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    generate = tf.saved_model.load(run.pushed).signatures["generate"]
    written = generate(
        text=tf.constant(["Round and round the mulb", "the monkey cha"]),
        max_new_tokens=tf.constant([120]),
        temperature=tf.constant([0.0]),
        top_k=tf.constant([0]),
        top_p=tf.constant([1.0]),
        repetition_penalty=tf.constant([1.0]),
        seed=tf.constant([1], tf.int64),
        stop=tf.constant([["weasel", "\n"], ["\n\n", ""]]),
    )
    assert written["text"].numpy().tolist() == [b"erry bush,", b"sed the weasel."]
    assert written["stopped"].numpy().all()
