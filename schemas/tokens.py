"""Tokens as vocabularies list them: what is reserved, and what text an entry stands for.

A vocabulary is an asset of the transform graph, one entry a line, line number = id. Entries that
may hold a line end, or bytes that are no text, are written with escapes.
"""

import re
from typing import Literal, get_args

# What texts are cut into; `tokenizer.kind` chooses.
Units = Literal["wordpiece", "words", "characters", "bytes_bpe", "gpt2_bpe"]
UNITS: tuple[Units, ...] = get_args(Units)

# Units that lose nothing of a text: case, white space and every sign come back from the ids.
LOSSLESS: tuple[Units, ...] = ("characters", "bytes_bpe", "gpt2_bpe")

# Units of bytes; and those of which no vocabulary is learned, but only a model's taken.
OF_BYTES: tuple[Units, ...] = ("bytes_bpe", "gpt2_bpe")
GIVEN: tuple[Units, ...] = ("gpt2_bpe",)

# Ids 0 to 4 of every token vocabulary. In running text, `[SEP]` ends a document.
RESERVED = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD_ID, UNK_ID, CLS_ID, SEP_ID, MASK_ID = range(len(RESERVED))

CONTINUATION = "##"  # opens a piece that does not start a word
UNKNOWN = "\N{REPLACEMENT CHARACTER}"  # what stands for a token that no text is known of

_ESCAPE = re.compile(rb"\\(?:\\|x([0-9a-f]{2}))")


def escape(text: bytes) -> str:
    r"""Writes bytes as one printable line: `\x0a` for a line end, `\\` for a backslash."""
    return "".join(
        "\\\\" if sign == "\\" else sign if sign.isprintable() else _as_bytes(sign)
        for sign in text.decode("utf-8", "surrogateescape")
    )


def unescape(line: bytes) -> bytes:
    """Reads back what `escape` wrote."""
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\", line)


def texts(lines: list[bytes], units: Units) -> list[bytes]:
    """Returns what each token of a vocabulary adds to a text.

    Texts of tokens that follow each other, joined, are the text: its very bytes where the units
    lose nothing, and else normalized words after single spaces, the first one too.

    Args:
        lines: The vocabulary, reserved tokens first.
        units: What its entries are.
    """
    reserved = [UNKNOWN.encode() if i == UNK_ID else b"" for i in range(len(RESERVED))]
    return [*reserved, *(_text(line, units) for line in lines[len(RESERVED) :])]


def _text(line: bytes, units: Units) -> bytes:
    if units in LOSSLESS:
        return unescape(line)
    if units == "wordpiece" and line.startswith(CONTINUATION.encode()):
        return line.removeprefix(CONTINUATION.encode())
    return b" " + line


def _as_bytes(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogateescape"))
