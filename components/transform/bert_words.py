"""Words as BERT's checkpoints know them: ids that a model never saw would teach it nothing.

What separates and what stands alone are those of `keras_hub.models.BertTokenizer`, which differs
from `text.py` at its edges: a sign that prints nothing separates, a symbol beyond ASCII does not
stand alone, and a no-break space is a part of a word, which then is unknown.

References:
    Devlin et al. 2019, arXiv:1810.04805, and the `tokenization.py` released with it
"""

import tensorflow as tf
import tensorflow_text

_SEPARATING = r"\s|\p{Cc}|\p{Cf}"
# All of ASCII that is no letter and no digit, of which Unicode takes some for symbols.
_PUNCTUATION = r"[!-/:-@\[-`{-~]|\p{P}"
# Blocks of Unicode rather than the script: kana are none of them.
_IDEOGRAPH = (
    r"[\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{2a6df}"
    r"\x{2a700}-\x{2b73f}\x{2b740}-\x{2b81f}\x{2b820}-\x{2ceaf}\x{2f800}-\x{2fa1f}]"
)
_ALONE = f"{_PUNCTUATION}|{_IDEOGRAPH}"


def sanitize(texts: tf.Tensor) -> tf.Tensor:
    """Makes texts `(batch,)` fit for the ops that follow, some of which end at a NUL."""
    return tf.strings.regex_replace(texts, r"\x00", " ")


def split_with_offsets(
    texts: tf.Tensor,
) -> tuple[tf.RaggedTensor, tf.RaggedTensor, tf.RaggedTensor]:
    """Splits texts `(batch,)` into words, and tells the bytes at which each begins and ends.

    Returns:
        Words, starts and ends `(batch, None)`, the latter two int64.
    """
    words, starts, ends = tensorflow_text.regex_split_with_offsets(
        texts, f"{_SEPARATING}|{_ALONE}", _ALONE
    )
    return words, starts, ends
