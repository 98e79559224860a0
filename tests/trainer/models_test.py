"""Architectures by name."""

import inspect
import subprocess
import sys

import pytest

from trainer import models


@pytest.mark.parametrize("name", models.NAMES)
def test_every_architecture_has_the_one_interface(name):
    build = models.get(name).build

    parameters = inspect.signature(build).parameters.values()
    common = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    assert common == ["model_config", "vocabulary_size", "max_length", "head"]
    # What only some tasks ask for, all others need not know.
    assert all(p.default is not p.empty for p in parameters if p.kind is p.KEYWORD_ONLY)


def test_an_unknown_architecture_is_a_key_error():
    with pytest.raises(KeyError, match="perceptron"):
        models.get("perceptron")


def test_the_names_are_known_without_tensorflow():
    code = (
        "import sys; from trainer import models; models.NAMES; print('tensorflow' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert result.stdout.strip() == "False"
