"""Architectures by name."""

import inspect
import subprocess
import sys

import pytest

from trainer import models


@pytest.mark.parametrize("name", models.NAMES)
def test_every_architecture_has_the_one_interface(name):
    build = models.get(name).build

    parameters = list(inspect.signature(build).parameters)
    assert parameters == ["model_config", "vocabulary_size", "max_length", "head"]


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
