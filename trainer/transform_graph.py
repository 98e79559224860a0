"""The graph that Transform ran, as a part of what is exported."""

from collections.abc import Mapping

import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the graph is made of
import tensorflow_transform as tft
from tensorflow_transform.saved import saved_transform_io_v2


class TransformGraph(tf.Module):
    """Applies the transform graph to raw features.

    `TFTransformOutput.transform_features_layer` computes the same. It is a Keras 2 layer, though:
    saving it traces its own functions, which nobody calls, and that takes most of an export's time.

    Args:
        transform_output: Where the graph lies.
    """

    def __init__(self, transform_output: tft.TFTransformOutput):
        super().__init__()
        loader = saved_transform_io_v2.SavedModelLoader(transform_output.transform_savedmodel_dir)
        self._apply = loader.apply_transform_model
        # The vocabularies' tables among them are stored with a model that holds this module.
        self._tracked = vars(loader)

    def __call__(
        self, raw: Mapping[str, tf.Tensor | tf.SparseTensor]
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Transforms raw features, those of a request alone or all; what needs others is left out.

        Args:
            raw: As parsing the raw feature spec gives them.
        """
        transformed: dict[str, tf.Tensor | tf.SparseTensor] = self._apply(dict(raw))
        return transformed
