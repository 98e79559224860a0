"""A classifier is learned from a BERT that KerasHub saved, judged, pushed and asked."""

import json
import pathlib
import random
import sqlite3

import numpy as np
import pytest
import yaml

from tests import keras_hub_presets
from tests.end_to_end import user as user_lib

_ROWS = 400
_CONFIG = {
    "name": "stars",
    "data": {"path": "reviews.csv", "text": "review", "label": "stars"},
    "tokenizer": {
        "pretokenizer": "bert",
        "vocabulary_size": len(keras_hub_presets.BERT_VOCABULARY),
        "max_length": 20,
    },
    "model": {
        **{"init_from": "preset", "num_layers": 2, "hidden_dim": 16, "num_heads": 2},
        **{"intermediate_dim": 24, "norm": "post", "norm_epsilon": 1e-12, "dropout": 0.0},
        **{"positions": "learned", "activation": "gelu_tanh", "pooling": "mean"},
        **{"embedding_scale": False, "embedding_norm": True},
    },
    "train": {
        **{"epochs": 8, "patience": 8, "batch_size": 16, "learning_rate": 5e-3},
        "freeze": "embeddings",
    },
    "evaluate": {"floor": {"accuracy": 0.9}},
    "trial": {"bootstrap": 200},
    "probe": {"enabled": False},
}


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    keras_hub_presets.bert(made.directory / "preset")
    rng = random.Random(4)  # noqa: S311 - not for secrets
    lines = ["review,stars"]
    for _ in range(_ROWS):
        label = rng.choice(["bad", "good"])
        words = [label, *rng.choices(["the", "film", "was", "filming", "a", "it", "we"], k=6)]
        rng.shuffle(words)
        lines.append(f"{' '.join(words)}.,{label}")
    (made.directory / "reviews.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = made.directory / "stars.yaml"
    path.write_text(yaml.safe_dump(_CONFIG), encoding="utf-8")
    return made


def _run(user: user_lib.User, *settings: str) -> user_lib.Run:
    options = [argument for setting in settings for argument in ("--set", setting)]
    return user_lib.ended(user.command(str(user_lib.SCRIPT), "stars.yaml", *options))


@pytest.fixture(scope="module")
def tuned(user: user_lib.User) -> user_lib.Run:
    return _run(user)


def test_it_is_learned_judged_and_pushed(tuned: user_lib.Run) -> None:
    assert tuned.status == 0, tuned.out + tuned.err
    assert tuned.states["Pretrained"] == "MISS"


def test_the_pushed_model_answers(tuned: user_lib.Run) -> None:
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    served = tf.saved_model.load(tuned.pushed).signatures["serving_default"]
    labels = served(text=tf.constant(["The film was GOOD!", "a bad film"]))["label"]
    assert labels.numpy().tolist() == [b"good", b"bad"]


def test_the_vocabulary_is_the_presets(tuned: user_lib.Run) -> None:
    path = pathlib.Path(tuned.pushed, "assets", "token_vocabulary")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == sorted(keras_hub_presets.BERT_VOCABULARY)


def test_what_is_frozen_is_the_presets_to_the_bit(user: user_lib.User, tuned: user_lib.Run) -> None:
    import keras_hub
    import tensorflow as tf

    made = json.loads(pathlib.Path(tuned.pushed, "assets.extra", "model.json").read_text())
    values = tf.train.load_checkpoint(f"{tuned.pushed}/variables/variables")
    table = values.get_tensor(made["variables"]["token_embedding/embeddings"])
    backbone = keras_hub.models.Backbone.from_preset(str(user.directory / "preset"))
    theirs = np.asarray(backbone.token_embedding.embeddings)
    lines = pathlib.Path(tuned.pushed, "assets", "token_vocabulary").read_text("utf-8")
    rows = [keras_hub_presets.BERT_VOCABULARY.index(line) for line in lines.splitlines()]
    assert table.tobytes() == theirs[rows].tobytes()


def test_the_preset_is_an_input_of_transform_and_trainer(
    user: user_lib.User, tuned: user_lib.Run
) -> None:
    database = user.directory / "workspace" / "stars" / "metadata.db"
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            """
            SELECT DISTINCT execution_type.name, source.string_value, kind.string_value
            FROM Event JOIN Artifact ON Artifact.id = Event.artifact_id
            JOIN ArtifactProperty AS source ON source.artifact_id = Artifact.id
            JOIN ArtifactProperty AS kind ON kind.artifact_id = Artifact.id
            JOIN Execution ON Execution.id = Event.execution_id
            JOIN Type AS execution_type ON execution_type.id = Execution.type_id
            WHERE source.name = 'source' AND kind.name = 'kind'
            """
        ).fetchall()
    preset = str(user.directory / "preset")
    assert {(name.rpartition(".")[2], *rest) for name, *rest in rows} == {
        (name, preset, "keras_hub") for name in ("Pretrained", "Transform", "Trainer")
    }


def test_all_that_differs_is_told_at_once_and_nothing_runs(user: user_lib.User) -> None:
    refused = _run(user, "model.norm=pre", "model.num_layers=3", "tokenizer.max_length=25")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err.splitlines() == [
        "error: `model.num_layers` must be 2, as `model.init_from` has it. Received: 3",
        "error: `model.norm` must be post, as `model.init_from` has it. Received: pre",
        "error: `tokenizer.max_length` must be at most 24, as `model.init_from` has positions. "
        "Received: 25",
    ]
