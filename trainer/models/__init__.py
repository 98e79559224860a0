"""Models: one architecture a file, each with `build`, found here by its name.

Importing this package imports no TensorFlow; `get` imports the architecture's module.
"""

import importlib
import types

_MODULES = {
    "transformer": "trainer.models.transformer",
    "decoder": "trainer.models.decoder",
    "linear": "trainer.models.linear",
    "averaged_embeddings": "trainer.models.averaged_embeddings",
    "cnn": "trainer.models.cnn",
    "lstm": "trainer.models.lstm",
    "lstm_decoder": "trainer.models.lstm_decoder",
}
NAMES = tuple(_MODULES)


def get(name: str) -> types.ModuleType:
    """Returns the module of that architecture.

    Raises:
        KeyError: If no architecture has the name.
    """
    return importlib.import_module(_MODULES[name])
