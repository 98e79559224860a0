"""BERT's words: the pieces are those of KerasHub's tokenizer."""

import random

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_text

from components.transform import bert_words, spans, text, vocabulary, wordpiece
from components.transform import config as config_lib
from schemas import tokens

# Signs that fold, combine, separate, stand alone, or do none of it in one way of splitting only.
_TRICKY = [
    *("ﬁ", "ß", "ẞ", "İ", "ı", "½", "™", "ǆ", "Å", "ſ", "ς", "Σ", "…", "É", "e", "\u0301"),
    *("\u0308", "\u05bc", "가", "\u1100", "\u1161", "\u11a8", "か", "\u3099", "カ", "ﾞ"),
    *("👩", "\u200d", "🏽", "\ufe0f", "❤", "漢", "豈", "、", "«", "-", "'", ".", "$", "+", "^"),
    *("€", "×", "\r\n", "\n", "\t", "\v", "\x1c", "\x85", "\u00a0", "\u2028", "\u3000", " "),
    *("\ufeff", "\u00ad", "\u200b", "\x1b", "\u034f", "\u3164", "\ufffd", "ا", "ก", "ำ"),
    *("a", "B", "1", "Zoë", "#", "[", "]", "CLS"),
]


def _texts(count: int) -> list[str]:
    rng = random.Random(0)  # noqa: S311 - not for secrets
    made = ["".join(rng.choices(_TRICKY, k=rng.randint(0, 12))) for _ in range(count)]
    return [*made, "[CLS] a", "a" * 100, "a" * 101, "É" * 50, "É" * 51]


def _vocabulary() -> list[str]:
    """Lists single signs as they come out of any normalizing: few words are unknown."""
    signs = set("".join(_TRICKY))
    for form in ("NFD", "NFC"):
        signs |= set("".join(_normalized(sorted(signs), form)))
    folded = tensorflow_text.case_fold_utf8(sorted(signs)).numpy()
    signs |= set(b"".join(folded).decode())
    kept = sorted(sign for sign in signs if sign.strip() and sign != "漢")
    return [*tokens.RESERVED, *kept, *(f"##{sign}" for sign in kept)]


def _normalized(signs: list[str], form: str) -> list[str]:
    return [sign.decode() for sign in tensorflow_text.normalize_utf8(signs, form).numpy()]


def _look_up(lines: list[str], config: config_lib.TokenizerConfig) -> vocabulary.WordLookup:
    model = wordpiece.learn_pieces(vocabulary.Counted([], 0), config, lines).companion
    return wordpiece.look_up(tf.constant(model))


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("strip_accents", [True, False])
def test_pieces_are_those_of_keras_hub(lowercase, strip_accents):
    import keras_hub

    lines, texts = _vocabulary(), _texts(1500)
    theirs = keras_hub.models.BertTokenizer(
        vocabulary=lines, lowercase=lowercase, strip_accents=strip_accents
    )
    config = config_lib.TokenizerConfig(
        pretokenizer="bert", lowercase=lowercase, strip_accents=strip_accents
    )
    look_up = _look_up(lines, config)

    expected = theirs(texts)
    assert look_up(text.words(tf.constant(texts), config)).to_list() == expected
    # Those of a context, which know their places, are the same ones.
    assert spans.pieces(tf.constant(texts), config, look_up).ids.to_list() == expected
    known = np.concatenate(expected)
    assert 0.01 < (known == vocabulary.UNK_ID).mean() < 0.2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Der ﬁne Spaß…", ["Der", "ﬁne", "Spaß", "…"]),
        ("a\u00adb\u200bc", ["a\u00ad", "b\u200b", "c"]),  # which goes with the sign before it
        ("漢a+b€", ["漢", "a", "+", "b€"]),
        ("É", ["É"]),
        ("½ km", ["½", "km"]),
    ],
)
def test_pieces_know_what_they_were_before_folding(source, expected):
    config = config_lib.TokenizerConfig(pretokenizer="bert", kind="words")
    pieces = spans.pieces(tf.constant([source]), config, _Words())
    places = zip(pieces.starts.to_list()[0], pieces.ends.to_list()[0], strict=True)
    assert [source[start:end] for start, end in places] == expected


class _Words:
    """Each word is a token."""

    def with_offsets(self, words):
        ids = tf.range(tf.size(words, tf.int64))[:, None]
        ends = tf.cast(tf.strings.length(words), tf.int64)[:, None]
        return tuple(map(tf.RaggedTensor.from_tensor, (ids, tf.zeros_like(ids), ends)))


def test_pieces_of_a_folded_word_know_their_parts_of_it():
    config = config_lib.TokenizerConfig(pretokenizer="bert")
    lines = [*tokens.RESERVED, "x", "##ss", "##f", "##i"]
    pieces = spans.pieces(tf.constant(["- xßﬁ"]), config, _look_up(lines, config))
    assert pieces.ids.to_list() == [[1, 5, 6, 7, 8]]
    assert pieces.starts.to_list() == [[0, 2, 3, 4, 4]]
    assert pieces.ends.to_list() == [[1, 3, 4, 5, 5]]


def test_a_nul_does_not_end_the_text():
    words, _, _ = bert_words.split_with_offsets(bert_words.sanitize(tf.constant(["a\x00b"])))
    assert words.to_list() == [[b"a", b"b"]]


def test_accents_are_left_out_by_choice_whatever_splits():
    for pretokenizer in ("bert", "unicode"):
        config = config_lib.TokenizerConfig(pretokenizer=pretokenizer, strip_accents=True)
        words = text.words(tf.constant(["Zoë e\u0301té"]), config)
        assert words.to_list() == [[b"zoe", b"ete"]]
