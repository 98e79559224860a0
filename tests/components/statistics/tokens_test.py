"""Tokens that are counted before Transform agree with those that Transform makes."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata, schema_utils

from components.statistics import counting, tokens, unit_counts
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
    config_lib.TokenizerConfig(kind="characters", min_count=2),
    config_lib.TokenizerConfig(kind="bytes_bpe", vocabulary_size=400),
]


def _transformed(
    config: config_lib.TokenizerConfig, texts: list[list[str]], directory: str
) -> tuple[list[list[int]], list[list[int]]]:
    """Tokenizes train and eval as Transform does, without truncation and marks."""

    def preprocess(inputs: dict[str, tf.Tensor]) -> dict[str, tf.SparseTensor]:
        tokenize = tokenizer.Tokenizer(config)
        return {"ids": tokenize.pieces(tf.reshape(inputs["text"], [-1])).to_sparse()}

    metadata = dataset_metadata.DatasetMetadata(
        schema_utils.schema_from_feature_spec({"text": tf.io.FixedLenFeature([1], tf.string)})
    )
    train, both = (
        [{"text": [text]} for text in some] for some in (texts[0], [*texts[0], *texts[1]])
    )
    with tft_beam.Context(temp_dir=directory):
        graph = (train, metadata) | tft_beam.AnalyzeDataset(preprocess)
        rows, _ = ((both, metadata), graph) | tft_beam.TransformDataset()
    ids = [list(row["ids"]) for row in rows]
    return ids[: len(train)], ids[len(train) :]


@pytest.mark.parametrize(
    "config", _CONFIGS, ids=["pieces", "rare", "words", "known", "characters", "bytes"]
)
def test_tokens_are_those_of_transform(count_texts, config, tmp_path) -> None:
    texts = [_TRAIN, _EVAL]
    if config.kind == "bytes_bpe":
        texts = [some[:-1] for some in texts]  # the tokens of the longest words are estimated
    counts = [count_texts(some, config=config) for some in texts]
    count_pieces = tokens.learn(counts[0], config)
    transformed = _transformed(config, texts, str(tmp_path))
    for some, of_split, ids in zip(texts, counts, transformed, strict=True):
        counted = tokens.count(of_split, count_pieces, config)
        lengths = [len(row) + 2 for row in ids]
        unknown = [row.count(vocabulary.UNK_ID) for row in ids]
        assert counted.mean == sum(lengths) / len(lengths)
        assert counted.pieces == sum(map(len, ids))
        assert counted.unknown == sum(unknown)
        assert sorted(counted.sample.tolist()) == sorted(lengths)
        pairs = zip(counted.sample.tolist(), counted.sample_unknown.tolist(), strict=True)
        assert sorted(pairs) == sorted(zip(lengths, unknown, strict=True))
        by_length = sorted(range(len(some)), key=lambda place: -len(some[place]))
        assert counted.longest.tolist() == [lengths[place] for place in by_length[:10]]


def test_bytes_of_the_longest_words_are_as_many_to_a_token_as_others_are(count_texts) -> None:
    config = config_lib.TokenizerConfig(kind="bytes_bpe", vocabulary_size=400)
    train = count_texts(["ab cd" for _ in range(100)], config=config)
    count_pieces = tokens.learn(train, config)
    evaluated = count_texts(["abab", "ab" * 500], config=config)
    counted = tokens.count(evaluated, count_pieces, config)
    assert count_pieces(np.array([b"abab"]))[0].tolist() == [2]
    assert counted.pieces == 502
    assert counted.unknown == 0


def test_with_sampled_words_the_mean_is_an_estimate(count_texts, monkeypatch) -> None:
    texts = [f"{text} number{i}" for i, text in enumerate(_texts(4000, 2))]
    config = config_lib.TokenizerConfig(vocabulary_size=200)
    exact = count_texts(texts)
    monkeypatch.setattr(unit_counts, "MAX_ENTRIES", 1500)
    sampled = count_texts(texts)
    sampled.compact()
    assert sampled.words.table.depth > 0
    count_pieces = tokens.learn(exact, config)
    means = [tokens.count(counts, count_pieces, config).mean for counts in (exact, sampled)]
    assert means[0] != means[1]
    assert means[1] == pytest.approx(means[0], rel=0.05)


def test_words_of_a_sample_count_for_the_texts_that_it_stands_for(count_texts, monkeypatch) -> None:
    monkeypatch.setattr(unit_counts, "MAX_ENTRIES", 20)
    train = count_texts([f"{i} b{i} c{i} d{i} e{i} common" for i in range(400)])
    train.compact()
    assert train.words.table.depth >= 3
    config = config_lib.TokenizerConfig(kind="words", vocabulary_size=50, min_count=8)
    lengths, unknown = tokens.learn(train, config)(np.array([b"common", b"none"]))
    assert lengths.tolist() == [1, 1]
    assert unknown.tolist() == [0, 1]


@pytest.mark.parametrize("kind", ["wordpiece", "words"])
def test_of_no_words_none_is_known(count_texts, kind) -> None:
    config = config_lib.TokenizerConfig(kind=kind)
    count_pieces = tokens.learn(counting.TextCounts(), config)
    counted = tokens.count(count_texts(["two words", ""]), count_pieces, config)
    assert (counted.pieces, counted.unknown, counted.mean) == (2, 2, 3.0)
    nothing = tokens.count(counting.TextCounts(), count_pieces, config)
    assert (nothing.pieces, nothing.mean, len(nothing.sample)) == (0, 0.0, 0)


def test_tokens_of_a_long_text_go_by_its_beginning(count_texts) -> None:
    config = config_lib.TokenizerConfig()
    counts = count_texts(["word " * 20_000, "word"])
    count_pieces = tokens.learn(counts, config)
    counted = tokens.count(counts, count_pieces, config)
    assert counted.mean == 10_002.5
    assert counted.longest.tolist() == [pytest.approx(20_002, abs=7), 3]
