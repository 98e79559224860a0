"""Byte-level BPE: what is learned by hand, and no text that does not come back."""

import pytest
import tensorflow as tf

from components.transform import byte_pairs, learner, tokenizer, vocabulary
from components.transform import config as config_lib
from schemas import tokens

CONFIG = config_lib.TokenizerConfig(kind="bytes_bpe", vocabulary_size=320, max_length=8)
_TRAIN = ["the cat", "the the", "thé ## the", "a\r\n\n the"]
_HOSTILE = [
    "",
    " ",
    "  two  spaces ",
    "\\x0a [SEP] [PAD] ##the",
    "tabs\tand\r\nline ends\n\n",
    "🎬 ünïcödé \u0301 文字 \u200b\ufeff",
    "a\x01\x7f\x85",
    "x" * 2000,
]


@pytest.fixture(scope="module")
def transformed(run_transform):
    def preprocess(inputs):
        pieces = tokenizer.Tokenizer(CONFIG).pieces(tf.reshape(inputs["text"], [-1]))
        return {"ids": pieces.to_sparse()}

    return run_transform(
        [{"text": text.encode()} for text in _TRAIN],
        preprocess,
        others=[{"text": text.encode()} for text in _HOSTILE],
    )


def _texts(output):
    return tokens.texts(output.vocabulary_by_name("token_vocabulary"), "bytes_bpe")


def test_every_text_comes_back_byte_for_byte(transformed):
    rows, output = transformed
    texts = _texts(output)
    back = [b"".join(texts[i] for i in row["ids"]).decode() for row in rows]
    assert back == [*_TRAIN, *_HOSTILE]


def test_no_byte_is_unknown_and_none_is_reserved(transformed):
    rows, _ = transformed
    assert min(i for row in rows for i in row["ids"]) >= len(tokens.RESERVED)


def test_frequent_words_become_one_token_with_their_space(transformed):
    rows, output = transformed
    the = output.vocabulary_by_name("token_vocabulary").index(b" the")
    assert rows[1]["ids"].tolist()[-1] == the
    assert rows[2]["ids"].tolist()[-1] == the


def test_pairs_of_bytes_are_merged_by_frequency():
    # h i 5, o i 3: merged in that order; each byte is there before them.
    pieces = learner.learn_lossless({"hi": 5, "oi": 3}, ["h", "i", "o"], 5)
    assert pieces == ["h", "i", "o", "hi", "oi"]
    assert learner.learn_lossless({"hi": 5, "oi": 3}, ["h", "i", "o"], 4) == pieces[:4]


def test_a_piece_is_the_same_at_the_beginning_of_a_word_and_within():
    # a b stands twice within and once before: three times, and `ba` twice.
    pieces = learner.learn_lossless({"cab": 2, "ab": 1}, ["a", "b", "c"], 4)
    assert pieces[3] == "ab"


def test_the_alphabet_is_all_that_utf8_is_made_of():
    ends = "".join(map(chr, [0x1, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF]))
    every = {chr(byte) for sign in ends for byte in sign.encode()}
    assert every <= set(byte_pairs.ALPHABET)
    assert len(byte_pairs.ALPHABET) + len(vocabulary.RESERVED) == config_lib.MIN_BYTES_BPE


def test_what_is_no_text_becomes_the_replacement_character(transformed):
    _, output = transformed
    layer = output.transform_features_layer()
    ids = layer({"text": tf.constant([[b"a\xff\x00b"]])})["ids"].values.numpy()
    assert b"".join(_texts(output)[i] for i in ids).decode() == "a\ufffd\ufffdb"


def test_words_of_a_text_are_all_of_it():
    texts = [text.encode() for text in (*_TRAIN, *_HOSTILE)]
    parted = tf.strings.reduce_join(byte_pairs.split(tf.constant(texts)), axis=1)
    assert [text.decode().encode("latin-1") for text in parted.numpy()] == texts
