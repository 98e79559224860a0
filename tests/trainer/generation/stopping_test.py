"""Stops at the ends of texts."""

import tensorflow as tf

from trainer.generation import stopping


def _found(texts, last, stops):
    return (
        stopping.found(tf.constant(texts), tf.constant(last), tf.constant(stops)).numpy().tolist()
    )


def test_a_stop_is_found_where_it_ends_within_the_last_token():
    # All of it, its end with something after it, an end that was there before, none.
    texts = ["one END", "one ENDing", "one END x", "one EN"]
    assert _found(texts, ["END", "Ding", "x", "N"], [["END"]] * 4) == [3, 6, 0, 0]


def test_the_first_of_several_is_found():
    assert _found(["a, b."], [" b."], [["b.", "b", "", "."]]) == [2]
    assert _found(["a, b."], [", b."], [["b", ","]]) == [4]


def test_each_row_has_its_own():
    assert _found(["ab", "ab", "ab"], ["b"] * 3, [["b", ""], ["a", ""], ["", ""]]) == [1, 0, 0]


def test_a_stop_longer_than_the_text_is_none():
    assert _found(["ab", ""], ["b", ""], [["cab", ""], ["a", ""]]) == [0, 0]


def test_bytes_count_not_characters():
    assert _found(["é!"], ["é!"], [["é"]]) == [3]
    assert stopping.reach(tf.constant([["é", "abc"], ["", ""]])).numpy() == 3


def test_no_stops_at_all():
    assert _found(["ab"], ["b"], [[""]]) == [0]
    nothing = tf.zeros([2, 0], tf.string)
    assert stopping.found(tf.constant(["a", "b"]), tf.constant(["a", "b"]), nothing).shape == (2,)
    assert stopping.reach(nothing).numpy() == 0
