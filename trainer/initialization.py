"""A training that starts from an exported model: its encoder is taken over, some of it frozen."""

import math
import re

import keras
import numpy as np
import tensorflow as tf

from schemas import errors
from trainer import exported as exported_lib
from trainer import request as request_lib

# Of the encoder, or of the only stack; and of a decoder beside an encoder.
_EMBEDDINGS = (
    *("token_embedding", "segment_embedding", "positions", "embedding_norm"),
    *("target_token_embedding", "target_positions", "target_embedding_norm"),
)
_AFTER_BLOCKS = ("final_norm", "target_final_norm")
_BLOCK = re.compile(r"(?:en|de)coder_block_(\d+)")
# A model that has seen single texts alone knows nothing of a second one, and not every one has a
# dense layer between the encoder and the head. That is trained as the head is.
_MAY_BE_NEW = ("segment_embedding", "pooler")
_POSITIONS, _SEGMENTS = "positions/table", "segment_embedding/embeddings"


def describe(model: keras.Model, request: request_lib.Request) -> None:
    """Writes beside an exported model what another training needs to start from it.

    Args:
        model: The very model that was exported to `request.serving_model_dir`.
        request: What it was trained by.
    """
    made = exported_lib.Exported(
        architecture=request.architecture,
        model=request.model,
        tokenizer=request.tokenizer,
        variables={
            variable.path: f"_variables/{index}/.ATTRIBUTES/VARIABLE_VALUE"
            for index, variable in enumerate(model.variables)
        },
    )
    path = f"{request.serving_model_dir}/{exported_lib.FILE}"
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(made.to_json())


def take_over(model: keras.Model, directory: str) -> list[str]:
    """Gives the encoder the weights of an exported model, by name; the head's stay its own.

    Of a longer table of positions the first rows are taken. A segment that the exported model knows
    nothing of begins as the last one that it knows.

    Args:
        model: A new model.
        directory: Of the SavedModel, with what `describe` wrote.

    Returns:
        Names of the weights that were taken over.

    Raises:
        DataError: If the exported model lacks a weight, or has one of another shape.
    """
    with tf.io.gfile.GFile(f"{directory}/{exported_lib.FILE}") as file:
        known = exported_lib.Exported.from_json(file.read()).variables
    values = tf.train.load_checkpoint(f"{directory}/variables/variables")
    taken = []
    for variable in model.weights:
        layer = variable.path.partition("/")[0]
        new = layer in _MAY_BE_NEW and variable.path not in known
        if new or (depth(layer) is None and layer not in _MAY_BE_NEW):
            continue
        if variable.path not in known:
            raise errors.DataError(
                "`model.init_from` must have every weight of the encoder. "
                f"Received: a model without {variable.path}"
            )
        value = _rows_for(variable, values.get_tensor(known[variable.path]))
        if value.shape != tuple(variable.shape):
            raise errors.DataError(
                "`model.init_from` must have weights of the encoder's shapes. Received: "
                f"{variable.path} of {value.shape}, wanted {tuple(variable.shape)}"
            )
        variable.assign(value)
        taken.append(variable.path)
    return taken


def _rows_for(variable: keras.Variable, value: np.ndarray) -> np.ndarray:
    """Brings a table to the number of rows that is wanted, where it may have another."""
    missing = variable.shape[0] - value.shape[0] if variable.shape else 0
    if missing > 0 and variable.path == _SEGMENTS:
        return np.concatenate([value, np.repeat(value[-1:], missing, axis=0)])
    if missing < 0 and variable.path in (_POSITIONS, _SEGMENTS):
        return value[: variable.shape[0]]
    return value


def freeze(model: keras.Model, part: int | str | None) -> None:
    """Keeps weights as they are while the others are trained.

    Args:
        model: The model.
        part: `embeddings`; a number of blocks, from the first, and the embeddings with them;
            `encoder` for all but the head; None for nothing.
    """
    named = {"embeddings": 0.0, "encoder": math.inf}
    if part is None:
        return
    deepest = named[part] if isinstance(part, str) else part
    for layer in model.layers:
        at = depth(layer.name)
        if at is not None and at <= deepest:
            layer.trainable = False


def rates(model: keras.Model, decay: float, num_layers: int) -> dict[str, float]:
    """Computes the share of the learning rate that each weight is trained at.

    The head has the whole rate, the last block `decay` of it, each block below `decay` of the one
    above it, and the embeddings `decay` of the first block's.

    Returns:
        Path of each weight to its share.

    References:
        Howard and Ruder 2018, sec. 3.2, arXiv:1801.06146 (discriminative fine-tuning)
    """
    shares = {}
    for variable in model.trainable_variables:
        at = depth(variable.path.partition("/")[0])
        below_head = 0 if at is None else max(num_layers + 1 - at, 1)
        shares[variable.path] = decay**below_head
    return shares


def depth(layer: str) -> float | None:
    """Tells how deep a layer lies: 0 for embeddings, then blocks from 1; None for the head's."""
    if layer in _EMBEDDINGS:
        return 0
    if layer in _AFTER_BLOCKS:
        return math.inf  # whichever blocks there are
    block = _BLOCK.fullmatch(layer)
    return int(block[1]) + 1 if block else None
