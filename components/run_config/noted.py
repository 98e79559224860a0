"""The files of a RunConfig, and the names of its properties. Imports no TFX."""

import hashlib

CONFIG_FILE = "config.yaml"
ENVIRONMENT_FILE = "environment.json"  # versions, code and machine
# Custom properties.
CONFIG = "config"
TASK = "task"
METRIC = "metric"
CODE = "code"
PARAMETERS = "parameters"
_HEX_DIGITS = 12


def digest(text: str) -> str:
    """Digests a text, shortly."""
    return hashlib.sha256(text.encode()).hexdigest()[:_HEX_DIGITS]
