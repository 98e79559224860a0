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


_PAIRS = [
    (b"a b", b"c"),  # both fit
    (b"a b a b a b a b", b"c"),  # only the first is too long
    (b"a", b"c c c c c c"),  # only the second is
    (b"a b a b", b"c c c c"),  # both are, one like the other
    (b"", b"c"),
    (b"", b""),
]


@pytest.fixture(scope="module", params=[8, 9])
def paired(run_transform, request):
    """Pairs cut to 8 tokens, 5 of them words; and to 9, of which 6 are."""
    config = config_lib.TokenizerConfig(kind="words", vocabulary_size=16, max_length=request.param)

    def preprocess(inputs):
        tokenize = tokenizer.Tokenizer(config)
        first, second = _column(inputs), _column(inputs, "more")
        tokenize.learn(tf.concat([first, second], axis=0))
        token_ids, segment_ids = tokenize.pairs(first, second)
        return {"ids": token_ids.to_sparse(), "segments": segment_ids.to_sparse()}

    rows = [{"text": first, "more": second} for first, second in _PAIRS]
    found, output = run_transform(rows, preprocess)
    lines = output.vocabulary_by_name("token_vocabulary")
    told = [
        (b" ".join(lines[token] for token in row["ids"]).decode(), row["segments"].tolist())
        for row in found
    ]
    return request.param, told


def test_a_pair_is_marked_and_its_longer_text_cut_first(paired):
    max_length, told = paired
    expected = {
        8: [
            ("[CLS] a b [SEP] c [SEP]", [0, 0, 0, 0, 1, 1]),
            ("[CLS] a b a b [SEP] c [SEP]", [0, 0, 0, 0, 0, 0, 1, 1]),
            ("[CLS] a [SEP] c c c c [SEP]", [0, 0, 0, 1, 1, 1, 1, 1]),
            ("[CLS] a b a [SEP] c c [SEP]", [0, 0, 0, 0, 0, 1, 1, 1]),
            ("[CLS] [SEP] c [SEP]", [0, 0, 1, 1]),
            ("[CLS] [SEP] [SEP]", [0, 0, 1]),
        ],
        9: [
            ("[CLS] a b [SEP] c [SEP]", [0, 0, 0, 0, 1, 1]),
            ("[CLS] a b a b a [SEP] c [SEP]", [0, 0, 0, 0, 0, 0, 0, 1, 1]),
            ("[CLS] a [SEP] c c c c c [SEP]", [0, 0, 0, 1, 1, 1, 1, 1, 1]),
            ("[CLS] a b a [SEP] c c c [SEP]", [0, 0, 0, 0, 0, 1, 1, 1, 1]),
            ("[CLS] [SEP] c [SEP]", [0, 0, 1, 1]),
            ("[CLS] [SEP] [SEP]", [0, 0, 1]),
        ],
    }
    assert told == expected[max_length]


def test_the_longer_text_gives_up_token_after_token():
    """The closed form against the loop that it stands for."""

    def one_by_one(first, second, room):
        while first + second > room:
            if first > second:
                first -= 1
            else:
                second -= 1
        return first, second

    for room in (1, 2, 5, 6):
        lengths = [(first, second) for first in range(9) for second in range(9)]
        left, right = (tf.constant(column, tf.int64) for column in zip(*lengths, strict=True))
        found = tokenizer._longest_first(left, right, room)
        expected = [one_by_one(first, second, room) for first, second in lengths]
        assert list(zip(*(part.numpy().tolist() for part in found), strict=True)) == expected


@pytest.mark.parametrize("kind", ["characters", "bytes_bpe"])
def test_a_given_vocabulary_gives_the_ids_that_it_gave_where_it_was_learned(run_transform, kind):
    config = CONFIG.model_copy(update={"kind": kind, "vocabulary_size": 260})
    texts = [{"text": text.encode()} for text in ["\\ Zoë  sits\n", "sits sits", "\tZoë"]]

    def preprocess(given):
        return lambda inputs: {
            "ids": tokenizer.Tokenizer(config, given=given).pieces(_column(inputs)).to_sparse()
        }

    rows, output = run_transform(texts, preprocess(None))
    lines = [line.decode() for line in output.vocabulary_by_name("token_vocabulary")]
    again, others = run_transform([{"text": b"qqq qqq qqq"}], preprocess(lines), others=texts)
    assert [line.decode() for line in others.vocabulary_by_name("token_vocabulary")] == lines
    assert [row["ids"].tolist() for row in again[1:]] == [row["ids"].tolist() for row in rows]
