import functools

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.internal import pickler

from components.transform import config as config_lib
from components.transform import labels, vocabulary, wordpiece, words
from schemas import errors


def _batch(**counts):
    return np.array([key.encode() for key in counts], dtype=object), np.array([*counts.values()])


def _list_all(counted):
    lines = [f"{value} {count}" for value, count in counted.most_frequent]
    return vocabulary.Learned([*lines, f"of {counted.distinct}"])


def _lines(batches, directory, limit):
    """Returns the lines of the asset that is learned from batches."""
    analyzer = vocabulary.LearnAsset("asset", _list_all, limit, has_companion=False)
    analyzer.base_temp_dir = str(directory / "not made yet")
    with beam.Pipeline(argv=[]) as pipeline:
        _ = pipeline | beam.Create(batches) | analyzer
    return (directory / "not made yet" / "asset").read_text().splitlines()


def test_counts_of_all_batches_add_up_and_ties_go_by_code_point(tmp_path):
    batches = [_batch(b=1, a=2, ü=1), _batch(), _batch(b=1, c=5)]
    assert _lines(batches, tmp_path, limit=10) == ["c 5", "a 2", "b 2", "ü 1", "of 4"]


def test_only_the_most_frequent_are_learned_from_but_all_are_counted(tmp_path):
    assert _lines([_batch(a=1, b=2, c=3)], tmp_path, limit=2) == ["c 3", "b 2", "of 3"]


def test_learning_takes_place_even_if_there_is_nothing_to_count(tmp_path):
    assert _lines([], tmp_path, limit=2) == ["of 0"]


def test_words_below_the_least_count_are_left_out():
    counted = vocabulary.Counted([("a", 3), ("b", 2), ("c", 1)], 3)
    assert vocabulary.frequent_words(counted, 2) == {"a": 3, "b": 2}


def test_having_no_frequent_word_is_an_error():
    with pytest.raises(errors.DataError, match="none of 1,200 distinct words, min_count=4"):
        vocabulary.frequent_words(vocabulary.Counted([("a", 3)], 1200), 4)


@pytest.mark.parametrize(
    ("learn", "counted"),
    [
        (functools.partial(wordpiece.learn_pieces, config=config_lib.TokenizerConfig()), "ab"),
        (functools.partial(words.take_words, config=config_lib.TokenizerConfig()), "ab"),
        (functools.partial(labels.find_labels, given=["a", "b"]), "ab"),
    ],
)
def test_what_learns_reaches_the_workers_of_beam(learn, counted):
    counted = vocabulary.Counted([(string, 2) for string in counted], len(counted))
    arrived = pickler.loads(pickler.dumps(vocabulary.LearnAsset("asset", learn, 10, True)))
    assert arrived._learn(counted).lines == learn(counted).lines
