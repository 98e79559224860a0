"""What was converted under the heads of tasks: all of the encoder is taken over, and it serves."""

import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from components.transform import executor
from schemas import tasks as tasks_lib
from trainer import export, exported, initialization, models, tasks
from trainer.checkpoints import reading

_LENGTH = 20


def _model(converted, transformed_with, kind: str, backbone: str, **shape):
    """Builds a task's model on what was converted, as the Trainer does."""
    source, directory = converted(backbone)
    text = pathlib.Path(directory, exported.FILE).read_text(encoding="utf-8")
    told = exported.Exported.from_json(text)
    settings, made = transformed_with(
        kind,
        tokenizer={**told.tokenizer, "max_length": _LENGTH},
        vocabulary=executor.read_vocabulary(directory),
        merges=executor.read_merges(directory),
    )
    if kind == "running":
        options = {"units": told.tokenizer["kind"]}
        settings = tasks_lib.Settings(settings.name, targets=(), options=options)
    task, output = tasks.get(settings), tft.TFTransformOutput(made.directory)
    architecture = models.get(told.architecture)
    model = task.build_model(architecture, told.model.model_copy(update=shape), output, _LENGTH)
    taken = initialization.take_over(model, directory)
    return source, task, output, model, taken


def _heads(model: keras.Model, taken: list[str]) -> set[str]:
    """Lists the layers with weights that were not taken over."""
    paths = [w.path for w in model.weights if "seed" not in w.path]
    return {path.partition("/")[0] for path in paths if path not in taken}


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("pair", {"logits"}),
        ("answer", {"span"}),
        ("masked", {"masked_tokens", "token_bias"}),
    ],
)
def test_all_but_the_head_is_taken_over(converted, transformed_with, kind, head):
    _, _, output, model, taken = _model(converted, transformed_with, kind, "Bert", pooling="pooler")
    assert _heads(model, taken) == head
    assert (
        output.vocabulary_size_by_name("token_vocabulary")
        == model.layers[[layer.name for layer in model.layers].index("token_embedding")].input_dim
    )


@pytest.fixture(scope="module")
def written(converted, transformed_with, tmp_path_factory):
    """A GPT-2 as a language model, exported: the preset, and where the export lies."""
    source, task, output, model, _ = _model(converted, transformed_with, "running", "GPT2")
    directory = str(tmp_path_factory.mktemp("exported"))
    export.save(model, output, task, directory)
    return source, directory


def test_the_export_writes_on_as_keras_hub_would(written):
    import keras_hub

    source, directory = written
    prompt, count = "the thing is good.", 6
    asked = {
        **{"text": [prompt], "max_new_tokens": [count], "temperature": [0.0], "top_k": [0]},
        **{"top_p": [1.0], "repetition_penalty": [1.0], "stop": [[""]]},
        "seed": tf.constant([1], tf.int64),
    }
    served = tf.saved_model.load(directory).signatures["generate"]
    answer = served(**{name: tf.constant(value) for name, value in asked.items()})

    backbone = keras_hub.models.Backbone.from_preset(str(source))
    tokenizer = keras_hub.models.Tokenizer.from_preset(str(source))
    ids = [tokenizer.end_token_id, *map(int, tokenizer(prompt))]
    start = len(ids)
    assert start + count <= _LENGTH
    for _ in range(count):
        token_ids = np.array([ids])
        mask = np.ones_like(token_ids)
        vectors = backbone({"token_ids": token_ids, "padding_mask": mask})
        ids.append(int(np.asarray(backbone.token_embedding(vectors, reverse=True))[0, -1].argmax()))
    rows = np.array(reading.read(source).tokens.rows)
    assert rows[answer["token_ids"].numpy()[0]].tolist() == ids[start:]


def test_the_export_takes_the_merges_along(written, converted):
    _, directory = written
    assert executor.read_merges(directory) == executor.read_merges(converted("GPT2")[1])
    assert executor.read_vocabulary(directory) == executor.read_vocabulary(converted("GPT2")[1])


def test_the_export_scores_as_keras_hub_would(written):
    import keras_hub

    source, directory = written
    text = "the thing is bad."
    answer = tf.saved_model.load(directory).signatures["serving_default"](text=tf.constant([text]))

    backbone = keras_hub.models.Backbone.from_preset(str(source))
    tokenizer = keras_hub.models.Tokenizer.from_preset(str(source))
    end = tokenizer.end_token_id
    ids = [end, *map(int, tokenizer(text)), end]
    token_ids = np.array([ids[:-1]])
    vectors = backbone({"token_ids": token_ids, "padding_mask": np.ones_like(token_ids)})
    logits = np.asarray(backbone.token_embedding(vectors, reverse=True), "float64")[0]
    # Four reserved tokens that GPT-2 has not have the mean of its logits.
    means = np.repeat(logits.mean(axis=-1, keepdims=True), 4, axis=-1)
    total = np.log(np.exp(np.concatenate([logits, means], axis=-1)).sum(axis=-1))
    expected = (logits[np.arange(len(ids) - 1), ids[1:]] - total).sum()
    np.testing.assert_allclose(answer["log_probability"][0], expected, rtol=1e-4)
    assert answer["tokens"].numpy().tolist() == [len(ids) - 1]
