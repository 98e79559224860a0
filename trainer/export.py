"""The SavedModel: preprocessing and model in one graph, behind agreeing signatures."""

import json
from collections.abc import Iterable

import keras
import tensorflow as tf
import tensorflow_text  # noqa: F401 - registers the ops that the transform graph is made of
import tensorflow_transform as tft

from schemas import tasks
from trainer.tasks import raw as raw_lib
from trainer.tasks import task as task_lib

RawFeatures = dict[str, tf.Tensor | tf.SparseTensor]

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
        self._request_features = tuple(task.contract.request_features(task.settings))
        self._training_features = tuple(task.contract.training_features(task.settings))

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes the signatures, by name.

        `serving_default` takes each raw feature of a request, strings or numbers `(batch,)`;
        `serving_examples` takes serialized tf.Examples `(batch,)` of raw features and gives the
        same answers; `transform_features` takes serialized tf.Examples that hold what is to be
        learned as well, and gives what the Evaluator compares the answers with. The task may have
        more.
        """
        raw = {
            name: tf.TensorSpec([None], self._raw_spec[name].dtype, name=name)
            for name in self._request_features
        }
        examples = tf.TensorSpec([None], tf.string, name="examples")
        return {
            RAW_SIGNATURE: tf.function(self._serve_raw).get_concrete_function(**raw),
            EXAMPLES_SIGNATURE: tf.function(self._serve_examples).get_concrete_function(examples),
            TRANSFORM_SIGNATURE: tf.function(self._truth).get_concrete_function(examples),
            **self._task.signatures(self._model, self._transform_output),
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
        return self._answer(self._parse(examples, self._request_features))

    def _truth(self, examples: tf.Tensor) -> task_lib.Tensors:
        # Nothing else: a column to slice by need not be there, nor known to an older model.
        names = (*self._request_features, *self._training_features)
        asked = self._ask(self._parse(examples, names))
        return self._task.truth(asked, self._transform_output)

    def _parse(self, examples: tf.Tensor, names: Iterable[str]) -> RawFeatures:
        parsed: RawFeatures = tf.io.parse_example(
            examples, {name: self._raw_spec[name] for name in names}
        )
        return parsed

    def _ask(self, inputs: RawFeatures) -> task_lib.Asked:
        # The layer may change the mapping that it is given.
        columns = {name: raw_lib.column(value) for name, value in inputs.items()}
        return task_lib.Asked(columns, self._transform(inputs))

    def _answer(self, inputs: RawFeatures) -> task_lib.Tensors:
        asked = self._ask(inputs)
        read = {name: asked.transformed[name] for name in self._task.input_features}
        dense = {
            name: tf.sparse.to_dense(value) if isinstance(value, tf.SparseTensor) else value
            for name, value in read.items()
        }
        outputs = self._model(dense, training=False)
        return self._task.answer(outputs, asked, self._transform_output)


def save(
    model: keras.Model,
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
    directory: str,
) -> None:
    """Writes the SavedModel with its signatures, and the task's settings beside it."""
    served = Served(model, transform_output, task)
    tf.saved_model.save(served, directory, signatures=served.signatures())
    path = f"{directory}/{tasks.SETTINGS_FILE}"
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(json.dumps(task.settings.to_fields(), indent=2, sort_keys=True))
