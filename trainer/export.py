"""The SavedModel: preprocessing and model in one graph, behind agreeing signatures."""

import keras
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the transform graph is made of
import tensorflow_transform as tft

from trainer.tasks import task as task_lib

RAW_SIGNATURE = "serving_default"
EXAMPLES_SIGNATURE = "serving_examples"
TRANSFORM_SIGNATURE = "transform_features"


class Served(tf.Module):
    """What is exported: the transform graph, the model, and the task's way to answer."""

    def __init__(
        self,
        model: keras.Model,
        transform_output: tft.TFTransformOutput,
        task: task_lib.Task,
    ):
        super().__init__()
        # tf.Module finds TensorFlow variables, not Keras 3 models that hold them.
        self._variables = [v.value for v in model.variables]
        self._model = model
        self._task = task
        self._transform_output = transform_output
        self._transform = transform_output.transform_features_layer()
        self._raw_spec = transform_output.raw_feature_spec()

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes the signatures, by name.

        `serving_default` takes each raw feature as strings `(batch,)`; `serving_examples` takes
        serialized tf.Examples `(batch,)` of raw features and gives the same answers;
        `transform_features` takes serialized tf.Examples with the label and gives the label's id,
        for the Evaluator.
        """
        strings = {n: tf.TensorSpec([None], tf.string, name=n) for n in self._task.raw_features}
        examples = tf.TensorSpec([None], tf.string, name="examples")
        return {
            RAW_SIGNATURE: tf.function(self._serve_raw).get_concrete_function(**strings),
            EXAMPLES_SIGNATURE: tf.function(self._serve_examples).get_concrete_function(examples),
            TRANSFORM_SIGNATURE: tf.function(self._labels).get_concrete_function(examples),
        }

    def _serve_raw(self, **raw: tf.Tensor) -> task_lib.Tensors:
        inputs = {
            # As the parsed example would be: a column, or sparse where the schema leaves it open.
            name: tf.sparse.from_dense(value[:, None])
            if isinstance(self._raw_spec[name], tf.io.VarLenFeature)
            else tf.reshape(value, [-1, *self._raw_spec[name].shape])
            for name, value in raw.items()
        }
        return self._answer(inputs)

    def _serve_examples(self, examples: tf.Tensor) -> task_lib.Tensors:
        spec = {name: self._raw_spec[name] for name in self._task.raw_features}
        return self._answer(tf.io.parse_example(examples, spec))

    def _labels(self, examples: tf.Tensor) -> task_lib.Tensors:
        # Nothing else: a column to slice by need not be there, nor known to an older model.
        names = (*self._task.raw_features, self._task.raw_label)
        spec = {name: self._raw_spec[name] for name in names}
        transformed = self._transform(tf.io.parse_example(examples, spec))
        return {self._task.label_feature: transformed[self._task.label_feature]}

    def _answer(self, inputs: dict[str, tf.Tensor | tf.SparseTensor]) -> task_lib.Tensors:
        transformed = self._transform(inputs)
        features = {
            name: tf.sparse.to_dense(value) if isinstance(value, tf.SparseTensor) else value
            for name, value in transformed.items()
            if name != self._task.label_feature
        }
        return self._task.answer(self._model(features, training=False), self._transform_output)


def save(
    model: keras.Model,
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
    directory: str,
) -> None:
    """Writes the SavedModel with its signatures."""
    served = Served(model, transform_output, task)
    tf.saved_model.save(served, directory, signatures=served.signatures())
