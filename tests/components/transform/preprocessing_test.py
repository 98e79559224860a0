import collections
import functools

import hypothesis
import pytest
import tensorflow as tf
from hypothesis import strategies

from components.transform import config as config_lib
from components.transform import learner, preprocessing, text, vocabulary
from schemas import features, tasks

TASK = tasks.Settings("classification").to_fields()
TOKENIZER = {"vocabulary_size": 90, "max_length": 32}
CONFIG = {"task": TASK, "tokenizer": TOKENIZER, "labels": None, "code": "any"}
ROWS = [
    {"text": b"The lowest of the low, lower than low!", "label": b"neg"},
    {"text": b"Newest and widest: the newest, the widest.", "label": b"pos"},
    {"text": "Größer, größer… شكرا 北京 👍".encode(), "label": b"pos"},
]
HOSTILE = [
    b"",
    b" \n ",
    "👩‍👧 👍🏽 ❤️".encode(),
    b"lo\x00w \x00",
    "‏שלום עולם‎!".encode(),
    b"low" * 3334,
    b"low " * 2500,
    b"new\xff\xfe \xed\xa0\x80 \xc3",
    b"[CLS] [SEP] [PAD] ##est",
    "ẍ́ͅ".encode(),
    bytes(range(256)),
]


@pytest.fixture(scope="module")
def transformed(run_transform):
    preprocess = functools.partial(preprocessing.preprocessing_fn, custom_config=CONFIG)
    return run_transform(ROWS, preprocess, [{"text": raw, "label": b"neg"} for raw in HOSTILE])


@pytest.fixture(scope="module")
def serve(transformed):
    """The reloaded transform graph as a request meets it: a text, no label."""
    layer = transformed[1].transform_features_layer()
    graph = tf.function(layer, input_signature=[{"text": tf.TensorSpec([None, 1], tf.string)}])

    def serve(*texts):
        served = graph({"text": tf.constant([[raw] for raw in texts])})
        assert list(served) == [features.TOKEN_IDS]
        return tf.RaggedTensor.from_sparse(served[features.TOKEN_IDS]).to_list()

    return serve


def test_the_model_gets_token_ids_and_label_ids(transformed):
    rows, output = transformed
    assert output.transformed_feature_spec() == {
        features.TOKEN_IDS: tf.io.VarLenFeature(tf.int64),
        features.LABEL_ID: tf.io.FixedLenFeature([], tf.int64),
    }
    assert [row[features.LABEL_ID] for row in rows[:3]] == [0, 1, 1]


def test_the_vocabulary_is_what_learning_in_memory_gives(transformed):
    config = config_lib.TokenizerConfig(**TOKENIZER)
    words = text.words(tf.constant([row["text"] for row in ROWS]), config).flat_values.numpy()
    counts = collections.Counter(word.decode() for word in words)
    pieces = learner.learn(counts, 90 - 5)
    lines = transformed[1].vocabulary_by_name(features.TOKEN_VOCABULARY)
    assert [line.decode() for line in lines] == [*vocabulary.RESERVED, *pieces]
    assert transformed[1].vocabulary_size_by_name(features.TOKEN_VOCABULARY) == len(lines)


def test_tokens_are_lines_of_the_vocabulary(transformed):
    rows, output = transformed
    lines = [line.decode() for line in output.vocabulary_by_name(features.TOKEN_VOCABULARY)]
    tokens = [lines[index] for index in rows[0][features.TOKEN_IDS]]
    assert tokens[0] == "[CLS]"
    assert tokens[-1] == "[SEP]"
    assert "".join(tokens[1:-1]).replace("##", "") == "thelowestofthelow,lowerthanlow!"


def test_no_text_learned_from_has_an_unknown_token(transformed):
    for row in transformed[0][: len(ROWS)]:
        assert vocabulary.UNK_ID not in row[features.TOKEN_IDS]


def test_serving_gives_the_ids_of_training(transformed, serve):
    expected = [row[features.TOKEN_IDS].tolist() for row in transformed[0]]
    texts = [row["text"] for row in ROWS] + HOSTILE
    assert serve(*texts) == expected
    assert [serve(raw)[0] for raw in texts] == expected


def test_a_text_without_words_is_only_marks(serve):
    assert serve("", " \n ", "\x00\u200b") == [[vocabulary.CLS_ID, vocabulary.SEP_ID]] * 3


def test_a_long_text_is_cut_before_its_end_mark(serve):
    (ids,) = serve("low " * 2500)
    assert len(ids) == 32
    assert ids[-1] == vocabulary.SEP_ID
    assert len(set(ids[1:-1])) == 1


def test_the_name_of_a_reserved_token_is_text_as_any_other(serve):
    (ids,) = serve("[CLS][SEP] [PAD] [MASK]")
    marks = {vocabulary.CLS_ID, vocabulary.SEP_ID, vocabulary.PAD_ID, vocabulary.MASK_ID}
    assert not marks & set(ids[1:-1])


def test_case_is_folded_in_the_graph(serve):
    assert serve("NEWEST Größer") == serve("newest gRÖSSER")


@hypothesis.settings(deadline=None)
@hypothesis.given(strategies.binary() | strategies.text().map(lambda raw: raw.encode()))
def test_any_bytes_can_be_tokenized(transformed, serve, raw):
    (ids,) = serve(raw)
    size = transformed[1].vocabulary_size_by_name(features.TOKEN_VOCABULARY)
    pieces = ids[1:-1]
    assert (ids[0], ids[-1]) == (vocabulary.CLS_ID, vocabulary.SEP_ID)
    assert len(ids) <= 32
    assert all(piece == vocabulary.UNK_ID or 5 <= piece < size for piece in pieces)


def test_the_exported_graph_needs_no_label(transformed, tmp_path):
    module = tf.Module()
    module.layer = transformed[1].transform_features_layer()

    def answer(text):
        return {"ids": tf.sparse.to_dense(module.layer({"text": text})[features.TOKEN_IDS])}

    signature = tf.function(answer).get_concrete_function(
        text=tf.TensorSpec([None, 1], tf.string, name="text")
    )
    tf.saved_model.save(module, str(tmp_path), signatures={"serve": signature})
    served = tf.saved_model.load(str(tmp_path)).signatures["serve"]
    ids = served(text=tf.constant([[ROWS[0]["text"]]]))["ids"]
    assert ids.numpy().tolist() == [transformed[0][0][features.TOKEN_IDS].tolist()]


def test_whole_words_and_given_labels_by_choice(run_transform):
    config = {
        **CONFIG,
        "tokenizer": {"kind": "words", "vocabulary_size": 16, "lowercase": False},
        "labels": ["pos", "neg"],
    }
    preprocess = functools.partial(preprocessing.preprocessing_fn, custom_config=config)
    rows, output = run_transform(
        [{"text": b"Low, low, low", "label": b"pos"}, {"text": b"high", "label": b"neg"}],
        preprocess,
        [{"text": b"low HIGH high", "label": b" neg "}],
    )
    lines = output.vocabulary_by_name(features.TOKEN_VOCABULARY)
    assert lines[5:] == [b",", b"low", b"Low", b"high"]
    assert rows[2][features.TOKEN_IDS].tolist() == [2, 6, 1, 8, 3]
    assert [row[features.LABEL_ID] for row in rows] == [0, 1, 1]
