"""Characters: each its own token, case and white space kept, what train lacks unknown."""

import pytest
import tensorflow as tf

from components.transform import characters, tokenizer, vocabulary
from components.transform import config as config_lib
from schemas import errors, tokens

CONFIG = config_lib.TokenizerConfig(kind="characters", vocabulary_size=16, max_length=8)
_TRAIN = ["aAa b\n", "\\ \r\té🎬"]


@pytest.fixture(scope="module")
def transformed(run_transform):
    def preprocess(inputs):
        pieces = tokenizer.Tokenizer(CONFIG).pieces(tf.reshape(inputs["text"], [-1]))
        return {"ids": pieces.to_sparse()}

    others = ["", "za\U0010fffe", "e\u0301", "b" * 20]
    return run_transform(
        [{"text": text.encode()} for text in _TRAIN],
        preprocess,
        others=[{"text": text.encode()} for text in others],
    )


def test_the_vocabulary_has_each_character_with_the_frequent_first(transformed):
    lines = transformed[1].vocabulary_by_name("token_vocabulary")
    # ` ` and `a` twice, then by code point.
    expected = [" ", "a", r"\x09", r"\x0a", r"\x0d", "A", r"\\", "b", "é", "🎬"]
    assert [line.decode() for line in lines] == [*tokens.RESERVED, *expected]


def test_texts_of_known_characters_come_back(transformed):
    rows, output = transformed
    texts = tokens.texts(output.vocabulary_by_name("token_vocabulary"), "characters")
    back = [b"".join(texts[i] for i in row["ids"]).decode() for row in rows]
    assert back[:2] == _TRAIN
    assert back[2:] == ["", "\ufffda\ufffd", "\ufffd\ufffd", "b" * 20]


def test_what_train_lacks_is_unknown_before_and_after_all_that_is_known(transformed):
    rows, _ = transformed
    assert rows[3]["ids"].tolist() == [1, 6, 1]


def test_a_small_vocabulary_takes_the_most_frequent():
    config = CONFIG.model_copy(update={"vocabulary_size": 7})
    learned = characters.take_characters(
        vocabulary.Counted([("b", 3), ("a", 2), ("c", 1)], distinct=3), config
    )
    assert learned.lines[5:] == ["b", "a"]
    assert learned.companion.tolist() == [98, 97]


def test_rare_characters_are_left_out():
    config = CONFIG.model_copy(update={"min_count": 3})
    counted = vocabulary.Counted([("b", 3), ("a", 2)], distinct=2)
    assert characters.take_characters(counted, config).lines[5:] == ["b"]
    with pytest.raises(errors.DataError, match=r"at least `tokenizer\.min_count` times"):
        characters.take_characters(counted, config.model_copy(update={"min_count": 4}))
