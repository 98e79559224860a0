import pytest
import tensorflow as tf

from components.trial import lengths


def _example(text, **more):
    example = tf.train.Example()
    for name, value in {"text": text, **more}.items():
        example.features.feature[name].bytes_list.value.append(value.encode())
    return example.SerializeToString()


def _text(serialized, feature="text"):
    example = tf.train.Example.FromString(serialized)
    return example.features.feature[feature].bytes_list.value[0].decode()


def _count(examples, most=50):
    """Two tokens a word and two marks, cut at `most`."""
    return [min(2 * len(_text(each).split()) + 2, most) for each in examples]


@pytest.mark.parametrize(
    ("max_length", "expected"),
    [
        (64, [16, 32, 64]),
        (512, [16, 32, 64, 128, 256, 512]),
        (2000, [64, 128, 256, 512, 1024, 2000]),
        (100, [16, 32, 64, 100]),
        (8, [8]),
    ],
)
def test_lengths_double_up_to_the_longest(max_length, expected):
    assert lengths.lengths(max_length) == expected


def test_a_text_is_made_of_real_words_repeated():
    examples = [_example("a b", label="x"), _example("c")]
    made = lengths.of_length(examples, "text", 12, _count)
    assert _text(made) == "a b c a b"
    assert _text(made, "label") == "x"


def test_a_text_has_the_fewest_tokens_from_the_length_on():
    made = lengths.of_length([_example("a b")], "text", 11, _count)
    assert _count([made]) == [12]


def test_the_longest_text_is_the_first_that_is_as_long_as_any():
    made = lengths.of_length([_example("a b")], "text", 50, _count)
    assert len(_text(made).split()) == 24


def test_a_tokenizer_that_leaves_words_out_ends_the_search():
    made = lengths.of_length([_example("a b")], "text", 20, lambda examples: [2])
    assert len(_text(made).split()) == 41
