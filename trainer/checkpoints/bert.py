"""BERT and DistilBERT as our encoder.

Where they differ from our defaults there is a setting for it: a norm after each sum and one after
the embeddings, its epsilon, embeddings that are not scaled, GELU by tanh (KerasHub's BERT; its
DistilBERT has the exact one). A text's own segment has a vector in BERT and none in a model of ours
that reads single texts: the first segment's vector goes into the table of positions, and is taken
off each segment's own. The sums are the same ones.

References:
    Devlin et al. 2019, arXiv:1810.04805; Sanh et al. 2019, arXiv:1910.01108;
    `keras_hub.models.BertBackbone` and `DistilBertBackbone`
"""

import io
from typing import Any

import numpy as np

from schemas import tokens as tokens_lib
from trainer.checkpoints import blocks, preset

BERT, DISTIL_BERT = "BertBackbone", "DistilBertBackbone"
_TOKENIZERS = {BERT: "BertTokenizer", DISTIL_BERT: "DistilBertTokenizer"}
_ACTIVATIONS = {BERT: "gelu_tanh", DISTIL_BERT: "gelu"}
_VOCABULARY = "vocabulary.txt"
# What of the tokenizer our own has no setting for.
_FIXED = {
    "split": True,
    "suffix_indicator": tokens_lib.CONTINUATION,
    "oov_token": tokens_lib.RESERVED[tokens_lib.UNK_ID],
    "special_tokens": None,
    "special_tokens_in_strings": False,
}


def settings(source: preset.Source) -> dict[str, Any]:
    """Makes the fields of the model's config that are not named alike."""
    return {
        "norm": "post",
        "norm_kind": "layer",
        "norm_epsilon": 1e-12,
        "positions": "learned",
        "activation": _ACTIVATIONS[source.backbone[0]],
        "embedding_scale": False,
        "embedding_norm": True,
    }


def tokens(source: preset.Source) -> preset.Tokens:
    """Reads the vocabulary, and moves the reserved tokens to where ours are.

    Raises:
        DataError: If the tokenizer does what ours cannot, or lacks one of them.
    """
    source.check_tokenizer(_TOKENIZERS[source.backbone[0]], _FIXED)
    # As KerasHub reads them.
    lines = [line.rstrip() for line in io.StringIO(source.asset(_VOCABULARY), newline=None)]
    absent = [token for token in tokens_lib.RESERVED if token not in lines]
    if absent:
        raise preset.refusal(f"a preset whose {_VOCABULARY} has {absent[0]}", source.directory)
    if len(set(lines)) < len(lines):
        raise preset.refusal(f"a preset whose {_VOCABULARY} has no entry twice", source.directory)
    reserved = [lines.index(token) for token in tokens_lib.RESERVED]
    others = [row for row in range(len(lines)) if row not in set(reserved)]
    order = (*reserved, *others)
    _, fields = source.tokenizer
    return preset.Tokens(
        lines=tuple(lines[row] for row in order),
        rows=order,
        settings={
            "kind": "wordpiece",
            "pretokenizer": "bert",
            "lowercase": bool(fields.get("lowercase", False)),
            "strip_accents": bool(fields.get("strip_accents", False)),
        },
    )


def weights(found: preset.Preset, theirs: blocks.Weights) -> dict[str, np.ndarray]:
    """Lays out the weights of a backbone, path to value, by the names of ours."""
    embeddings = _embeddings(found, theirs)
    for index in range(found.model.num_layers):
        embeddings |= blocks.block(
            theirs, f"transformer_layer_{index}", "self_attention_layer", f"encoder_block_{index}"
        )
    return embeddings


def _embeddings(found: preset.Preset, theirs: blocks.Weights) -> dict[str, np.ndarray]:
    width = found.model.hidden_dim
    if found.backbone == BERT:
        place, segments = "", theirs["segment_embedding/embeddings"]
        pooler = {f"pooler/{name}": theirs[f"pooled_dense/{name}"] for name in ("kernel", "bias")}
    else:
        place, segments = "token_and_position_embedding/", np.zeros((1, width), np.float32)
        pooler = {}
    table = theirs[f"{place}token_embedding/embeddings"]
    positions = theirs[f"{place}position_embedding/embeddings"]
    return {
        "token_embedding/embeddings": blocks.rows(table, found.tokens.rows),
        "positions/table": positions + segments[0],
        "segment_embedding/embeddings": segments - segments[0],
        "embedding_norm/gamma": theirs["embeddings_layer_norm/gamma"],
        "embedding_norm/beta": theirs["embeddings_layer_norm/beta"],
        **pooler,
    }
