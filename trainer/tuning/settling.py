"""Puts the values of a trial into the settings of a training. Imports no TensorFlow.

The transformer's keys are those of the config, `model.hidden_dim` and `train.learning_rate`; a
rival's are those of its own settings, `filters` and `learning_rate`.
"""

import json
from collections.abc import Mapping
from typing import Any

import pydantic

from trainer import config, rivals
from trainer.tuning import space as space_lib

_TRAIN, _MODEL = "train", "model"
# KerasTuner's own among the values: where a trial of Hyperband stands.
_RESERVED = "tuner/"


def settle(
    architecture: str,
    model: Mapping[str, Any],
    train: Mapping[str, Any],
    values: space_lib.Values,
) -> tuple[rivals.Shape, config.TrainConfig]:
    """Makes the shape of a model and how it is trained, with the values in them.

    Args:
        architecture: Of the model.
        model: The fields of its shape.
        train: The fields of its training.
        values: Key to value; they stand above the fields.

    Raises:
        ValueError: If the values do not go with each other; says why.
    """
    parts: dict[str, dict[str, Any]] = {_MODEL: dict(model), _TRAIN: dict(train)}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        parts[section or _MODEL][name] = value
    try:
        shape = rivals.shape(architecture, parts[_MODEL])
        trained = config.TrainConfig(**parts[_TRAIN])
    except pydantic.ValidationError as error:
        raise ValueError(_reason(error)) from error
    if isinstance(shape, rivals.Rival):
        return shape, shape.train(trained)
    if isinstance(trained.freeze, int) and trained.freeze > shape.num_layers:
        raise ValueError(config.frozen_beyond(trained.freeze, shape.num_layers))
    return shape, trained


def problem(
    architecture: str,
    model: Mapping[str, Any],
    train: Mapping[str, Any],
    values: space_lib.Values,
) -> str | None:
    """Says why values do not go with each other; None where they do."""
    try:
        settle(architecture, model, train, values)
    except ValueError as error:
        return str(error)
    return None


def encode(domain: space_lib.Domain, value: Any) -> Any:
    """Spells a value as KerasTuner takes it: a number, or text, all of a key's of one kind."""
    if isinstance(domain, space_lib.Range):
        return value
    kinds = {type(each) for each in (*domain.values, value)}
    if kinds <= {int, float}:
        return value if kinds == {int} else float(value)
    return json.dumps(value)


def decode(values: Mapping[str, Any]) -> space_lib.Values:
    """Reads values back from KerasTuner's, without those of its own."""
    return {
        key: json.loads(value) if isinstance(value, str) else value
        for key, value in values.items()
        if not key.startswith(_RESERVED)
    }


def spell(value: Any) -> str:
    """Spells a value for people: three digits of a fraction, all else as a config has it."""
    if isinstance(value, float):
        return f"{value:.3g}"
    return value if isinstance(value, str) else json.dumps(value)


def spell_all(values: Mapping[str, Any]) -> str:
    """Spells the values of a trial for people, each with its key."""
    return ", ".join(f"{key} {spell(value)}" for key, value in values.items())


def _reason(error: pydantic.ValidationError) -> str:
    """Tells in one line what pydantic has to say of the first fault."""
    first = error.errors(include_url=False)[0]
    own = first.get("ctx", {}).get("error")
    where = ".".join(map(str, first["loc"]))
    return str(own) if own else f"`{where}`: {first['msg']}. Received: {first['input']}"
