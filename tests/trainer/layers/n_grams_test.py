"""The n-grams of a text, counted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import n_grams

_VOCABULARY_SIZE = 20
_SEP = 3


def _found(layer, *texts, segments=None, length=None):
    """Returns of each text what is counted: feature to count."""
    length = length or max(map(len, texts))
    ids = np.array([[*text, *[0] * (length - len(text))] for text in texts])
    more = () if segments is None else (np.array(segments),)
    features, counts = (np.asarray(tensor) for tensor in layer(ids, *more))
    assert features.shape == counts.shape
    assert (features.dtype, counts.dtype) == (np.int32, np.float32)
    return [
        {int(f): int(c) for f, c in zip(*row, strict=True) if c}
        for row in zip(features, counts, strict=True)
    ]


def test_tokens_are_counted_by_their_ids_and_marks_are_none():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=1)
    assert layer.num_features == _VOCABULARY_SIZE
    # [CLS] 7 8 7 [UNK] 7 [SEP]; an unknown word is a word.
    assert _found(layer, [2, 7, 8, 7, 1, 7, _SEP], [2, 5, _SEP]) == [{7: 3, 8: 1, 1: 1}, {5: 1}]


def test_a_feature_stands_in_one_place_and_nothing_in_the_others():
    features, counts = n_grams.NGrams(_VOCABULARY_SIZE, order=1)(np.array([[7, 7, 8, 7, 0]]))
    assert sorted(np.asarray(counts)[0]) == [0, 0, 0, 1, 3]
    assert (np.asarray(features) < _VOCABULARY_SIZE).all()


def test_longer_n_grams_are_alike_where_their_tokens_are_in_their_order():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=3, buckets=10**6)
    [found] = _found(layer, [7, 8, 9, 7, 8, 9])
    hashed = {f: c for f, c in found.items() if f >= _VOCABULARY_SIZE}
    # Pairs 78, 89 twice and 97 once; triples 789 twice, 897 and 978 once.
    assert sorted(hashed.values()) == [1, 1, 1, 2, 2, 2]
    [backwards] = _found(layer, [9, 8, 7])
    assert not set(backwards) & set(hashed)
    [shorter] = _found(layer, [7, 8])
    assert set(shorter) < set(found)


def test_different_n_grams_fall_evenly_into_buckets():
    vocabulary_size, buckets = 1000, 64
    layer = n_grams.NGrams(vocabulary_size, order=2, buckets=buckets)
    rng = np.random.default_rng(1)
    pairs = {tuple(pair) for pair in rng.integers(5, vocabulary_size, (20_000, 2)).tolist()}
    features, counts = layer(np.array(sorted(pairs)))
    in_bucket = np.asarray(features)[np.asarray(counts) > 0]
    in_bucket = np.bincount(in_bucket[in_bucket >= vocabulary_size] - vocabulary_size)
    expected = len(pairs) / buckets  # a bucket's number has a deviation of its root, 18
    assert len(in_bucket) == buckets
    assert np.abs(in_bucket - expected).max() < 5 * np.sqrt(expected)


def test_no_n_gram_goes_over_a_mark_or_from_one_segment_to_the_next():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=2, buckets=10**6, num_segments=2)
    over_mark = _found(layer, [7, _SEP, 8], segments=[[0, 0, 0]])
    over_border = _found(layer, [7, 8, 0], segments=[[0, 1, 1]])
    assert over_mark == [{7: 1, 8: 1}]
    assert over_border == [{7: 1, _VOCABULARY_SIZE + 8: 1}]


def test_a_segments_n_grams_are_its_own():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=3, buckets=10**6, num_segments=2)
    [one] = _found(layer, [7, 8, 9], segments=[[0, 0, 0]])
    [other] = _found(layer, [7, 8, 9], segments=[[1, 1, 1]])
    assert len(one) == len(other) == 6
    assert not set(one) & set(other)


def test_padding_changes_nothing():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=3)
    texts = ([2, 7, 8, 9, 7, _SEP], [2, 5, _SEP])
    assert _found(layer, *texts) == _found(layer, *texts, length=40)


@pytest.mark.parametrize("seq_len", [1, 2])
def test_a_sequence_shorter_than_the_order_has_what_fits(seq_len):
    layer = n_grams.NGrams(_VOCABULARY_SIZE, order=3)
    [found] = _found(layer, [7, 8][:seq_len])
    assert len(found) == [1, 3][seq_len - 1]


def test_nothing_is_counted_in_a_batch_without_rows_or_texts_without_words():
    layer = n_grams.NGrams(_VOCABULARY_SIZE)
    features, _ = layer(np.zeros((0, 4), np.int64))
    assert features.shape == (0, 7)
    assert _found(layer, [2, _SEP]) == [{}]


def test_it_can_be_traced_for_any_length():
    layer = n_grams.NGrams(_VOCABULARY_SIZE)
    traced = tf.function(layer, input_signature=[tf.TensorSpec((None, None), tf.int32)])
    for ids in ([[7, 8, 7]], [[7], [8]]):
        for one, other in zip(traced(np.array(ids, "int32")), layer(np.array(ids)), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("settings", "named"), [({"order": 0}, "order"), ({"buckets": 0}, "buck")])
def test_a_setting_out_of_range_is_refused(settings, named):
    with pytest.raises(ValueError, match=f"`{named}.*Received: {named}.*=0"):
        n_grams.NGrams(_VOCABULARY_SIZE, **settings)


def test_config_round_trip():
    layer = n_grams.NGrams(_VOCABULARY_SIZE, 3, 128, 2, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert copy.num_features == 2 * _VOCABULARY_SIZE + 128
