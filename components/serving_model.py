"""Where in a Model artifact the SavedModel lies."""

from tfx import types
from tfx.utils import path_utils


def directory(model: types.Artifact) -> str:
    """Finds the directory of the SavedModel, whichever version of TFX has laid the artifact out."""
    found: str = path_utils.serving_model_path(model.uri, path_utils.is_old_model_artifact(model))
    return found
