from components.transform import config as config_lib
from components.transform import vocabulary, words

COUNTED = vocabulary.Counted([("the", 9), ("a", 3), ("b", 3), ("rare", 1)], 4)


def test_words_follow_the_reserved_tokens_in_order_of_frequency():
    lines = words.take_words(COUNTED, config_lib.TokenizerConfig()).lines
    assert lines == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "b", "rare"]


def test_rare_words_are_left_out():
    lines = words.take_words(COUNTED, config_lib.TokenizerConfig(min_count=3)).lines
    assert lines[5:] == ["the", "a", "b"]


def test_the_vocabulary_keeps_to_its_size():
    many = vocabulary.Counted([(f"word{i:02}", 99 - i) for i in range(40)], 40)
    lines = words.take_words(many, config_lib.TokenizerConfig(vocabulary_size=16)).lines
    assert lines[5:] == [f"word{i:02}" for i in range(11)]
