"""Starting from an exported model: which weights, at which rates, and what stays as it was."""

import json
import pathlib

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from schemas import errors
from trainer import config, export, exported, initialization, optimizer, request, tasks
from trainer.models import transformer

_SHAPE = {"num_layers": 2, "hidden_dim": 16, "num_heads": 2, "intermediate_dim": 8}
_SHAPE |= {"positions": "learned"}


def _build(head_units=3, num_segments=None, max_length=32, size=50, **shape):
    return transformer.build(
        config.ModelConfig(**{**_SHAPE, **shape}),
        vocabulary_size=size,
        max_length=max_length,
        head=keras.layers.Dense(head_units, name="logits"),
        num_segments=num_segments,
    )


def _request(directory) -> request.Request:
    return request.Request(
        task=tasks.Settings("classification"),
        architecture="transformer",
        model=config.ModelConfig(**_SHAPE),
        train=config.TrainConfig(),
        max_length=32,
        transform_output="",
        train_files=(),
        eval_files=(),
        serving_model_dir=str(directory),
        logs_dir="",
        backup_dir="",
        tokenizer={"kind": "words"},
    )


@pytest.fixture(scope="module")
def old(transformed, tmp_path_factory):
    """A model that was exported, and the directory."""
    keras.utils.set_random_seed(1)
    output = tft.TFTransformOutput(transformed.directory)
    size = output.vocabulary_size_by_name("token_vocabulary")
    directory = tmp_path_factory.mktemp("old") / "model"
    model = _build(2, size=size)
    task = tasks.get(tasks.Settings("classification"))
    export.save(model, output, task, str(directory))
    initialization.describe(model, _request(directory))
    return model, str(directory), size


def _by_path(model):
    return {v.path: v.numpy() for v in model.weights if "seed" not in v.path}


def test_the_encoder_is_taken_over_exactly_and_the_head_is_new(old):
    model, directory, size = old
    keras.utils.set_random_seed(2)
    new = _build(5, size=size)
    before, wanted = _by_path(new), _by_path(model)
    taken = initialization.take_over(new, directory)
    after = _by_path(new)
    assert set(taken) == {path for path in wanted if not path.startswith("logits")}
    for path in taken:
        assert after[path].tobytes() == wanted[path].tobytes(), path
        # Else nothing would be seen; norms and biases all start alike.
        assert "kernel" not in path or (before[path] != after[path]).any(), path
    for path in set(after) - set(taken):
        assert path.startswith("logits")
        assert (after[path] == before[path]).all()


def test_a_pairs_segments_are_new_where_there_were_single_texts(old):
    _, directory, size = old
    new = _build(num_segments=2, size=size)
    before = _by_path(new)["segment_embedding/embeddings"]
    taken = initialization.take_over(new, directory)
    assert "segment_embedding/embeddings" not in taken
    assert (_by_path(new)["segment_embedding/embeddings"] == before).all()


def test_of_a_longer_table_of_positions_the_first_rows_are_taken(old):
    model, directory, size = old
    new = _build(max_length=20, size=size)
    assert "positions/table" in initialization.take_over(new, directory)
    table = _by_path(model)["positions/table"]
    assert (_by_path(new)["positions/table"] == table[:20]).all()


def _saved(directory, model):
    """Saves a model's weights alone, and what tells of them."""
    (directory / "variables").mkdir()
    tf.raw_ops.SaveV2(
        prefix=f"{directory}/variables/variables",
        tensor_names=[v.path for v in model.weights],
        shape_and_slices=[""] * len(model.weights),
        tensors=[tf.constant(v.numpy()) for v in model.weights],
    )
    made = exported.Exported(
        "transformer", config.ModelConfig(**_SHAPE), {}, {v.path: v.path for v in model.weights}
    )
    (directory / "assets.extra").mkdir()
    (directory / exported.FILE).write_text(made.to_json())
    return str(directory)


def test_a_segment_that_is_not_known_begins_as_the_last_that_is(tmp_path):
    known = _build(num_segments=2)
    more = _build(num_segments=3)
    initialization.take_over(more, _saved(tmp_path, known))
    table = _by_path(known)["segment_embedding/embeddings"]
    assert (_by_path(more)["segment_embedding/embeddings"] == table[[0, 1, 1]]).all()


def test_of_more_segments_the_first_are_taken(tmp_path):
    known = _build(num_segments=3)
    fewer = _build(num_segments=2)
    initialization.take_over(fewer, _saved(tmp_path, known))
    table = _by_path(known)["segment_embedding/embeddings"]
    assert (_by_path(fewer)["segment_embedding/embeddings"] == table[:2]).all()


def test_a_pooler_is_taken_over_where_there_is_one_and_trained_as_the_head(tmp_path, old):
    known, new = _build(pooling="pooler"), _build(pooling="pooler")
    assert "pooler/kernel" in initialization.take_over(new, _saved(tmp_path, known))
    assert (_by_path(new)["pooler/kernel"] == _by_path(known)["pooler/kernel"]).all()
    initialization.freeze(new, "encoder")
    assert _layers(new) == {"pooler", "logits"}
    _, without, size = old
    assert "pooler/kernel" not in initialization.take_over(
        _build(pooling="pooler", size=size), without
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_length": 33}, r"Received: positions/\S+ of \(32, 16\), wanted \(33, 16\)$"),
        ({"num_layers": 3}, r"Received: a model without encoder_block_2/\S+$"),
        ({"intermediate_dim": 9}, r"encoder_block_0/\S+ of \(16, 8\), wanted \(16, 9\)$"),
    ],
)
def test_weights_of_other_shapes_are_told_in_one_line(old, change, message):
    _, directory, size = old
    with pytest.raises(errors.DataError, match=message) as caught:
        initialization.take_over(_build(size=size, **change), directory)
    assert "\n" not in str(caught.value)


def test_what_was_exported_is_described(old):
    model, directory, _ = old
    made = exported.Exported.from_json(pathlib.Path(directory, exported.FILE).read_text())
    assert made.model == config.ModelConfig(**_SHAPE)
    assert (made.architecture, made.tokenizer) == ("transformer", {"kind": "words"})
    assert set(made.variables) == {v.path for v in model.variables}
    assert json.loads(made.to_json())["variables"] == made.variables


def _layers(model):
    return {path.partition("/")[0] for path in (v.path for v in model.trainable_variables)}


@pytest.mark.parametrize(
    ("part", "trained"),
    [
        (
            None,
            {
                *("token_embedding", "segment_embedding", "positions", "encoder_block_0"),
                *("encoder_block_1", "final_norm", "logits"),
            },
        ),
        ("embeddings", {"encoder_block_0", "encoder_block_1", "final_norm", "logits"}),
        (1, {"encoder_block_1", "final_norm", "logits"}),
        (2, {"final_norm", "logits"}),
        ("encoder", {"logits"}),
    ],
)
def test_what_is_frozen(part, trained):
    model = _build(num_segments=2)
    initialization.freeze(model, part)
    assert _layers(model) == trained


def test_the_norm_of_the_embeddings_is_one_of_them():
    model = _build(embedding_norm=True)
    initialization.freeze(model, "embeddings")
    assert "embedding_norm" not in _layers(model)
    rates = initialization.rates(_build(embedding_norm=True), 0.5, 2)
    assert rates["embedding_norm/gamma"] == 0.125


def test_rates_fall_from_the_head_down():
    model = _build(num_segments=2)
    rates = {}
    for path, rate in initialization.rates(model, 0.5, 2).items():
        rates.setdefault(path.partition("/")[0], set()).add(rate)
    assert rates == {
        "logits": {1.0},
        "final_norm": {0.5},
        "encoder_block_1": {0.5},
        "encoder_block_0": {0.25},
        "token_embedding": {0.125},
        "segment_embedding": {0.125},
        "positions": {0.125},
    }


def _step(rates, weight_decay):
    """Takes one step of Adam from weights of 1, and returns how far each moved."""
    weights = [keras.Variable(np.ones(3, np.float32), name=name) for name in ("low", "high")]
    train = config.TrainConfig(
        learning_rate=0.1, warmup_fraction=0.0, weight_decay=weight_decay, clip_norm=None
    )
    adamw = optimizer.build(train, 10**9, loss_scaling=False, rates=rates)
    adamw.build(weights)
    adamw.apply([tf.constant([1.0, -1.0, 2.0])] * 2, weights)
    return [weight.numpy() - 1.0 for weight in weights]


def test_each_weight_moves_by_its_share_of_the_rate():
    low, high = _step({"low": 0.25}, weight_decay=0.0)
    # Adam's first step is the rate, whatever the gradient's size.
    np.testing.assert_allclose(high, [-0.1, 0.1, -0.1], rtol=1e-4)
    np.testing.assert_allclose(low, [-0.025, 0.025, -0.025], rtol=1e-4)


def test_each_weight_decays_by_its_share_of_the_rate():
    low, high = _step({"low": 0.25}, weight_decay=0.5)
    # 1 - 0.1 * 0.5, and 1 - 0.25 * 0.1 * 0.5, before the step.
    np.testing.assert_allclose(high, np.array([-0.1, 0.1, -0.1]) - 0.05, rtol=1e-4)
    np.testing.assert_allclose(low, np.array([-0.025, 0.025, -0.025]) - 0.0125, rtol=1e-4)
