"""Brings a preset into the form that our own exports have, as far as a training reads it."""

import pathlib
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from schemas import features
from trainer import exported
from trainer.checkpoints import preset, reading


def convert(directory: str, to: str) -> None:
    """Writes the vocabulary, the weights and what the model tells of itself.

    Args:
        directory: Of the preset.
        to: Directory that the SavedModel of an export would have; there is no graph in it.

    Raises:
        DataError: If the preset cannot be started from; one line.
    """
    found = reading.read(pathlib.Path(directory))
    weights = reading.module_of(found).weights(found, _load(found))
    write_lines(f"{to}/assets/{features.TOKEN_VOCABULARY}", found.tokens.lines)
    if found.tokens.merges:
        merges = [" ".join(map(str, merge)) for merge in found.tokens.merges]
        write_lines(f"{to}/assets/{features.TOKEN_MERGES}", merges)
    _write_checkpoint(f"{to}/variables/variables", weights)
    told = found.exported({name: name for name in weights}).to_json()
    write_lines(f"{to}/{exported.FILE}", [told])


def write_lines(path: str, lines: tuple[str, ...] | list[str]) -> None:
    """Writes a file, a line an entry."""
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "wb") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())


def _load(found: preset.Preset) -> dict[str, np.ndarray]:
    """Lets KerasHub load the backbone; returns path to value of each weight, float32."""
    import keras_hub  # seconds of imports, for those who start from a preset

    try:
        backbone: keras.Model = getattr(keras_hub.models, found.backbone).from_preset(
            str(found.directory), dtype="float32"
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise preset.refusal("a preset that KerasHub loads", f"{found.directory} ({reason})") from (
            error
        )
    return {variable.path: np.asarray(variable) for variable in backbone.weights}


def _write_checkpoint(prefix: str, weights: Mapping[str, np.ndarray]) -> None:
    """Writes values by their names, as `tf.train.load_checkpoint` reads them."""
    tf.io.gfile.makedirs(prefix.rpartition("/")[0])
    with tf.device("CPU"):
        tf.raw_ops.SaveV2(
            prefix=prefix,
            tensor_names=list(weights),
            shape_and_slices=[""] * len(weights),
            tensors=[tf.constant(value, tf.float32) for value in weights.values()],
        )
