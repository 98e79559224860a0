"""GPT-2 as our decoder, and its merges of bytes.

Logits are by the very embedding that tokens come in by, so it is neither scaled nor changed: that
tokens come in unscaled is a setting. The end of a text, `<|endoftext|>`, is our `[SEP]`. Reserved
tokens that GPT-2 knows nothing of are new, see `blocks.rows`, and never written.

References:
    Radford et al. 2019, "Language Models are Unsupervised Multitask Learners";
    `keras_hub.models.GPT2Backbone`
"""

import json
from typing import Any

import numpy as np

from schemas import tokens as tokens_lib
from trainer.checkpoints import blocks, preset

GPT2 = "GPT2Backbone"
_TOKENIZER = "GPT2Tokenizer"
_END = "<|endoftext|>"
_VOCABULARY, _MERGES = "vocabulary.json", "merges.txt"
_VERSION = "#version"  # opens a line that may come before the merges
_UTF8 = (*range(0x01, 0xC0), *range(0xC2, 0xF5))  # bytes that texts are made of


def settings(source: preset.Source) -> dict[str, Any]:
    """Makes the fields of the model's config that are not named alike."""
    del source
    return {
        "norm": "pre",
        "norm_kind": "layer",
        "norm_epsilon": 1e-5,
        "positions": "learned",
        "activation": "gelu_tanh",
        "embedding_scale": False,
        "embedding_norm": False,
    }


def tokens(source: preset.Source) -> preset.Tokens:
    """Reads the vocabulary and the merges.

    Raises:
        DataError: If a file cannot be read, or they do not go together.
    """
    source.check_tokenizer(_TOKENIZER, {"add_prefix_space": False})
    rows = _rows(source)
    end = rows.pop(_END, None)
    if end is None:
        raise preset.refusal(f"a preset whose {_VOCABULARY} has {_END}", source.directory)
    pieces = {_bytes_of(piece, source): row for piece, row in rows.items()}
    absent = [byte for byte in _UTF8 if bytes([byte]) not in pieces]
    if absent:
        raise preset.refusal(
            f"a preset whose {_VOCABULARY} has each byte of UTF-8",
            f"{source.directory}, without 0x{absent[0]:02x}",
        )
    order = sorted(pieces, key=pieces.__getitem__)
    reserved = [preset.NEW] * len(tokens_lib.RESERVED)
    reserved[tokens_lib.SEP_ID] = end
    ids = {piece: len(reserved) + i for i, piece in enumerate(order)}
    return preset.Tokens(
        lines=(*tokens_lib.RESERVED, *map(tokens_lib.escape, order)),
        rows=(*reserved, *(pieces[piece] for piece in order)),
        settings={"kind": "gpt2_bpe"},
        merges=tuple(_merge(line, ids, source) for line in _merge_lines(source)),
    )


def weights(found: preset.Preset, theirs: blocks.Weights) -> dict[str, np.ndarray]:
    """Lays out the weights of a backbone, path to value, by the names of ours."""
    table = theirs["token_embedding/embeddings"]
    made = {
        "token_embedding/embeddings": blocks.rows(table, found.tokens.rows),
        "positions/table": theirs["position_embedding/embeddings"],
        "final_norm/gamma": theirs["layer_norm/gamma"],
        "final_norm/beta": theirs["layer_norm/beta"],
    }
    for index in range(found.model.num_layers):
        made |= blocks.block(
            theirs, f"transformer_layer_{index}", "self_attention", f"decoder_block_{index}"
        )
    return made


def _rows(source: preset.Source) -> dict[str, int]:
    try:
        return {
            str(piece): int(row) for piece, row in json.loads(source.asset(_VOCABULARY)).items()
        }
    except (ValueError, AttributeError, TypeError):
        raise preset.refusal(
            f"a preset whose {_VOCABULARY} tells the id of each piece", source.directory
        ) from None


def _merge_lines(source: preset.Source) -> list[str]:
    lines = (line.rstrip() for line in source.asset(_MERGES).split("\n"))
    return [line for line in lines if line and not line.startswith(_VERSION)]


def _merge(line: str, ids: dict[bytes, int], source: preset.Source) -> tuple[int, int, int]:
    """Reads a line of the merges: the left and the right piece."""
    left, _, right = line.partition(" ")
    pair = _bytes_of(left, source), _bytes_of(right, source)
    if any(piece not in ids for piece in (*pair, b"".join(pair))):
        raise preset.refusal(
            f"a preset whose {_MERGES} are of pieces of its {_VOCABULARY}, and make such", line
        )
    return ids[pair[0]], ids[pair[1]], ids[b"".join(pair)]


def _bytes_of(piece: str, source: preset.Source) -> bytes:
    """Reads a piece back from the signs that GPT-2 writes bytes by."""
    try:
        return bytes(_SIGNS[sign] for sign in piece)
    except KeyError:
        raise preset.refusal(
            f"a preset whose {_VOCABULARY} is of bytes, each as GPT-2 writes it",
            f"{source.directory}, with {piece}",
        ) from None


def _signs() -> dict[str, int]:
    """Lists what GPT-2 writes each byte by: itself in Latin-1, or from U+0100 what prints nothing.

    See `bytes_to_unicode` of its `encoder.py`.
    """
    printed = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in printed]
    return {chr(byte): byte for byte in printed} | {
        chr(0x100 + i): byte for i, byte in enumerate(hidden)
    }


_SIGNS = _signs()
