"""BERT in our encoder: its outputs are those of KerasHub's."""

import pathlib

import keras
import numpy as np
import pytest

from schemas import features
from tests import keras_hub_presets
from trainer import config, exported, initialization
from trainer.checkpoints import reading
from trainer.models import transformer

_IDS = np.array([[4, 20, 9, 30, 61, 5, 0, 0], [4, 33, 5, 70, 8, 21, 70, 5]], "int32")
_SEGMENTS = np.array([[0] * 8, [0, 0, 0, 1, 1, 1, 1, 1]], "int32")
_REAL = (_IDS != 0)[..., None]


def _theirs(directory: pathlib.Path, segments: np.ndarray) -> dict[str, np.ndarray]:
    import keras_hub

    backbone = keras_hub.models.Backbone.from_preset(str(directory))
    inputs = {"token_ids": _IDS, "padding_mask": _IDS != 0, "segment_ids": segments}
    outputs = backbone({name: inputs[name] for name in backbone.input})
    return outputs if isinstance(outputs, dict) else {"sequence_output": outputs}


def _ours(directory: pathlib.Path, segments: np.ndarray) -> dict[str, np.ndarray]:
    """Our ids and segments of the same sequences."""
    rows = reading.read(directory).tokens.rows
    ids = {row: index for index, row in enumerate(rows)}
    token_ids = np.vectorize(ids.__getitem__)(_IDS)
    return {features.TOKEN_IDS: token_ids, features.SEGMENT_IDS: segments}


def _shape(directory: str) -> config.ModelConfig:
    text = pathlib.Path(directory, exported.FILE).read_text(encoding="utf-8")
    return exported.Exported.from_json(text).model


@pytest.mark.parametrize("kind", ["Bert", "DistilBert"])
@pytest.mark.parametrize("num_segments", [None, 2, 3])
def test_tokens_vectors_are_those_of_keras_hub(converted, kind, num_segments):
    preset, directory = converted(kind)
    size = len(keras_hub_presets.BERT_VOCABULARY)
    encoded = transformer.encode(_shape(directory), size, 10, num_segments=num_segments)
    model = keras.Model(encoded.inputs, encoded.tokens)
    initialization.take_over(model, directory)
    segments = _SEGMENTS if num_segments else np.zeros_like(_SEGMENTS)

    ours = _ours(preset, segments)
    outputs = model({name: ours[name] for name in encoded.inputs})

    expected = np.asarray(_theirs(preset, segments)["sequence_output"])
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(outputs * _REAL, expected * _REAL, atol=1e-5)


def test_the_third_segment_begins_as_the_second(converted):
    preset, directory = converted("Bert")
    size = len(keras_hub_presets.BERT_VOCABULARY)
    encoded = transformer.encode(_shape(directory), size, 10, num_segments=3)
    model = keras.Model(encoded.inputs, encoded.tokens)
    initialization.take_over(model, directory)
    shared = np.where(_SEGMENTS & (_IDS == 70), 2, _SEGMENTS)

    expected = np.asarray(_theirs(preset, _SEGMENTS)["sequence_output"])
    np.testing.assert_allclose(model(_ours(preset, shared)) * _REAL, expected * _REAL, atol=1e-5)


def test_the_pooler_is_berts(converted):
    preset, directory = converted("Bert")
    shape = _shape(directory).model_copy(update={"pooling": "pooler"})
    head = keras.layers.Identity(name="logits")
    size = len(keras_hub_presets.BERT_VOCABULARY)
    model = transformer.build(shape, size, 24, head, num_segments=2)
    initialization.take_over(model, directory)

    expected = _theirs(preset, _SEGMENTS)["pooled_output"]
    np.testing.assert_allclose(model(_ours(preset, _SEGMENTS)), expected, atol=1e-5)


def test_logits_of_masked_tokens_are_by_the_preset_s_own_embedding(converted):
    preset, directory = converted("Bert")
    size = len(keras_hub_presets.BERT_VOCABULARY)
    encoded = transformer.encode(_shape(directory), size, 24)
    model = keras.Model(encoded.inputs, encoded.embedding(encoded.tokens, reverse=True))
    initialization.take_over(model, directory)
    segments = np.zeros_like(_SEGMENTS)

    ours = _ours(preset, segments)
    logits = np.asarray(model({features.TOKEN_IDS: ours[features.TOKEN_IDS]}))

    import keras_hub

    table = keras_hub.models.Backbone.from_preset(str(preset)).token_embedding.embeddings
    rows = np.asarray(table)[list(reading.read(preset).tokens.rows)]
    expected = np.asarray(_theirs(preset, segments)["sequence_output"]) @ rows.T
    np.testing.assert_allclose(logits * _REAL, expected * _REAL, atol=1e-4)


def test_attention_weights_of_what_was_converted_are_told(converted):
    preset, directory = converted("Bert")
    size = len(keras_hub_presets.BERT_VOCABULARY)
    model = transformer.build(
        _shape(directory), size, 24, keras.layers.Dense(2, name="logits"), num_segments=2
    )
    initialization.take_over(model, directory)
    ours = {
        name: keras.ops.convert_to_tensor(ids) for name, ids in _ours(preset, _SEGMENTS).items()
    }
    weights = transformer.attention_weights(model, ours)

    import keras_hub

    backbone = keras_hub.models.Backbone.from_preset(str(preset))
    inputs = {"token_ids": _IDS, "padding_mask": _IDS != 0, "segment_ids": _SEGMENTS}
    embedded = keras.Model(backbone.input, backbone.embeddings_dropout.output)(inputs)
    _, expected = backbone.transformer_layers[0](
        embedded, padding_mask=_IDS != 0, return_attention_scores=True
    )
    np.testing.assert_allclose(weights[:, 0] * _REAL[:, None], expected * _REAL[:, None], atol=1e-5)


def test_the_vocabulary_begins_with_ours_and_goes_on_in_its_own_order(converted):
    tokens = reading.read(converted("Bert")[0]).tokens
    assert tokens.lines[:8] == (
        *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
        *("[unused0]", "[unused1]", "!"),
    )
    assert tokens.rows[:8] == (0, 3, 4, 5, 6, 1, 2, 7)
    assert sorted(tokens.rows) == list(range(len(keras_hub_presets.BERT_VOCABULARY)))
    assert [keras_hub_presets.BERT_VOCABULARY[row] for row in tokens.rows] == list(tokens.lines)
