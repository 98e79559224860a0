import hypothesis
import pytest
import tensorflow as tf
from hypothesis import strategies

from components.transform import config as config_lib
from components.transform import text

FORMS = ("NFC", "NFKC", "NFD", "NFKD")


def _words(raw, **config):
    config = config_lib.TokenizerConfig(**config)
    if isinstance(raw, str):
        raw = raw.encode()
    return [word.decode() for word in text.words(tf.constant([raw]), config)[0].numpy()]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("NFC", ["É", "ﬁ"]),
        ("NFKC", ["É", "fi"]),
        ("NFD", ["E\u0301", "ﬁ"]),
        ("NFKD", ["E\u0301", "fi"]),
    ],
)
def test_text_is_brought_into_the_normal_form(form, expected):
    assert _words("E\u0301 ﬁ", unicode=form, lowercase=False) == expected


def test_case_is_folded_by_choice():
    assert _words("Straße ÉTÉ") == ["strasse", "été"]
    assert _words("Straße ÉTÉ", lowercase=False) == ["Straße", "ÉTÉ"]


def test_bytes_that_are_not_utf8_become_replacement_characters():
    assert _words(b"caf\xe9 ok \xff") == ["caf", "\ufffd", "ok", "\ufffd"]


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", []),
        (" \t\r\n ", []),
        ("one two", ["one", "two"]),
        ("a\u00a0b\u3000c\u2028d\x0be\x1cf\x85g", list("abcdefg")),
        ("it's (so-so)...", ["it", "'", "s", "(", "so", "-", "so", ")", ".", ".", "."]),
        ("[sep]##ing", ["[", "sep", "]", "#", "#", "ing"]),
        ("1+1=2€", ["1", "+", "1", "=", "2", "€"]),
        ("ab\x00c\x07d\u00ade\u200df\ufeff", ["abcdef"]),
        ("great👍🏽❤\ufe0fok", ["great", "👍", "🏽", "❤", "ok"]),
        ("👩\u200d👧", ["👩", "👧"]),
        ("北京abc", ["北", "京", "abc"]),
        ("カタカナとひらがな", ["カタカナとひらがな"]),
        ("שלום \u200fעולם\u200e!", ["שלום", "עולם", "!"]),
        ("x\u0308y", ["ẍy"]),
    ],
)
def test_text_is_split_into_words(raw, expected, lowercase):
    assert _words(raw, lowercase=lowercase) == expected


def test_marks_stay_with_the_symbol_that_they_change():
    assert _words("a≠b", unicode="NFD") == ["a", "=\u0338", "b"]


def test_a_nul_does_not_end_the_text():
    assert _words("A\x00B c\x00 d") == ["ab", "c", "d"]


def test_each_text_keeps_its_own_words():
    batch = text.words(tf.constant(["a b", "", "c"]), config_lib.TokenizerConfig())
    assert batch.to_list() == [[b"a", b"b"], [], [b"c"]]


@hypothesis.settings(deadline=None)
@hypothesis.given(strategies.text(), strategies.booleans(), strategies.sampled_from(FORMS))
def test_words_are_single_lines_and_split_no_further(raw, lowercase, form):
    raw = raw.encode("utf-8", "replace")
    words = _words(raw, lowercase=lowercase, unicode=form)
    assert all(len(word.split()) == 1 and len(word.splitlines()) == 1 for word in words)
    assert _words(" ".join(words), lowercase=lowercase, unicode=form) == words
