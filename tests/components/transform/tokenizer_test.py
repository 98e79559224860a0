import pytest
import tensorflow as tf

from components.transform import config as config_lib
from components.transform import tokenizer, vocabulary

CONFIG = config_lib.TokenizerConfig(kind="words", vocabulary_size=16, max_length=6)


def _column(inputs, name="text"):
    return tf.reshape(inputs[name], [-1])


@pytest.fixture(scope="module")
def transformed(run_transform):
    """Two columns: one vocabulary from both, and another from the second alone."""

    def preprocess(inputs):
        both = tokenizer.Tokenizer(CONFIG)
        own = tokenizer.Tokenizer(CONFIG, "own_vocabulary")
        both.learn(tf.concat([_column(inputs), _column(inputs, "more")], axis=0))
        return {
            "marked": both(_column(inputs)).to_sparse(),
            "more": both.pieces(_column(inputs, "more")).to_sparse(),
            "own": own.pieces(_column(inputs, "more")).to_sparse(),
        }

    rows = [
        {"text": b"a a a b", "more": b"c c"},
        {"text": b"", "more": b"b c"},
        {"text": b"a b c d a b", "more": b"d " * 5},
        {"text": b"e" * (vocabulary.MAX_WORD_BYTES + 1), "more": b""},
    ]
    return run_transform(rows, preprocess)


def test_a_text_is_marked_and_cut_to_the_length_with_its_end_mark_kept(transformed):
    rows, output = transformed
    # Counts over both columns: d 6, a 5, c 4, b 4, so that d = 5, a = 6, b = 7, c = 8.
    assert output.vocabulary_by_name("token_vocabulary")[5:] == [b"d", b"a", b"b", b"c"]
    assert [row["marked"].tolist() for row in rows] == [
        [2, 6, 6, 6, 7, 3],  # just fits
        [2, 3],
        [2, 6, 7, 8, 5, 3],  # two words are cut off
        [2, 1, 3],  # longer than a word may be
    ]


def test_pieces_are_neither_marked_nor_cut(transformed):
    rows, _ = transformed
    assert [row["more"].tolist() for row in rows] == [[8, 8], [7, 8], [5] * 5, []]


def test_two_tokenizers_keep_two_vocabularies(transformed):
    rows, output = transformed
    assert output.vocabulary_by_name("own_vocabulary")[5:] == [b"d", b"c", b"b"]
    assert [row["own"].tolist() for row in rows] == [[6, 6], [7, 6], [5] * 5, []]


def test_a_tokenizer_learns_once(run_transform):
    def preprocess(inputs):
        tokenize = tokenizer.Tokenizer(CONFIG)
        tokenize(_column(inputs))
        tokenize.learn(_column(inputs))

    with pytest.raises(ValueError, match=r"must learn only once.*'token_vocabulary'"):
        run_transform([{"text": b"a"}], preprocess)
