"""Small presets, made and saved by KerasHub itself, since nothing is downloaded by a test."""

import pathlib
import string

import numpy as np

MAX_LENGTH = 24
# As BERT's own begins: entries that nobody uses stand between the reserved ones.
BERT_VOCABULARY = (
    *("[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *("!", ".", ",", "?", "'", "[", "]", "é", "北", "京"),
    *string.ascii_lowercase,
    *(f"##{letter}" for letter in string.ascii_lowercase),
    *("good", "bad", "film", "##ing", "the", "was", "##ed"),
)
# What a few words are merged by, in the order of their ranks; Ġ is the space before a word.
GPT2_MERGES = (
    *("t h", "th e", "Ġ the", "i n", "in g", "o o", "Ġ g", "Ġg oo", "Ġgoo d", "Ġ b", "a d"),
    *("Ġb ad", "Ġ Ġ", "ĠĠ ĠĠ", "a a", "aa a", "e r", "Ã ©", "ð Ł", "' s", "1 2"),
)
_SHAPE = {"num_layers": 2, "num_heads": 2, "hidden_dim": 16, "intermediate_dim": 24}


def bert(
    directory: pathlib.Path, kind: str = "Bert", lowercase: bool = True, **shape: int
) -> pathlib.Path:
    """Saves a BERT or a DistilBERT (`kind`), of which no two weights are alike."""
    import keras_hub

    models = keras_hub.models
    size = len(BERT_VOCABULARY) + 3  # rows that no entry has, as some checkpoints have them
    made = {"vocabulary_size": size, "max_sequence_length": MAX_LENGTH, **_SHAPE, **shape}
    backbone = getattr(models, f"{kind}Backbone")(**made)
    _draw(backbone)
    backbone.save_to_preset(str(directory))
    tokenizer = getattr(models, f"{kind}Tokenizer")
    tokenizer(vocabulary=list(BERT_VOCABULARY), lowercase=lowercase).save_to_preset(str(directory))
    return directory


def gpt2(directory: pathlib.Path, **shape: int) -> pathlib.Path:
    """Saves a GPT-2 of which no two weights are alike."""
    import keras_hub

    models = keras_hub.models
    vocabulary = gpt2_vocabulary()
    made = {"vocabulary_size": len(vocabulary), "max_sequence_length": MAX_LENGTH, **_SHAPE}
    backbone = models.GPT2Backbone(**{**made, **shape})
    _draw(backbone)
    backbone.save_to_preset(str(directory))
    tokenizer = models.GPT2Tokenizer(vocabulary=vocabulary, merges=list(GPT2_MERGES))
    tokenizer.save_to_preset(str(directory))
    return directory


def gpt2_vocabulary() -> dict[str, int]:
    """Lists all bytes as GPT-2 writes and numbers them, what merges make, and the end of a text."""
    printed = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    signs = [chr(byte) for byte in printed]
    signs += [chr(0x100 + i) for i in range(256 - len(printed))]
    made = [merge.replace(" ", "") for merge in GPT2_MERGES]
    return {piece: i for i, piece in enumerate([*signs, *made, "<|endoftext|>"])}


def _draw(backbone) -> None:
    """Gives biases and norms values of their own, too, which are all 0 or 1 at first."""
    rng = np.random.default_rng(3)
    backbone.set_weights([rng.normal(scale=0.4, size=w.shape) for w in backbone.get_weights()])
