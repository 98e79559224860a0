"""The norms by name."""

from typing import Any

import keras

from trainer.layers import layer_norm, rms_norm

_LAYERS = {"layer": layer_norm.LayerNorm, "rms": rms_norm.RMSNorm}
KINDS = tuple(_LAYERS)


def build(kind: str, **kwargs: Any) -> keras.layers.Layer:
    """Makes a norm over the last axis.

    Args:
        kind: `layer` for LayerNorm, `rms` for RMSNorm.
        **kwargs: What any Keras layer takes, such as `dtype` and `name`; and `epsilon`.

    Raises:
        ValueError: If `kind` is unknown.
    """
    if kind not in _LAYERS:
        raise ValueError(f"`norm_kind` must be one of {KINDS}. Received: norm_kind={kind!r}")
    return _LAYERS[kind](**kwargs)
