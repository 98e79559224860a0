"""Words of texts as the tokenizer takes them, and the signs in texts."""

import numpy as np
import tensorflow as tf

from components.statistics import text_statistics, words
from components.transform import config as config_lib
from components.transform import text as text_lib

_TEXTS = ["The cat, the CAT!", "", "Straße ４２", "日本", "..."]


def _read(
    texts: list[str | bytes], **settings: object
) -> tuple[words.Words, words.Words, words.Signs]:
    reader = words.Reader(config_lib.TokenizerConfig(**settings))
    encoded = [text.encode() if isinstance(text, str) else text for text in texts]
    read = reader.read(np.array(encoded, object))
    return read.words, read.folded, read.signs


def _as_lists(read: words.Words) -> list[list[str]]:
    values = [value.decode() for value in read.unique[read.index]]
    return [values[a:b] for a, b in zip(read.splits[:-1], read.splits[1:], strict=True)]


def test_words_are_the_tokenizers() -> None:
    read, _, _ = _read(_TEXTS)
    expected = text_lib.words(tf.constant(_TEXTS), config_lib.TokenizerConfig())
    assert _as_lists(read) == [[w.decode() for w in row] for row in expected.to_list()]


def test_words_are_told_as_written_and_folded() -> None:
    read, folded, _ = _read(_TEXTS, lowercase=False)
    assert _as_lists(read)[0] == ["The", "cat", ",", "the", "CAT", "!"]
    assert _as_lists(folded)[0] == ["the", "cat", ",", "the", "cat", "!"]


def test_a_word_stands_once_with_its_hash_and_its_bucket() -> None:
    read, _, _ = _read(["b a b", "a c"])
    assert sorted(read.unique.tolist()) == [b"a", b"b", b"c"]
    assert len(set(read.hashes.tolist())) == 3
    again, _, _ = _read(["c"])
    place = read.unique.tolist().index(b"c")
    assert read.hashes[place] == again.hashes[0]
    expected = tf.strings.to_hash_bucket_fast(["c"], text_statistics.UNIGRAM_BUCKETS)
    assert read.buckets[place] == expected.numpy()[0]


def test_punctuation_is_told_from_words_numbers_and_symbols() -> None:
    read, _, _ = _read(["a 1 , — ? 😀 + é"])
    is_punctuation = dict(zip(read.unique.tolist(), read.is_punctuation.tolist(), strict=True))
    assert [word.decode() for word, is_it in is_punctuation.items() if is_it] == [",", "—", "?"]


def test_characters_are_code_points() -> None:
    _, _, signs = _read(["", "abc", "é😀", "e\u0301"])
    assert signs.characters.tolist() == [0, 3, 2, 2]


def test_fewer_than_two_letters_or_digits_are_nearly_empty() -> None:
    _, _, signs = _read(["", " \n ", "!!!", "a", "a\n!", "ok", "a...\n1", "日本", "٣"])
    assert signs.near_empty.tolist() == [True] * 5 + [False] * 3 + [True]


def test_control_characters_are_counted_but_tabs_and_line_ends_are_not() -> None:
    texts = ["plain", "a\tb\r\nc", "a\0b\0", "\x7f", "it\x92s", "\n\x1b[0m\n\x08", "\ufeff\u200b"]
    _, _, signs = _read(texts)
    assert signs.controls.tolist() == [0, 0, 2, 1, 1, 2, 0]


def test_bytes_that_are_not_utf_8_are_read_all_the_same() -> None:
    read, _, signs = _read([b"caf\xe9 ol\xe9 \x00", b"\xff"])
    assert signs.controls.tolist() == [1, 0]
    assert signs.near_empty.tolist() == [False, True]
    assert _as_lists(read)[1] == ["\ufffd"]


def test_no_texts_have_no_words() -> None:
    read, _, signs = _read([])
    assert (len(read.index), read.splits.tolist(), len(signs.characters)) == (0, [0], 0)
