"""What the units that lose nothing of a text have in common."""

import tensorflow as tf

from schemas import tokens


def clean(texts: tf.Tensor) -> tf.Tensor:
    """Makes texts `(batch,)` valid UTF-8, and changes nothing that is.

    What is no UTF-8 becomes U+FFFD, and so does a NUL, which files cannot hold: Ingest puts such
    rows aside.
    """
    texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    return tf.strings.regex_replace(texts, r"\x00", tokens.UNKNOWN)
