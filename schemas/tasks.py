"""Tasks as data and config see them: what they read, and the numbers that judge them.

A task is a package `schemas/<name>` with its `CONTRACT` (this module finds it by its name), and a
module `trainer/tasks/<name>.py` with the code that learns. Only the latter imports TensorFlow, so a
config can be checked, and a run be drawn, without it.
"""

import abc
import dataclasses
import functools
import importlib
import pkgutil
import types
from collections.abc import Mapping
from typing import Any, Literal

import schemas
from schemas import features, metrics

Kind = Literal["text", "number"]

# Cheaper models of a text or a pair: the name that a config has each by, to its architecture.
ENCODER_RIVALS: Mapping[str, str] = types.MappingProxyType(
    {
        "linear": "linear",
        "embeddings": "averaged_embeddings",
        "cnn": "cnn",
        "lstm": "lstm",
    }
)

# Where an exported model tells the settings of its task; servers leave that directory alone.
SETTINGS_FILE = "assets.extra/task.json"


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a task is told of the data, as plain values that travel as JSON.

    Attributes:
        name: The task's name.
        texts: Raw features that hold the texts, in their order; a request carries them.
        targets: Raw features that hold what is to be learned, in their order.
        options: What else the task has to know; its contract names the keys.
    """

    name: str
    texts: tuple[str, ...] = (features.TEXT,)
    targets: tuple[str, ...] = (features.LABEL,)
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def to_fields(self) -> dict[str, Any]:
        """Returns the settings as values of JSON."""
        fields = dataclasses.asdict(self)
        return {**fields, "texts": list(self.texts), "targets": list(self.targets)}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> "Settings":
        """Reads settings back."""
        made = {**fields, "texts": tuple(fields["texts"]), "targets": tuple(fields["targets"])}
        return cls(**made)


@dataclasses.dataclass(frozen=True)
class Bounds:
    """What a model must reach where the config says nothing of it.

    Attributes:
        floor: Metric to its lowest value.
        metric: The metric compared with the latest blessed model's.
    """

    floor: Mapping[str, float]
    metric: str


class Contract(abc.ABC):
    """What a task asks of the data, and by which metrics it is judged.

    Attributes:
        min_texts: Text columns at least.
        max_texts: Text columns at most.
        max_targets: Target columns at most, None where any number will do; 0 for a task that
            learns from the texts alone.
        target_kind: What a target column holds.
        has_starts: Whether a column tells where in the text the target stands.
        needless_checks: Checks of the data, keys of `validate`, that are off unless the config
            has them: what they look for is nothing that this task minds.
        has_labels: Whether what is learned is one of few texts, that can be listed.
        options: Keys of `Settings.options` that the task knows.
        train_keys: Keys of `train` that only some tasks heed, and this one does.
        may_start: Whether a training may start from an exported model, `model.init_from`.
        serving: Keys of `serve` that the task heeds, with what they are unless the config says;
            they are options, too.
        architecture: The model, a name in `trainer/models`, that the task is learned by.
        rivals: Cheaper models that it can be put on trial against: the name that a config has each
            by, to its architecture.
    """

    min_texts: int = 1
    max_texts: int = 1
    max_targets: int | None = 1
    target_kind: Kind = "text"
    has_starts: bool = False
    needless_checks: tuple[str, ...] = ()
    has_labels: bool = False
    options: tuple[str, ...] = ()
    train_keys: tuple[str, ...] = ()
    may_start: bool = True
    serving: Mapping[str, float] = types.MappingProxyType({})
    architecture: str = "transformer"
    rivals: Mapping[str, str] = types.MappingProxyType({})

    def request_features(self, settings: Settings) -> dict[str, Kind]:
        """Lists the raw features that a request carries, in the order of the signature."""
        return dict.fromkeys(settings.texts, "text")

    def training_features(self, settings: Settings) -> dict[str, Kind]:
        """Lists the raw features that only training and judging have."""
        return dict.fromkeys(settings.targets, self.target_kind)

    def split_by(self, settings: Settings) -> tuple[str, ...]:
        """Lists the texts whose hash deals a row out to a split: rows alike in them stay together.

        Those that make a row what it is; all of them but for a reason.
        """
        return settings.texts

    def fault(
        self,
        settings: Settings,
        values: Mapping[str, bytes | float],
        columns: Mapping[str, str],
    ) -> str | None:
        """Tells what keeps the task from using a row whose values are right each by itself.

        Ingest asks it, so that such a row is put aside with its place and its bytes, and counted.

        Args:
            settings: What the task is told of the data.
            values: Raw feature to its value: UTF-8 that is not blank, or a finite number.
            columns: Raw feature to its column's name, for the message.

        Returns:
            The rule and the value, one line, as ``"`x` must be ... Received: ..."``; None for a row
            that can be used.
        """
        del settings, values, columns
        return None

    @abc.abstractmethod
    def metrics(self, settings: Settings) -> Mapping[str, metrics.Metric]:
        """Lists every metric that is computed, in the order in which people read them."""

    @abc.abstractmethod
    def watched(self, settings: Settings) -> Mapping[str, bool]:
        """Lists what a training tells of the eval split after each epoch, beside the loss.

        Returns:
            Name, such as `accuracy`, to whether higher is better.
        """

    @abc.abstractmethod
    def bounds(self, settings: Settings) -> Bounds:
        """Returns the default bounds, which a model that has learned nothing must not meet."""


@functools.cache
def names() -> tuple[str, ...]:
    """Finds the names of all tasks: the packages among the schemas."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(schemas.__path__) if m.ispkg))


def contract(name: str) -> Contract:
    """Returns the contract of a task.

    Raises:
        KeyError: If no task has the name.
    """
    if name not in names():
        raise KeyError(name)
    made: Contract = importlib.import_module(f"schemas.{name}").CONTRACT
    return made
