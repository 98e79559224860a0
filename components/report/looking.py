"""Looks into an exported model: what attends to what in chosen texts, and what tells positions."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the models are made of
from tfx.dsl.io import fileio
from tfx.utils import io_utils

from components.report import contents
from schemas import tokens as tokens_lib
from trainer import config as trainer_config
from trainer import exported
from trainer.layers import rotary_positions, sinusoidal_positions
from trainer.tasks import attention

_MAX_POSITIONS = 128


def look(model_dir: str, texts: Sequence[Mapping[str, str]]) -> list[contents.Attention]:
    """Asks a model how the tokens of texts attend to each other.

    Args:
        model_dir: Of the SavedModel.
        texts: Raw feature to text.

    Returns:
        For each text what attends to what; nothing for a model without attention.
    """
    signatures = tf.saved_model.load(model_dir).signatures
    if attention.SIGNATURE not in signatures:
        return []
    ask = signatures[attention.SIGNATURE]
    found = []
    for each in texts:
        answer = ask(**{name: tf.constant([text]) for name, text in each.items()})
        real = answer["token_ids"][0].numpy() != tokens_lib.PAD_ID
        names = [token.decode("utf-8", "replace") for token in answer["tokens"][0].numpy()[real]]
        weights = answer["weights"][0].numpy()[:, :, real][..., real]
        found.append(contents.Attention(tuple(names), weights))
    return found


def positions(model_dir: str, max_length: int) -> contents.Positions | None:
    """Tells what a model adds to its tokens, or turns them by, at each position.

    Args:
        model_dir: Of the SavedModel.
        max_length: Tokens of a text at most.

    Returns:
        None for a model that tells of no positions.
    """
    if not fileio.exists(f"{model_dir}/{exported.FILE}"):
        return None  # older than what tells of it
    told = exported.Exported.from_json(io_utils.read_string_file(f"{model_dir}/{exported.FILE}"))
    shape, length = told.model, min(max_length, _MAX_POSITIONS)
    if not isinstance(shape, trainer_config.ModelConfig):
        return None
    if shape.positions == "learned":
        checkpoint = tf.train.load_checkpoint(f"{model_dir}/variables/variables")
        table = checkpoint.get_tensor(told.variables["positions/table"])
        return contents.Positions(shape.positions, table[:length])
    if shape.positions == "sinusoidal":
        waves = sinusoidal_positions.SinusoidalPositions()(np.zeros((1, length, shape.hidden_dim)))
        return contents.Positions(shape.positions, np.array(waves[0]))
    pairs = shape.hidden_dim // shape.num_heads // 2
    # A pair (1, 0) that is turned becomes the cosine and the sine of its angle.
    units = np.repeat([1.0, 0.0], pairs) * np.ones((1, 1, length, 1))
    turned = np.array(rotary_positions.RotaryPositions()(units))
    return contents.Positions(shape.positions, turned[0, 0, :, :pairs])
