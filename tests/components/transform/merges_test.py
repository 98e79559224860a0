"""Merging as GPT-2 does: by KerasHub's tokenizer, and by the algorithm written anew in Python."""

import itertools
import random

import numpy as np
import pytest
import regex
import tensorflow as tf

from components.transform import config as config_lib
from components.transform import merges, tokenizer
from schemas import tokens
from tests import keras_hub_presets
from trainer.checkpoints import reading

_TRICKY = [
    *("the", "thing", "good", "bad", "aaaa", "aaaaa", "er", "é", "e\u0301", "日本", "カ", "Z"),
    *("'s", "'S", "'ll", "'", "’s", "don't", "1", "12", "3.14", "½", "²", "Ⅳ", "🤗", "👩\u200d🚀"),
    *(" ", "  ", "    ", "\n", "\n\n", "\r\n", "\t", " \n ", "\u00a0", "\u3000"),
    *(".", "...", "?!", "(", "_", "-", "$", "#", "<|", "|>", "\u0301", "\u200b", "ا", "ก"),
]
# White space that KerasHub does not take for such, and GPT-2 does.
_WIDE = ["\u2003", "\v", "\f", "\x85", "\u2028", "\x1c", "\ufeff"]
# Of `encoder.py` of GPT-2.
_PATTERN = regex.compile(
    r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
)


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return keras_hub_presets.gpt2(tmp_path_factory.mktemp("gpt2"))


@pytest.fixture(scope="module")
def given(preset) -> merges.Given:
    found = reading.read(preset).tokens
    return merges.Given(found.lines, found.merges)


def _texts(signs: list[str], count: int) -> list[str]:
    rng = random.Random(0)  # noqa: S311 - not for secrets
    return ["".join(rng.choices(signs, k=rng.randint(0, 12))) for _ in range(count)]


def _pieces(given: merges.Given, texts: list[str]) -> list[list[bytes]]:
    values = tokens.texts([line.encode() for line in given.lines], "gpt2_bpe")
    ids = merges.Lookup(given)(tf.constant(texts)).to_list()
    return [[values[i] for i in row] for row in ids]


def test_pieces_are_those_of_keras_hub(given, preset):
    import keras_hub

    theirs = keras_hub.models.Tokenizer.from_preset(str(preset))
    rows = reading.read(preset).tokens.rows
    # At the end of a text its expressions differ from GPT-2's, which the next test tells of.
    texts = [f"{text}." for text in _texts(_TRICKY, 400)]
    ids = merges.Lookup(given)(tf.constant(texts)).to_list()
    assert [[rows[i] for i in row] for row in ids] == [list(map(int, row)) for row in theirs(texts)]


def _by_hand(text: str) -> list[bytes]:
    """Splits and merges as `encoder.py` of GPT-2."""
    signs = {
        chr(0x100 + i): byte for i, byte in enumerate([*range(0x21), *range(0x7F, 0xA1), 0xAD])
    }
    ranks = {}
    for rank, merge in enumerate(keras_hub_presets.GPT2_MERGES):
        left, right = (
            bytes(signs.get(s, ord(s) & 0xFF) for s in part) for part in merge.split(" ")
        )
        ranks[left, right] = rank
    pieces = []
    for word in _PATTERN.findall(text):
        parts = [bytes([byte]) for byte in word.encode()]
        while pairs := [p for p in itertools.pairwise(parts) if p in ranks]:
            lowest = min(pairs, key=ranks.__getitem__)
            parts = _joined(parts, lowest)
        pieces += parts
    return pieces


def _joined(parts: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
    joined: list[bytes] = []
    i = 0
    while i < len(parts):
        is_pair = tuple(parts[i : i + 2]) == pair
        joined.append(b"".join(parts[i : i + 1 + is_pair]))
        i += 1 + is_pair
    return joined


def test_pieces_are_those_of_the_algorithm_in_python(given):
    texts = _texts([*_TRICKY, *_WIDE], 1500)
    for text, pieces in zip(texts, _pieces(given, texts), strict=True):
        assert pieces == _by_hand(text), repr(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the  good", ["the", " ", " good"]),
        ("x's thing", ["x", "'s", " ", "th", "ing"]),
        ("a\n\n bad", ["a", "\n", "\n", " bad"]),
        ("", []),
    ],
)
def test_some_by_hand(given, text, expected):
    assert _pieces(given, [text]) == [[piece.encode() for piece in expected]]


def test_pairs_that_overlap_are_merged_from_the_left(given):
    # aaa: the first two by rank 14, and then the three by rank 15.
    assert _pieces(given, ["aaa", "aaaa", "aaaaa"]) == [[b"aaa"], [b"aa", b"aa"], [b"aa", b"aaa"]]


def test_every_text_comes_back(given):
    texts = _texts([*_TRICKY, *_WIDE], 300)
    assert [b"".join(pieces).decode() for pieces in _pieces(given, texts)] == texts


def test_no_text_becomes_a_reserved_token(given):
    ids = merges.Lookup(given)(tf.constant(["<|endoftext|> [SEP]"])).to_list()[0]
    assert min(ids) >= len(tokens.RESERVED)


def test_in_the_graph_of_transform_it_writes_both_assets(given, run_transform):
    config = config_lib.TokenizerConfig(kind="gpt2_bpe", vocabulary_size=300)

    def preprocess(inputs):
        made = tokenizer.Tokenizer(config, given=given.lines, given_merges=given.merges)
        return {"ids": made.pieces(inputs["text"][:, 0]).to_sparse()}

    texts = [f"{text}." for text in _texts(_TRICKY, 40)]
    rows, output = run_transform([{"text": text} for text in texts], preprocess)
    expected = merges.Lookup(given)(tf.constant(texts)).to_list()
    assert [row["ids"].tolist() for row in rows] == expected
    lines = output.vocabulary_by_name("token_vocabulary")
    assert [line.decode() for line in lines] == list(given.lines)
    written = output.vocabulary_by_name("token_merges")
    assert np.array([line.split() for line in written], int).tolist() == [
        list(merge) for merge in given.merges
    ]


def test_a_kind_that_is_given_is_not_learned():
    config = config_lib.TokenizerConfig(kind="gpt2_bpe")
    with pytest.raises(ValueError, match="`given` must be there for gpt2_bpe"):
        tokenizer.Tokenizer(config)
