"""Tokens that are counted before Transform agree with those that Transform makes."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata, schema_utils

from components.statistics import counting, tokens
from components.transform import config as config_lib
from components.transform import tokenizer, vocabulary

_STEMS = ["walk", "talk", "jump", "film", "act", "direct", "play", "sing", "Über", "naïv"]
_ENDINGS = ["", "s", "ed", "ing", "er", "ers", "ingly"]


def _texts(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    texts = []
    for _ in range(count):
        stems, endings = rng.choice(_STEMS, 30), rng.choice(_ENDINGS, 30)
        words = [stem + ending for stem, ending in zip(stems, endings, strict=True)]
        texts.append(" ".join(words[: rng.integers(30)]) + ("!" if rng.random() < 0.5 else ""))
    return texts


_TRAIN = [*_texts(200, 0), "y" * 600 + " walks"]
_EVAL = [*_texts(80, 1), "Zebra ß 日本 ☃ walking", "", "x" * 513]

_CONFIGS = [
    config_lib.TokenizerConfig(vocabulary_size=90, max_length=20),
    config_lib.TokenizerConfig(vocabulary_size=60, min_count=3, lowercase=False, unicode="NFD"),
    config_lib.TokenizerConfig(kind="words", vocabulary_size=40, max_length=20),
    config_lib.TokenizerConfig(kind="words", vocabulary_size=10_000, min_count=5),
]


def _transformed(
    config: config_lib.TokenizerConfig, directory: str
) -> tuple[list[list[int]], list[list[int]]]:
    """Tokenizes train and eval as Transform does, without truncation and marks."""

    def preprocess(inputs: dict[str, tf.Tensor]) -> dict[str, tf.SparseTensor]:
        tokenize = tokenizer.Tokenizer(config)
        return {"ids": tokenize.pieces(tf.reshape(inputs["text"], [-1])).to_sparse()}

    metadata = dataset_metadata.DatasetMetadata(
        schema_utils.schema_from_feature_spec({"text": tf.io.FixedLenFeature([1], tf.string)})
    )
    train, both = ([{"text": [text]} for text in some] for some in (_TRAIN, _TRAIN + _EVAL))
    with tft_beam.Context(temp_dir=directory):
        graph = (train, metadata) | tft_beam.AnalyzeDataset(preprocess)
        rows, _ = ((both, metadata), graph) | tft_beam.TransformDataset()
    ids = [np.atleast_1d(row["ids$sparse_values"]).tolist() for row in rows]
    assert isinstance(tft.TFTransformOutput, type)
    return ids[: len(_TRAIN)], ids[len(_TRAIN) :]


@pytest.mark.parametrize("config", _CONFIGS, ids=["pieces", "rare", "words", "known"])
def test_tokens_are_those_of_transform(count_texts, config, tmp_path) -> None:
    train, evaluated = (count_texts(texts, config=config) for texts in (_TRAIN, _EVAL))
    count_pieces = tokens.learn(train.vocabulary, config)
    for counts, ids in zip((train, evaluated), _transformed(config, str(tmp_path)), strict=True):
        counted = tokens.count(counts, count_pieces, config)
        lengths = [len(row) + 2 for row in ids]
        unknown = [row.count(vocabulary.UNK_ID) for row in ids]
        assert counted.mean == sum(lengths) / len(lengths)
        assert counted.pieces == sum(map(len, ids))
        assert counted.unknown == sum(unknown)
        assert sorted(counted.sample.tolist()) == sorted(lengths)
        pairs = zip(counted.sample.tolist(), counted.sample_unknown.tolist(), strict=True)
        assert sorted(pairs) == sorted(zip(lengths, unknown, strict=True))
        assert counted.longest[0] == max(lengths)


def test_with_sampled_words_the_mean_is_an_estimate(count_texts, monkeypatch) -> None:
    texts = [f"{text} number{i}" for i, text in enumerate(_texts(4000, 2))]
    config = config_lib.TokenizerConfig(vocabulary_size=200)
    exact = count_texts(texts)
    monkeypatch.setattr(counting, "MAX_WORDS", 1500)
    sampled = count_texts(texts)
    assert sampled.vocabulary.depth > 0
    count_pieces = tokens.learn(exact.vocabulary, config)
    means = [tokens.count(counts, count_pieces, config).mean for counts in (exact, sampled)]
    assert means[0] != means[1]
    assert means[1] == pytest.approx(means[0], rel=0.05)


def test_words_of_a_sample_count_for_the_texts_that_it_stands_for(count_texts, monkeypatch) -> None:
    monkeypatch.setattr(counting, "MAX_WORDS", 20)
    train = count_texts([f"{i} b{i} c{i} d{i} e{i} common" for i in range(400)])
    train.compact()
    assert train.vocabulary.depth >= 3
    config = config_lib.TokenizerConfig(kind="words", vocabulary_size=50, min_count=8)
    lengths, unknown = tokens.learn(train.vocabulary, config)(np.array([b"common", b"none"]))
    assert lengths.tolist() == [1, 1]
    assert unknown.tolist() == [0, 1]


@pytest.mark.parametrize("kind", ["wordpiece", "words"])
def test_of_no_words_none_is_known(count_texts, kind) -> None:
    config = config_lib.TokenizerConfig(kind=kind)
    count_pieces = tokens.learn(counting.TextCounts().vocabulary, config)
    counted = tokens.count(count_texts(["two words", ""]), count_pieces, config)
    assert (counted.pieces, counted.unknown, counted.mean) == (2, 2, 3.0)
    nothing = tokens.count(counting.TextCounts(), count_pieces, config)
    assert (nothing.pieces, nothing.mean, len(nothing.sample)) == (0, 0.0, 0)


def test_tokens_of_a_long_text_go_by_its_beginning(count_texts) -> None:
    config = config_lib.TokenizerConfig()
    counts = count_texts(["word " * 20_000, "word"])
    count_pieces = tokens.learn(counts.vocabulary, config)
    counted = tokens.count(counts, count_pieces, config)
    assert counted.mean == 10_002.5
    assert counted.longest.tolist() == [pytest.approx(20_002, abs=7), 3]
