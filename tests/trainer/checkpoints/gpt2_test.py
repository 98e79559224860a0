"""GPT-2 in our decoder: its logits, and what it writes, are those of KerasHub's."""

import json
import pathlib
import shutil

import numpy as np
import pytest
import tensorflow as tf

from schemas import errors, features, tokens
from tests import keras_hub_presets
from trainer import config, exported, initialization
from trainer.checkpoints import preset, reading
from trainer.generation import loop, readers, sampling
from trainer.models import decoder

_LENGTH = 20


@pytest.fixture(scope="module")
def both(converted):
    """The preset, our model, and KerasHub's logits of their ids as a function."""
    import keras_hub

    source, directory = converted("GPT2")
    found = reading.read(source)
    backbone = keras_hub.models.Backbone.from_preset(str(source))

    def logits(ids: np.ndarray) -> np.ndarray:
        outputs = backbone({"token_ids": ids, "padding_mask": np.ones_like(ids)})
        return np.asarray(backbone.token_embedding(outputs, reverse=True))

    shape = _told(directory).model
    model = decoder.build(shape, len(found.tokens.lines), _LENGTH, None)
    initialization.take_over(model, directory)
    return found, model, logits


def _told(directory: str) -> exported.Exported:
    return exported.Exported.from_json(pathlib.Path(directory, exported.FILE).read_text())


def test_logits_are_those_of_keras_hub(both):
    found, model, theirs = both
    rows = np.array(found.tokens.rows)
    ids = np.random.default_rng(0).integers(len(tokens.RESERVED), len(rows), (3, 12))
    ids[:, 0] = tokens.SEP_ID

    ours = np.asarray(model({features.TOKEN_IDS: ids}))
    expected = theirs(rows[ids])

    known = rows != preset.NEW
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(ours[..., known], expected[..., rows[known]], atol=1e-4)
    # A reserved token that is new has the mean of all logits.
    mean = np.repeat(expected.mean(axis=-1, keepdims=True), 4, axis=-1)
    np.testing.assert_allclose(ours[..., ~known], mean, atol=1e-4)


def test_what_is_written_with_the_cache_is_the_likeliest_by_keras_hub(both):
    found, model, theirs = both
    rows = np.array(found.tokens.rows)
    prompt, count = [30, 70, 266], 12
    ids = [int(rows[i]) for i in (tokens.SEP_ID, *prompt)]
    for _ in range(count):
        ids.append(int(theirs(np.array([ids]))[0, -1].argmax()))

    texts = tokens.texts([line.encode() for line in found.tokens.lines], "gpt2_bpe")
    one = np.ones(1, "float32")
    wishes = sampling.Wishes(
        temperature=tf.constant(0 * one),
        top_k=tf.constant([0]),
        top_p=tf.constant(one),
        repetition_penalty=tf.constant(one),
        seed=tf.constant([1], tf.int64),
    )
    written = loop.Loop(readers.Cached(decoder, model), _LENGTH, texts).write(
        loop.Task(tf.ragged.constant([prompt]), tf.constant([count]), wishes, tf.constant([[""]]))
    )
    assert rows[written.token_ids.to_list()[0]].tolist() == ids[1 + len(prompt) :]


def test_the_end_of_a_text_is_the_reserved_one(both):
    found, _, _ = both
    assert found.tokens.lines[:5] == tokens.RESERVED
    end = keras_hub_presets.gpt2_vocabulary()["<|endoftext|>"]
    assert found.tokens.rows[:5] == (preset.NEW, preset.NEW, preset.NEW, end, preset.NEW)
    assert "<|endoftext|>" not in found.tokens.lines


def test_the_shape_and_the_tokenizer_are_told(converted):
    told = _told(converted("GPT2")[1])
    assert told.architecture == "decoder"
    assert (told.model.norm, told.model.activation) == ("pre", "gelu_tanh")
    assert (told.model.embedding_scale, told.model.tied_embeddings) == (False, True)
    size = len(keras_hub_presets.gpt2_vocabulary()) + 4
    assert told.tokenizer == {"kind": "gpt2_bpe", "vocabulary_size": size, "max_length": 24}
    assert isinstance(told.model, config.ModelConfig)


def test_merges_are_written_as_ids(converted):
    source, directory = converted("GPT2")
    found = reading.read(source).tokens
    lines = pathlib.Path(directory, "assets", "token_merges").read_text().splitlines()
    assert [tuple(map(int, line.split())) for line in lines] == list(found.merges)
    values = tokens.texts([line.encode() for line in found.lines], "gpt2_bpe")
    assert [[values[i] for i in merge] for merge in found.merges[:3]] == [
        [b"t", b"h", b"th"],
        [b"th", b"e", b"the"],
        [b" ", b"the", b" the"],
    ]


@pytest.fixture
def assets(converted, tmp_path) -> pathlib.Path:
    """Assets of a preset of one's own to break."""
    copy = shutil.copytree(converted("GPT2")[0], tmp_path / "preset")
    return pathlib.Path(copy, "assets", "tokenizer")


def _refused(assets: pathlib.Path) -> str:
    with pytest.raises(errors.DataError) as caught:
        reading.read(assets.parents[1])
    return str(caught.value)


def test_a_line_of_the_version_is_no_merge(assets):
    before = reading.read(assets.parents[1]).tokens.merges
    path = assets / "merges.txt"
    path.write_text("#version: 0.2\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert reading.read(assets.parents[1]).tokens.merges == before


def test_a_merge_of_what_is_no_piece_is_told(assets):
    with (assets / "merges.txt").open("a", encoding="utf-8") as file:
        file.write("q z\n")
    assert _refused(assets) == (
        "`model.init_from` must be a preset whose merges.txt are of pieces of its "
        "vocabulary.json, and make such. Received: q z"
    )


@pytest.mark.parametrize(
    ("without", "rule"),
    [
        ("<|endoftext|>", "a preset whose vocabulary.json has <|endoftext|>"),
        ("x", "a preset whose vocabulary.json has each byte of UTF-8"),
    ],
)
def test_a_vocabulary_without_what_each_text_needs_is_told(assets, without, rule):
    path = assets / "vocabulary.json"
    pieces = json.loads(path.read_text())
    del pieces[without]
    path.write_text(json.dumps(pieces))
    assert _refused(assets).startswith(f"`model.init_from` must be {rule}. Received: ")


def test_a_vocabulary_that_is_not_of_bytes_is_told(assets):
    path = assets / "vocabulary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "▁the": 300}))
    assert "is of bytes, each as GPT-2 writes it" in _refused(assets)
    path.write_text("[]")
    assert "tells the id of each piece" in _refused(assets)
