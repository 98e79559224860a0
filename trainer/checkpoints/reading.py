"""Reads a preset of any backbone that there is a module for. Imports no TensorFlow."""

import pathlib
import types
from typing import Any

import pydantic

from trainer import config
from trainer.checkpoints import bert, gpt2, preset

_ARCHITECTURES = {
    bert.BERT: ("transformer", bert),
    bert.DISTIL_BERT: ("transformer", bert),
    gpt2.GPT2: ("decoder", gpt2),
}
_NAMED_ALIKE = ("num_layers", "hidden_dim", "num_heads", "intermediate_dim", "dropout")


def read(directory: pathlib.Path) -> preset.Preset:
    """Reads what a preset holds, all but the weights, whose files are only looked at.

    Raises:
        DataError: If it cannot be started from; one line.
    """
    source = preset.open_source(directory)
    name, fields = source.backbone
    if name not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise preset.refusal(f"a preset whose backbone is one of {known}", name)
    preset.check_weights(directory)
    architecture, module = _ARCHITECTURES[name]
    tokens = module.tokens(source)
    try:
        model = _model(fields, module.settings(source))
        max_length, rows = int(fields["max_sequence_length"]), int(fields["vocabulary_size"])
    except (KeyError, TypeError, ValueError):
        raise preset.refusal(
            f"a preset with the shape of a {name} in {preset.CONFIG_FILE}", directory
        ) from None
    if max(tokens.rows) >= rows:
        raise preset.refusal(
            "a preset with a row of its embedding for each entry of its vocabulary",
            f"{rows} rows, {max(tokens.rows) + 1} entries",
        )
    return preset.Preset(directory, name, architecture, model, max_length, tokens)


def module_of(found: preset.Preset) -> types.ModuleType:
    """Returns the module that knows the preset's backbone."""
    return _ARCHITECTURES[found.backbone][1]


def _model(fields: Any, settings: dict[str, Any]) -> config.ModelConfig:
    shape = {key: fields[key] for key in _NAMED_ALIKE}
    try:
        return config.ModelConfig(**shape, **settings)
    except pydantic.ValidationError as error:
        raise ValueError(str(error)) from None
