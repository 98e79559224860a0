"""A KerasHub preset's directory: what it holds, read without TensorFlow and without KerasHub.

A config is checked against it before anything runs; `convert.py` loads the weights.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping
from typing import Any

from schemas import errors
from trainer import config, exported

# As `keras_hub.models.Backbone.save_to_preset` and that of a tokenizer name them.
CONFIG_FILE = "config.json"
_TOKENIZER_FILE = "tokenizer.json"
_WEIGHTS_FILE = "model.weights.h5"
_SHARDS_FILE = "model.weights.json"  # tells which files large weights are parted into
_PACKAGES = ("keras_hub", "keras_nlp")  # the latter is its name of before
_ASSETS = "assets/tokenizer"

NEW = -1  # stands for a row of the embedding that the preset has not


@dataclasses.dataclass(frozen=True)
class Tokens:
    """A preset's vocabulary as ours.

    Attributes:
        lines: The entries, reserved tokens first.
        rows: The row of the preset's embedding that each entry has; `NEW` where it has none.
        settings: Fields of the tokenizer's config that give the same ids.
        merges: Of pairs of bytes, by falling rank: the ids of left, right and merged piece.
    """

    lines: tuple[str, ...]
    rows: tuple[int, ...]
    settings: Mapping[str, Any]
    merges: tuple[tuple[int, int, int], ...] = ()


@dataclasses.dataclass(frozen=True)
class Preset:
    """What a preset's directory holds.

    Attributes:
        directory: The directory.
        backbone: Name of the class of its backbone.
        architecture: Name of ours that computes the same.
        model: The shape of the model.
        max_length: Positions that it knows.
        tokens: Its vocabulary.
    """

    directory: pathlib.Path
    backbone: str
    architecture: str
    model: config.ModelConfig
    max_length: int
    tokens: Tokens

    def exported(self, variables: Mapping[str, str]) -> exported.Exported:
        """Tells of it what an exported model tells of itself."""
        fixed = {"vocabulary_size": len(self.tokens.lines), "max_length": self.max_length}
        return exported.Exported(
            architecture=self.architecture,
            model=self.model,
            tokenizer={**self.tokens.settings, **fixed},
            variables=variables,
        )


@dataclasses.dataclass(frozen=True)
class Source:
    """The JSON of a preset, before anything is made of it.

    Attributes:
        directory: The directory.
        backbone: Class and fields of the backbone.
        tokenizer: Class and fields of the tokenizer.
    """

    directory: pathlib.Path
    backbone: tuple[str, Mapping[str, Any]]
    tokenizer: tuple[str, Mapping[str, Any]]

    def asset(self, name: str) -> str:
        """Reads a file of the tokenizer.

        Raises:
            DataError: If it is absent, or no text.
        """
        path = self.directory / _ASSETS / name
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise refusal(f"a preset with {_ASSETS}/{name}", self.directory) from None

    def check_tokenizer(self, class_name: str, fields: Mapping[str, Any]) -> None:
        """Checks the tokenizer's class, and the fields that must be as here.

        Raises:
            DataError: If one differs.
        """
        found, given = self.tokenizer
        if found != class_name:
            raise refusal(f"a preset whose tokenizer is a {class_name}", found)
        for name, wanted in fields.items():
            if given.get(name, wanted) != wanted:
                raise refusal(
                    f"a preset whose tokenizer has {name}={json.dumps(wanted)}",
                    json.dumps(given[name]),
                )


def is_preset(directory: pathlib.Path) -> bool:
    """Tells whether a directory holds a KerasHub preset, whole or not."""
    try:
        text = (directory / CONFIG_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(package in text for package in _PACKAGES)


def open_source(directory: pathlib.Path) -> Source:
    """Reads the JSON files of a preset.

    Raises:
        DataError: If a file is absent, or cannot be read.
    """
    return Source(
        directory,
        _read_object(directory, CONFIG_FILE),
        _read_object(directory, _TOKENIZER_FILE),
    )


def check_weights(directory: pathlib.Path) -> None:
    """Checks that the files of the weights are there and whole.

    Raises:
        DataError: If they are not.
    """
    import h5py  # only where there is a preset: it takes a tenth of a second

    for name in _weight_files(directory):
        path = directory / name
        if not path.is_file():
            raise refusal(f"a preset with {name}", directory)
        try:
            h5py.File(path, "r").close()
        except OSError:
            raise refusal(f"a preset whose {name} is whole", path) from None


def refusal(wanted: str, received: object) -> errors.DataError:
    """Makes the error for a preset that cannot be taken."""
    return errors.DataError(f"`model.init_from` must be {wanted}. Received: {received}")


def _read_object(directory: pathlib.Path, name: str) -> tuple[str, Mapping[str, Any]]:
    try:
        read = json.loads((directory / name).read_text(encoding="utf-8"))
        return str(read["class_name"]), dict(read["config"])
    except (OSError, ValueError, KeyError, TypeError):
        raise refusal(f"a preset with {name}, as KerasHub saves it", directory) from None


def _weight_files(directory: pathlib.Path) -> list[str]:
    index = directory / _SHARDS_FILE
    if (directory / _WEIGHTS_FILE).is_file() or not index.is_file():
        return [_WEIGHTS_FILE]
    try:
        shards = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
        # A layer may be in several.
        names = [name for part in shards for name in ([part] if isinstance(part, str) else part)]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise refusal(f"a preset with {_SHARDS_FILE}, as KerasHub saves it", directory) from None
    return sorted(set(names))
