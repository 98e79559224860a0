"""Tokens that know where in the original text they come from, through all normalizing.

Normal forms reach no further than from a character to the marks that combine with it, so a text is
normalized unit by unit: a character with all that may change together with it. A token then comes
from whole units, and where those stand in the original text is known.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf
import tensorflow_text

from components.transform import config as config_lib
from components.transform import rows, text, vocabulary

# Signs that may become one with the character before them, or are left out between it and such:
# marks, Korean vowels and finals in all their forms, Japanese voicing, and what prints nothing.
_JOINING = (
    r"\p{M}\p{Cf}\x{1160}-\x{11ff}\x{3131}-\x{318e}\x{ff9e}-\x{ffdc}\x{d7b0}-\x{d7ff}"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    r"\x{115f}\x{2065}\x{fff0}-\x{fff8}\x{e0000}-\x{e0fff}"
)
_UNIT = rf"(?s).[{_JOINING}]*"


class Pieces(NamedTuple):
    """Tokens of texts, without marks.

    Attributes:
        ids: Int64 `(batch, None)`.
        starts: Where each begins in its text, in code points, int64 of the same shape.
        ends: Where each ends, exclusive. Both never fall along a text. Tokens share a place where
            one character has become several, such as ß under folding.
    """

    ids: tf.RaggedTensor
    starts: tf.RaggedTensor
    ends: tf.RaggedTensor


class _Units(NamedTuple):
    """Units of all texts, one after the other; positions count from the first text's beginning.

    Attributes:
        normalized: String `(batch,)`, the texts' normalized units joined.
        offsets: Bytes of `normalized` before each text, int64 `(batch,)`.
        ends: Where each unit ends in bytes of `normalized`, int64 `(units,)`.
        firsts, lasts: Where it begins and ends in its own original.
    """

    normalized: tf.Tensor
    offsets: tf.Tensor
    ends: tf.Tensor
    firsts: tf.Tensor
    lasts: tf.Tensor


def clean(texts: tf.Tensor) -> tf.Tensor:
    """Returns the texts `(batch,)` that code points are counted in: U+FFFD where bytes are none."""
    return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")


def pieces(
    texts: tf.Tensor, config: config_lib.TokenizerConfig, look_up: vocabulary.WordLookup
) -> Pieces:
    """Turns texts `(batch,)` into tokens with their places in the texts.

    Args:
        texts: String tensor `(batch,)`; any bytes.
        config: How text is normalized.
        look_up: What the tokenizer has learned.
    """
    units = _units(clean(texts), lambda signs: text.normalize(signs, config), "UTF8_CHAR")
    words, starts, _ = text.split_with_offsets(units.normalized, config)
    ids, piece_starts, piece_ends = _look_up(words.flat_values, config, look_up)
    word_starts = starts.flat_values + tf.gather(units.offsets, rows.of_values(starts))
    before = tf.gather(word_starts, rows.of_values(ids))
    first = before + piece_starts.flat_values
    last = before + piece_ends.flat_values - 1
    of_texts = rows.joined(words.with_flat_values(ids))

    return Pieces(
        of_texts,
        of_texts.with_flat_values(tf.gather(units.firsts, _unit_at(units, first))),
        of_texts.with_flat_values(tf.gather(units.lasts, _unit_at(units, last))),
    )


def _look_up(
    words: tf.Tensor, config: config_lib.TokenizerConfig, look_up: vocabulary.WordLookup
) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
    """Looks words `(words,)` up, which may have to be folded; tells the bytes of them unfolded."""
    if not text.folds_words(config):
        return look_up.with_offsets(words)
    units = _units(words, text.fold, "BYTE")
    ids, starts, ends = look_up.with_offsets(units.normalized)
    before = tf.gather(units.offsets, rows.of_values(ids))
    firsts = tf.gather(units.firsts, _unit_at(units, starts.flat_values + before))
    lasts = tf.gather(units.lasts, _unit_at(units, ends.flat_values + before - 1))
    return ids, starts.with_flat_values(firsts), ends.with_flat_values(lasts)


def _units(texts: tf.Tensor, normalize: Callable[[tf.Tensor], tf.Tensor], counted: str) -> _Units:
    """Cuts clean texts `(batch,)` into units and normalizes each.

    Args:
        texts: The texts.
        normalize: Is given strings `(units,)`.
        counted: What places in the originals are counted in, as `tf.strings.length` has it.
    """
    # The op takes a NUL for the end; another sign that prints nothing is as long as it.
    texts = tf.strings.regex_replace(texts, r"\x00", "\x01")
    units, _, _ = tensorflow_text.regex_split_with_offsets(texts, _UNIT, _UNIT)
    folded = units.with_flat_values(normalize(units.flat_values))
    lengths = tf.cast(tf.strings.length(units.flat_values, unit=counted), tf.int64)
    lasts = tf.cumsum(lengths)
    in_text = lasts - tf.gather(rows.before(units.with_flat_values(lengths)), rows.of_values(units))
    sizes = tf.cast(tf.strings.length(folded.flat_values), tf.int64)
    return _Units(
        normalized=tf.strings.reduce_join(folded, axis=-1),
        offsets=rows.before(units.with_flat_values(sizes)),
        ends=tf.cumsum(sizes),
        firsts=in_text - lengths,
        lasts=in_text,
    )


def _unit_at(units: _Units, positions: tf.Tensor) -> tf.Tensor:
    """Finds the unit that each byte of the normalized texts comes from, `(any,)`."""
    return tf.searchsorted(units.ends, positions, side="right", out_type=tf.int64)
