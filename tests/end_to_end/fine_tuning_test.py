"""A masked language model is learned and pushed, then a classifier is started from it."""

import json
import pathlib
import random
import sqlite3

import pytest
import yaml

from tests.end_to_end import user as user_lib

_ROWS = 800
# Words of a phrase tell each other, which is what there is to learn of texts alone.
_PHRASES = {
    "bad": ["awful dull plot", "broken sad phone", "cold grey soup", "late rude driver"],
    "good": ["warm bright room", "superb fresh fish", "lovely kind host", "clever quick game"],
    "": [
        "it was the",
        "on my way",
        "as we came",
        "with both kids",
        "for an hour",
        "last week there",
    ],
}
_COMMON = {
    "trial": {"bootstrap": 200},
    "tokenizer": {"kind": "words", "max_length": 24, "vocabulary_size": 200},
    "model": {
        "num_layers": 2,
        "hidden_dim": 32,
        "intermediate_dim": 32,
        "dropout": 0.0,
        "positions": "learned",
    },
}
_CONFIGS = {
    "pretraining": {
        "task": "masked_language_model",
        "data": {"path": "reviews.csv", "text": "review"},
        "train": {"epochs": 10, "batch_size": 16, "learning_rate": 5e-3},
        **_COMMON,
    },
    "stars": {
        "data": {"path": "reviews.csv", "text": "review", "label": "stars"},
        "train": {"epochs": 3, "batch_size": 32, "freeze": 1, "layer_decay": 0.9},
        "evaluate": {"floor": {"accuracy": 0.0}},
        "probe": {"enabled": False},
        **_COMMON,
        "model": {**_COMMON["model"], "init_from": "pretraining"},
    },
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    _write_table(made.directory / "reviews.csv")
    for name, config in _CONFIGS.items():
        path = made.directory / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"name": name, **config}), encoding="utf-8")
    return made


def _sentence(rng: random.Random, label: str) -> str:
    phrases = [*rng.choices(_PHRASES[label], k=2), *rng.choices(_PHRASES[""], k=2)]
    rng.shuffle(phrases)
    return " ".join(phrases)


def _write_table(path: pathlib.Path) -> None:
    rng = random.Random(4)  # noqa: S311 - not for secrets
    lines = ["review,stars"]
    for _ in range(_ROWS):
        label = rng.choice(["bad", "good"])
        lines.append(f"{_sentence(rng, label)},{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _run(user: user_lib.User, name: str, *settings: str) -> user_lib.Run:
    options = [argument for setting in settings for argument in ("--set", setting)]
    return user_lib.ended(user.command(str(user_lib.SCRIPT), f"{name}.yaml", *options))


@pytest.fixture(scope="module")
def too_early(user: user_lib.User) -> user_lib.Run:
    """There is nothing yet to start from."""
    return _run(user, "stars")


@pytest.fixture(scope="module")
def pretrained(user: user_lib.User, too_early: user_lib.Run) -> user_lib.Run:
    return _run(user, "pretraining")


@pytest.fixture(scope="module")
def tuned(user: user_lib.User, pretrained: user_lib.Run) -> user_lib.Run:
    assert pretrained.status == 0, pretrained.out
    return _run(user, "stars")


def test_without_a_model_nothing_runs(user: user_lib.User, too_early: user_lib.Run) -> None:
    assert (too_early.status, too_early.out) == (2, "")
    assert too_early.err == (
        "error: `model.init_from` must be the directory of a pushed or blessed model or of a "
        "KerasHub preset, or the name of a workspace that has a model in "
        f"{user.directory / 'workspace'}. Received: pretraining\n"
    )


def test_the_masked_language_model_is_judged_and_pushed(pretrained: user_lib.Run) -> None:
    assert pretrained.status == 0
    for metric in ("cross_entropy", "pseudo_perplexity", "accuracy", "explained"):
        assert f"\n  {metric} " in pretrained.out


def test_the_pushed_model_fills_masks(pretrained: user_lib.Run) -> None:
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    served = tf.saved_model.load(pretrained.pushed).signatures["serving_default"]
    texts, wanted = _masked_texts(60)
    answer = served(text=tf.constant(texts))
    likeliest = [word.decode() for word in answer["tokens"].numpy()[:, 0, 0]]
    # Who always answers the most frequent of 44 words is right 2 or 3 times.
    assert sum(map(str.__eq__, likeliest, wanted)) >= 15
    answer = {
        key: value.numpy()
        for key, value in served(text=tf.constant(["[MASK] dull [MASK]", "no mask", ""])).items()
    }
    assert answer["masks"].tolist() == [2, 0, 0]
    assert answer["tokens"].shape == answer["probabilities"].shape == (3, 2, 5)
    assert (answer["tokens"][0] != b"").all()
    assert (answer["tokens"][1:] == b"").all()
    assert (answer["probabilities"][0, :, :-1] >= answer["probabilities"][0, :, 1:]).all()


def _masked_texts(count: int) -> tuple[list[str], list[str]]:
    """Makes new texts with one word masked in each, and lists the words."""
    rng = random.Random(9)  # noqa: S311 - not for secrets
    texts, wanted = [], []
    for _ in range(count):
        words = _sentence(rng, rng.choice(["bad", "good"])).split()
        place = rng.randrange(len(words))
        wanted.append(words[place])
        words[place] = "[MASK]"
        texts.append(" ".join(words))
    return texts, wanted


def test_the_classifier_is_learned_and_pushed(tuned: user_lib.Run) -> None:
    assert tuned.status == 0
    assert tuned.states["Pretrained"] == "MISS"


def test_the_vocabulary_is_the_pretrained_one(
    pretrained: user_lib.Run, tuned: user_lib.Run
) -> None:
    [old, new] = (
        pathlib.Path(run.pushed, "assets", "token_vocabulary").read_bytes()
        for run in (pretrained, tuned)
    )
    assert old == new


def _weights(directory: str) -> dict:
    import tensorflow as tf

    made = json.loads(pathlib.Path(directory, "assets.extra", "model.json").read_text())
    values = tf.train.load_checkpoint(f"{directory}/variables/variables")
    return {name: values.get_tensor(key) for name, key in made["variables"].items()}


def test_what_is_frozen_is_bit_equal_and_the_rest_has_learned(
    pretrained: user_lib.Run, tuned: user_lib.Run
) -> None:
    old, new = _weights(pretrained.pushed), _weights(tuned.pushed)
    frozen = [name for name in new if name.startswith(("token_", "positions", "encoder_block_0"))]
    assert "token_embedding/embeddings" in frozen
    frozen = [name for name in frozen if "seed" not in name]
    for name in frozen:
        assert old[name].tobytes() == new[name].tobytes(), name
    trained = [name for name in new if name.startswith("encoder_block_1") and "seed" not in name]
    assert trained
    for name in trained:
        assert old[name].shape == new[name].shape
        assert (old[name] != new[name]).any(), name


def test_the_model_is_an_input_of_transform_and_trainer(
    user: user_lib.User, pretrained: user_lib.Run, tuned: user_lib.Run
) -> None:
    database = user.directory / "workspace" / "stars" / "metadata.db"
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            """
            SELECT DISTINCT execution_type.name, source.string_value
            FROM Event JOIN Artifact ON Artifact.id = Event.artifact_id
            JOIN ArtifactProperty AS source ON source.artifact_id = Artifact.id
            JOIN Execution ON Execution.id = Event.execution_id
            JOIN Type AS execution_type ON execution_type.id = Execution.type_id
            WHERE source.name = 'source'
            """
        ).fetchall()
    readers = {name.rpartition(".")[2]: source for name, source in rows}
    assert set(readers) == {"Pretrained", "Transform", "Trainer"}
    assert set(readers.values()) == {pretrained.pushed}


def test_the_same_model_is_answered_by_the_cache(user: user_lib.User, tuned: user_lib.Run) -> None:
    again = _run(user, "stars", "push.enabled=false")
    assert {again.states[name] for name in ("Pretrained", "Transform", "Trainer")} == {"HIT"}


def test_a_tokenizer_of_another_kind_is_refused(user: user_lib.User, tuned: user_lib.Run) -> None:
    refused = _run(user, "stars", "tokenizer.lowercase=false", "model.num_heads=2")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.splitlines() == [
        "error: `model.num_heads` must be 4, as `model.init_from` has it. Received: 2",
        "error: `tokenizer.lowercase` must be true, as `model.init_from` has it. Received: false",
    ]
