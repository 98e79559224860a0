"""Models: one architecture a file, each with `build`, found here by its name.

Importing this package imports no TensorFlow; `get` imports the architecture's module.
"""

import importlib
import types
import typing

if typing.TYPE_CHECKING:
    import keras

_MODULES = {
    "transformer": "trainer.models.transformer",
    "decoder": "trainer.models.decoder",
    "encoder_decoder": "trainer.models.encoder_decoder",
    "linear": "trainer.models.linear",
    "averaged_embeddings": "trainer.models.averaged_embeddings",
    "cnn": "trainer.models.cnn",
    "lstm": "trainer.models.lstm",
    "lstm_decoder": "trainer.models.lstm_decoder",
    "n_gram": "trainer.models.n_gram",
}
NAMES = tuple(_MODULES)


def of(model: "keras.Model") -> types.ModuleType:
    """Returns the module of a model's architecture, which has named the model after itself.

    Raises:
        KeyError: If no architecture has the name.
    """
    return get(model.name)


def get(name: str) -> types.ModuleType:
    """Returns the module of that architecture.

    Raises:
        KeyError: If no architecture has the name.
    """
    return importlib.import_module(_MODULES[name])
