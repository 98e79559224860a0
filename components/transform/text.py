"""Text to words, in the graph: sanitise, bring into a normal form, split, fold.

What counts words for the vocabulary and what looks them up afterwards both call `words`, so a word
that was learned is a word that is found.
"""

import tensorflow as tf
import tensorflow_text

from components.transform import bert_words
from components.transform import config as config_lib

# Signs that print nothing and separate nothing: control characters that are no white space, format
# characters (joiners, soft hyphens, direction marks, the byte order mark), variation selectors.
# None of them is ever part of a word, so no line of a vocabulary can hide one.
_INVISIBLE = r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\p{Cf}\x{fe00}-\x{fe0f}\x{e0100}-\x{e01ef}]"
# White space that `tf.strings.split` does not take for such.
_WIDE_SPACE = r"[\x1c-\x1f\x{85}\p{Z}]"
# Stands alone, with the marks that combine with it: punctuation, symbols (emoji are), ideographs.
_ALONE = r"[\p{P}\p{S}\p{Han}]\p{M}*"
_ACCENTS = r"\p{Mn}"
_SPACE = r"[ \t\n\v\f\r]+"  # all that `tf.strings.split` parts words by


def normalize(texts: tf.Tensor, config: config_lib.TokenizerConfig) -> tf.Tensor:
    """Brings texts into one form, as far as that is done before they are split.

    Case is folded by Unicode's NFKC_Casefold, which takes compatibility forms along: with
    `lowercase`, NFC gives what NFKC gives, and NFD what NFKD gives. `tf.strings.lower` would not,
    but it goes by the locale of the machine (a Turkish one would serve other ids than an English
    one trained) and ends the text at a NUL.

    Args:
        texts: String tensor `(batch,)`; any bytes.
        config: Which normal form, and whether to fold case.

    Returns:
        String tensor `(batch,)`, valid UTF-8; U+FFFD stands where the bytes were not.
    """
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    if config.pretokenizer == "bert":
        texts = bert_words.sanitize(texts)
        return _without_accents(texts) if config.strip_accents else texts
    texts = tf.strings.regex_replace(texts, _INVISIBLE, "")
    texts = tf.strings.regex_replace(texts, _WIDE_SPACE, " ")
    if config.lowercase:
        texts = tensorflow_text.case_fold_utf8(texts)
    if config.strip_accents:
        texts = _without_accents(texts)
    return tensorflow_text.normalize_utf8(texts, config.unicode)


def _without_accents(texts: tf.Tensor) -> tf.Tensor:
    return tf.strings.regex_replace(tensorflow_text.normalize_utf8(texts, "NFD"), _ACCENTS, "")


def split(normalized: tf.Tensor, config: config_lib.TokenizerConfig) -> tf.RaggedTensor:
    """Splits normalized texts into words.

    White space separates and is dropped. A sign of punctuation, a symbol or a CJK ideograph is a
    word of its own, so `[CLS]` in a text is three words and can never become the reserved token.

    Args:
        normalized: String tensor `(batch,)` from `normalize`.
        config: What splits.

    Returns:
        Ragged string tensor `(batch, None)`; an empty text has no words.
    """
    if config.pretokenizer == "bert":
        return bert_words.split_with_offsets(normalized)[0]
    return tf.strings.split(tf.strings.regex_replace(normalized, _ALONE, r" \0 "))


def split_with_offsets(
    normalized: tf.Tensor, config: config_lib.TokenizerConfig
) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
    """Splits as `split` does; tells the bytes at which each word begins and ends, too.

    Args:
        normalized: String tensor `(batch,)` from `normalize`.
        config: What splits.

    Returns:
        Words, starts and ends `(batch, None)`, the latter two int64.
    """
    if config.pretokenizer == "bert":
        return bert_words.split_with_offsets(normalized)
    words, starts, ends = tensorflow_text.regex_split_with_offsets(
        normalized, f"{_SPACE}|{_ALONE}", _ALONE
    )
    return words, starts, ends


def folds_words(config: config_lib.TokenizerConfig) -> bool:
    """Tells whether case is folded after the texts were split."""
    return config.pretokenizer == "bert" and config.lowercase


def fold(words: tf.Tensor) -> tf.Tensor:
    """Folds the case of words `(any,)`."""
    return tensorflow_text.case_fold_utf8(words)


def words(texts: tf.Tensor, config: config_lib.TokenizerConfig) -> tf.RaggedTensor:
    """Turns texts `(batch,)` into their words `(batch, None)`."""
    found = split(normalize(texts, config), config)
    return found.with_flat_values(fold(found.flat_values)) if folds_words(config) else found
