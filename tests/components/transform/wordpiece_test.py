import tensorflow as tf
import tensorflow_text

from components.transform import config as config_lib
from components.transform import vocabulary, wordpiece

WORDS = {"low": 5, "lower": 2, "newest": 6, "widest": 3, "!": 1, "文": 1, "é": 1}


def _learn(size=1000, **config):
    counted = vocabulary.Counted(list(WORDS.items()), len(WORDS))
    return wordpiece.learn_pieces(
        counted, config_lib.TokenizerConfig(vocabulary_size=size, **config)
    )


def _ids(model, words):
    tokenizer = tensorflow_text.FastWordpieceTokenizer(
        model_buffer=tf.constant(model), token_out_type=tf.int64
    )
    return tokenizer.tokenize(tf.constant(words)).to_list()


def test_reserved_tokens_come_first():
    assert _learn().lines[:5] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def test_ids_are_line_numbers():
    learned = _learn()
    starts = [line for line in learned.lines[5:] if not line.startswith("##")]
    assert _ids(learned.companion, starts) == [[learned.lines.index(line)] for line in starts]


def test_the_longest_piece_is_taken_first():
    lines = [*vocabulary.RESERVED, "a", "ab", "##b", "##bc", "##c", "##d"]  # ids 5 to 10
    model = tf.io.decode_raw(wordpiece.build_model(lines), tf.uint8)
    # abcd: `ab` beats `a`, which leaves ##c ##d. abx: nothing has x.
    assert _ids(model, ["abcd", "abc", "a", "abx"]) == [[6, 9, 10], [6, 9], [5], [1]]


def test_every_learned_word_is_known():
    ids = _ids(_learn(size=64).companion, list(WORDS))
    assert all(vocabulary.UNK_ID not in pieces for pieces in ids)


def test_a_new_word_of_known_characters_is_known():
    assert vocabulary.UNK_ID not in _ids(_learn(size=64).companion, ["tensor"])[0]


def test_the_vocabulary_keeps_to_its_size():
    for size in (16, 24, 32):
        assert len(_learn(size=size).lines) == size


def test_words_longer_than_the_limit_are_unknown():
    (known, unknown) = _ids(
        _learn(size=64).companion,
        ["l" * vocabulary.MAX_WORD_BYTES, "l" * (vocabulary.MAX_WORD_BYTES + 1)],
    )
    assert len(known) > 1
    assert unknown == [vocabulary.UNK_ID]


def test_rare_words_are_not_learned_from():
    assert "é" not in _learn(min_count=2).lines
    assert "newest" in _learn(min_count=2).lines
