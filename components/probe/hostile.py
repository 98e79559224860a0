"""Texts that clients send sooner or later, and no test split has."""

import dataclasses
from collections.abc import Mapping

from components.probe import requests

_LONG = 100_000  # characters

TEXTS: Mapping[str, bytes] = {
    "an empty text": b"",
    "white space alone": " \t\r\n\u00a0\u2003\u3000".encode(),
    "100,000 characters in words": (b"word " * _LONG)[:_LONG],
    "100,000 characters in one word": b"a" * _LONG,
    # A family, a flag of two code points, a skin tone, a keycap.
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1f3\U0001f1f5 "
    "\U0001f44d\U0001f3fd 1\ufe0f\u20e3".encode(),
    "combining characters": ("Z" + "\u0310\u0335\u0353" * 20 + "e\u0301 \u0301\u0301").encode(),
    "a NUL": b"a\0b \0",
    # A lone byte of Latin-1, a surrogate, an overlong slash, and a beginning without its end.
    "invalid UTF-8": b"caf\xe9 \xed\xa0\x80 \xc0\xaf \xf0\x9f",
    "right-to-left text": "\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627\u202c "
    "abc".encode(),
    "marks of the vocabulary": b"[CLS] [SEP] [MASK] [PAD] [UNK]",
}
# What is no row at all, for signatures that take examples.
EXAMPLES: Mapping[str, bytes] = {
    "bytes that are no tf.Example": b"\xff no example",
    "a tf.Example without features": b"",
}


def rows(good: requests.Row) -> list[requests.Row]:
    """Makes hostile rows: of several texts each alone is hostile, and then all of them."""
    made = []
    for name, text in TEXTS.items():
        if len(good.texts) > 1:
            for feature in good.texts:
                made.append(good.with_texts(f"{name} as {feature}", {feature: text}))
            name = f"{name} as every text"
        made.append(good.with_texts(name, dict.fromkeys(good.texts, text)))
    return made


def no_rows(good: requests.Row) -> list[requests.Row]:
    """Makes what is no row, for signatures that take examples."""
    return [dataclasses.replace(good, name=name, example=data) for name, data in EXAMPLES.items()]
