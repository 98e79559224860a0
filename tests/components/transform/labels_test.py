import pytest
import tensorflow as tf

from components.transform import labels, vocabulary
from schemas import errors, features


def _counted(*found, distinct=None):
    return vocabulary.Counted([(label, 1) for label in found], distinct or len(found))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["pos", "neg"], ["neg", "pos"]),
        (["10", "9", "-1"], ["-1", "9", "10"]),
        (["1.5", "1", "2"], ["1", "1.5", "2"]),
        (["10", "9", "none"], ["10", "9", "none"]),
        (["10", "9", "nan"], ["10", "9", "nan"]),
        (["1.0", "1", "0"], ["0", "1", "1.0"]),
        (["b", "B", "a", "É"], ["B", "a", "b", "É"]),
    ],
)
def test_labels_of_the_data_are_sorted(found, expected):
    assert labels.find_labels(_counted(*found)).lines == expected


def test_given_labels_keep_their_order_and_need_not_all_occur():
    learned = labels.find_labels(_counted("low"), given=["low", "high", "mid"])
    assert learned.lines == ["low", "high", "mid"]


@pytest.mark.parametrize(
    ("counted", "given", "message"),
    [
        (
            _counted("a"),
            None,
            "must have 2 to 1,000 different values. Received: 1 in the train split, such as 'a'$",
        ),
        (_counted(), None, "Received: 0 in the train split$"),
        (
            _counted(*(f"{i:04}" for i in range(1001)), distinct=4512),
            None,
            "Received: 4,512 in the train split, such as '0000', '0001', '0002', '0003', '0004'$",
        ),
        (_counted("a", "b", "c"), ["a", "c"], "must be one of 'a', 'c'. Received: 'b' in"),
        (_counted("a", ""), None, "must be one line that is not empty. Received: '' in the train"),
        (_counted("a", "b\nc"), None, r"must be one line that is not empty. Received: 'b\\nc'"),
        (
            _counted("a", ""),
            ["a", "b"],
            "must be one of 'a', 'b'. Received: '' in the train split$",
        ),
        (_counted("a"), ["a", "a"], "Received: 1 given, such as 'a'$"),
    ],
)
def test_labels_that_break_a_rule_are_refused(counted, given, message):
    with pytest.raises(errors.DataError, match=message):
        labels.find_labels(counted, given)


def test_a_thousand_labels_are_not_too_many():
    learned = labels.find_labels(_counted(*map(str, range(1000))))
    assert learned.lines[-1] == "999"
    assert learned.companion.item().endswith(b"'19' and 980 others")


ROWS = [{"label": label.encode()} for label in ("low", " high\t", "größe", "low")]


def _preprocess(inputs):
    return {"id": labels.label_ids(tf.reshape(inputs["label"], [-1]))}


@pytest.fixture(scope="module")
def transformed(run_transform):
    return run_transform(ROWS, _preprocess)


def test_ids_are_line_numbers_and_white_space_is_no_part_of_a_label(transformed):
    rows, output = transformed
    assert output.vocabulary_by_name(features.LABEL_VOCABULARY) == [
        "größe".encode(),
        b"high",
        b"low",
    ]
    assert [row["id"] for row in rows] == [2, 1, 0, 2]


def test_an_unknown_label_is_named(transformed):
    layer = transformed[1].transform_features_layer()
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match=r"\nDataError: `label` must be one of 'größe', 'high', 'low'. "
        r"Received: 'naïve', 'other'\n",
    ):
        layer({"label": tf.constant([["low"], ["naïve"], ["other"], ["naïve"]])})


def test_an_empty_label_among_others_is_unknown(transformed):
    layer = transformed[1].transform_features_layer()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Received: ''"):
        layer({"label": tf.constant([["low"], [" "]])})


def test_a_batch_without_any_label_has_none(transformed):
    layer = transformed[1].transform_features_layer()
    ids = layer({"label": tf.constant([[""], [""]])})["id"]
    assert ids.numpy().tolist() == [labels.NO_LABEL_ID] * 2


@pytest.fixture(scope="module")
def sets(run_transform):
    def preprocess(inputs):
        return {"ids": labels.label_sets(tf.reshape(inputs["label"], [-1]), "|")}

    rows = [{"label": raw} for raw in (b"red|green", b" green ", b"|", b"blue|red|blue", b"10| 9")]
    return run_transform(rows, preprocess)


def test_joined_labels_become_the_ids_of_each(sets):
    rows, output = sets
    lines = output.vocabulary_by_name(features.LABEL_VOCABULARY)
    assert lines == [b"10", b"9", b"blue", b"green", b"red"]
    found = [[lines[index].decode() for index in row["ids"]] for row in rows]
    assert found == [["green", "red"], ["green"], [], ["blue", "red"], ["10", "9"]]


def test_an_unknown_label_among_several_is_named(sets):
    layer = sets[1].transform_features_layer()
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"must be one of .*'red'.* Received: 'pink'"
    ):
        layer({"label": tf.constant([["red|pink"], ["green"]])})
