import unicodedata

import hypothesis
import pytest
import tensorflow as tf
from hypothesis import strategies as st

from components.transform import config as config_lib
from components.transform import spans, text

_CONFIG = config_lib.TokenizerConfig()
# Signs that normalizing makes longer, shorter, one with their neighbours, or nothing at all.
_TRICKY = [
    *("ﬁ", "ﬃ", "ß", "ẞ", "İ", "ı", "½", "™", "㎞", "ǆ", "ﷺ", "Å", "ſ", "Ω", "ς", "Σ"),
    *("e", "\u0301", "\u0308", "\u0323", "\u0327", "\u05bc", "\u0345", "\u0f71", "\u0f72"),
    *("가", "\u1100", "\u1161", "\u11a8", "ﾡ", "ￂ", "ㅏ", "ｶ", "ﾞ", "か", "\u3099"),
    *("👩", "\u200d", "👧", "🏽", "🇩", "🇪", "\ufe0f", "❤", "漢", "、", "«", "-", "'", "."),
    *("\r\n", "\r", "\n", "\t", "\v", "\f", "\x1c", "\x85", "\u00a0", "\u2028", "\u3000", " "),
    *("\ufeff", "\u00ad", "\u200b", "\u2060", "\x00", "\x1b", "\u034f", "\u3164", "\u115f"),
    *("a", "B", "1", "\U000e0001", "\ufffd", "ا", "ل", "ﻻ", "ก", "ำ", "ி", "ெ", "ா"),
]
_texts = st.lists(st.sampled_from(_TRICKY) | st.characters(codec="utf-8"), max_size=12).map("".join)
_slow = hypothesis.settings(deadline=None, max_examples=150)


class _Signs:
    """Each sign of a word is a token, its code point the id."""

    def with_offsets(self, words):
        signs, starts = tf.strings.unicode_decode_with_offsets(words, "UTF-8")
        sizes = tf.strings.length(tf.strings.unicode_encode(signs.flat_values[:, None], "UTF-8"))
        ends = starts + starts.with_flat_values(tf.cast(sizes, tf.int64))
        return tf.cast(signs, tf.int64), starts, ends


class _Words:
    """Each word is a token."""

    def __init__(self):
        self.words = []

    def with_offsets(self, words):
        self.words = [word.decode() for word in words.numpy()]
        ids = tf.range(tf.size(words, tf.int64))[:, None]
        ends = tf.cast(tf.strings.length(words), tf.int64)[:, None]
        return tuple(map(tf.RaggedTensor.from_tensor, (ids, tf.zeros_like(ids), ends)))


def _of(source, look_up, config=_CONFIG):
    return [values.to_list()[0] for values in spans.pieces(tf.constant([source]), config, look_up)]


def _words(source, config=_CONFIG):
    return [word.decode() for word in text.words(tf.constant([source]), config).flat_values.numpy()]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Der ﬁne Spaß.", [("der", "Der"), ("fine", "ﬁne"), ("spass", "Spaß"), (".", ".")]),
        ("un cafe\u0301 noir", [("un", "un"), ("café", "cafe\u0301"), ("noir", "noir")]),
        ("İstanbul 2", [("i\u0307stanbul", "İstanbul"), ("2", "2")]),
        ("one\r\n two", [("one", "one"), ("two", "two")]),
        (
            "oh 👩🏽\u200d🚀!",
            [("oh", "oh"), ("👩", "👩"), ("🏽", "🏽\u200d"), ("🚀", "🚀"), ("!", "!")],
        ),
        ("\ufeffHi\u00a0you", [("hi", "Hi"), ("you", "you")]),
        ("½ km", [("1", "½"), ("⁄", "½"), ("2", "½"), ("km", "km")]),
        ("\u1112\u1161\u11ab국", [("한국", "\u1112\u1161\u11ab국")]),
        ("ｶﾞ", [("ガ", "ｶﾞ")]),
        ("漢字", [("漢", "漢"), ("字", "字")]),
        ("", []),
        (" \r\n\u200b", []),
    ],
)
def test_words_know_what_they_were_before_normalizing(source, expected):
    look_up = _Words()
    ids, starts, ends = _of(source, look_up)
    assert ids == list(range(len(expected)))
    found = zip(look_up.words, starts, ends, strict=True)
    assert [(word, source[start:end]) for word, start, end in found] == expected


def test_pieces_of_a_word_know_their_parts_of_it():
    ids, starts, ends = _of("xß ﬁ", _Signs())
    assert "".join(map(chr, ids)) == "xssfi"
    assert (starts, ends) == ([0, 1, 1, 3, 3], [1, 2, 2, 4, 4])


def test_each_text_is_counted_from_its_own_beginning():
    pieces = spans.pieces(tf.constant(["ß b", "", "é ab"]), _CONFIG, _Signs())
    assert pieces.starts.to_list() == [[0, 0, 2], [], [0, 2, 3]]
    assert pieces.ends.to_list() == [[1, 1, 3], [], [1, 3, 4]]


def test_bytes_that_are_no_text_count_as_the_signs_that_stand_for_them():
    pieces = spans.pieces(tf.constant([b"a\xff b"]), _CONFIG, _Signs())
    assert spans.clean(tf.constant([b"a\xff b"])).numpy()[0].decode() == "a\ufffd b"
    assert pieces.starts.to_list() == [[0, 1, 3]]


@pytest.mark.parametrize("form", ["NFC", "NFKC", "NFD", "NFKD"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_every_normal_form_keeps_count(form, lowercase):
    source = "Éa e\u0301 ﬁ ẞ"
    config = config_lib.TokenizerConfig(unicode=form, lowercase=lowercase)
    ids, starts, ends = _of(source, _Signs(), config)
    for word in _words(source, config):
        place = "".join(map(chr, ids)).index(word)
        part = source[starts[place] : ends[place + len(word) - 1]]
        assert _words(part, config) == [word]


@_slow
@hypothesis.given(_texts)
def test_the_words_are_those_of_the_text_as_a_whole(source):
    look_up = _Words()
    _of(source, look_up)
    assert look_up.words == _words(source)


@_slow
@hypothesis.given(_texts, st.data())
def test_the_place_of_a_span_holds_exactly_the_text_of_its_tokens(source, data):
    ids, starts, ends = _of(source, _Signs())
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    if not ids:
        return
    first = data.draw(st.integers(0, len(ids) - 1))
    last = data.draw(st.integers(first, len(ids) - 1))
    part = source[starts[first] : ends[last]]
    # Tokens of the same characters as the outermost ones come along with them.
    while first and ends[first - 1] > starts[first]:
        first -= 1
    while last + 1 < len(ids) and starts[last + 1] < ends[last]:
        last += 1
    assert "".join(_words(part)) == "".join(map(chr, ids[first : last + 1]))


def test_the_tricky_signs_are_that():
    changed = [sign for sign in _TRICKY if unicodedata.normalize("NFKC", sign.casefold()) != sign]
    assert len(changed) > 20
