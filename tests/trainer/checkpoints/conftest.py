"""Presets and what they are converted to, made once."""

import functools
import pathlib

import pytest

from tests import keras_hub_presets


@pytest.fixture(scope="session")
def converted(tmp_path_factory):
    """Gives `made(kind)`: the directories of a preset and of what it was converted to."""

    @functools.cache
    def make(kind: str) -> tuple[pathlib.Path, str]:
        from trainer.checkpoints import convert

        directory = tmp_path_factory.mktemp(kind)
        if kind == "GPT2":
            source = keras_hub_presets.gpt2(directory / "preset")
        else:
            source = keras_hub_presets.bert(directory / "preset", kind)
        convert.convert(str(source), str(directory / "converted"))
        return source, str(directory / "converted")

    return make
