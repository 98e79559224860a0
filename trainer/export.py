"""The SavedModel: preprocessing and model in one graph, behind agreeing signatures."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import tasks
from trainer import transform_graph
from trainer.tasks import raw as raw_lib
from trainer.tasks import task as task_lib

RawFeatures = dict[str, tf.Tensor | tf.SparseTensor]

RAW_SIGNATURE = "serving_default"
EXAMPLES_SIGNATURE = "serving_examples"
TRANSFORM_SIGNATURE = "transform_features"
JUDGED_SIGNATURE = "judged_examples"


def judged_signature(task: task_lib.Task) -> str:
    """Names the signature that the Evaluator calls: what clients call, unless the task says not."""
    return JUDGED_SIGNATURE if task.judged_apart else EXAMPLES_SIGNATURE


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
        # Within a function, or its variables would be tracked, and stored, a second time.
        self._model = lambda: model
        self._task = task
        self._transform_output = transform_output
        self._transform = transform_graph.TransformGraph(transform_output)
        self._raw_spec = transform_output.raw_feature_spec()
        self._request_features = tuple(task.contract.request_features(task.settings))
        self._training_features = tuple(task.contract.training_features(task.settings))

    def signatures(self) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes the signatures, by name.

        `serving_default` takes each raw feature of a request, strings or numbers `(batch,)`;
        `serving_examples` takes serialized tf.Examples `(batch,)` of raw features and gives the
        same answers; `transform_features` takes serialized tf.Examples that hold what is to be
        learned as well, and gives what the Evaluator compares the answers with. Where TensorFlow
        Serving has a method for the task, `classify` or `regress` is what it calls: `inputs` are
        serialized tf.Examples `(batch,)` too. The task may have more.
        """
        raw = {
            name: tf.TensorSpec([None], self._raw_spec[name].dtype, name=name)
            for name in self._request_features
        }
        examples = tf.TensorSpec([None], tf.string, name="examples")
        judged = (
            {JUDGED_SIGNATURE: _graph(self._judge).get_concrete_function(examples)}
            if self._task.judged_apart
            else {}
        )
        serve_examples = _graph(self._serve_examples).get_concrete_function(examples)
        return {
            **judged,
            **self._inferring(serve_examples),
            RAW_SIGNATURE: _graph(self._serve_raw).get_concrete_function(**raw),
            EXAMPLES_SIGNATURE: serve_examples,
            TRANSFORM_SIGNATURE: _graph(self._truth).get_concrete_function(examples),
            **self._task.signatures(self._model(), self._ask_raw, self._transform_output),
        }

    def _inferring(
        self, serve_examples: tf.types.experimental.ConcreteFunction
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes the signature of TensorFlow Serving's method, of the one that takes examples."""
        if self._task.method is None:
            return {}

        def infer(inputs: tf.Tensor) -> task_lib.Tensors:
            return self._task.inferred(serve_examples(examples=inputs))

        inputs = tf.TensorSpec([None], tf.string, name="inputs")
        return {self._task.method: _graph(infer).get_concrete_function(inputs)}

    def _serve_raw(self, **raw: tf.Tensor) -> task_lib.Tensors:
        return self._answer(self._as_parsed(raw))

    def _ask_raw(self, raw: task_lib.Tensors) -> task_lib.Asked:
        return self._ask(self._as_parsed(raw))

    def _as_parsed(self, raw: task_lib.Tensors) -> RawFeatures:
        """Shapes features `(batch,)` as parsing would: columns, or sparse where the schema says."""
        return {
            name: tf.sparse.from_dense(value[:, None])
            if isinstance(self._raw_spec[name], tf.io.VarLenFeature)
            else tf.reshape(value, [-1, *self._raw_spec[name].shape])
            for name, value in raw.items()
        }

    def _serve_examples(self, examples: tf.Tensor) -> task_lib.Tensors:
        return self._answer(self._parse(examples, self._request_features))

    def _judge(self, examples: tf.Tensor) -> task_lib.Tensors:
        asked = self._ask(self._parse(examples, self._request_features))
        return self._task.judged(self._model(), asked, self._transform_output)

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
        columns = {name: raw_lib.column(value) for name, value in inputs.items()}
        return task_lib.Asked(columns, self._transform(inputs))

    def _answer(self, inputs: RawFeatures) -> task_lib.Tensors:
        asked = self._ask(inputs)
        outputs = self._task.outputs(self._model(), asked)
        return self._task.answer(outputs, asked, self._transform_output)


def _graph(function: Callable[..., task_lib.Tensors]) -> Any:
    """Makes a graph of a function, which has no Python control flow over tensors to convert.

    Looking for some would take most of the time of an export.
    """
    return tf.function(function, autograph=False)


def save(
    model: keras.Model,
    transform_output: tft.TFTransformOutput,
    task: task_lib.Task,
    directory: str,
) -> None:
    """Writes the SavedModel with its signatures, and the task's settings beside it."""
    served = Served(model, transform_output, task)
    tf.saved_model.save(served, directory, signatures=served.signatures())
    if task.method is not None:
        _set_method_name(directory, task.method)
    path = f"{directory}/{tasks.SETTINGS_FILE}"
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "w") as file:
        file.write(json.dumps(task.settings.to_fields(), indent=2, sort_keys=True))


def _set_method_name(directory: str, method: str) -> None:
    """Names the method of a signature, since `tf.saved_model.save` calls every one predict.

    TensorFlow Serving's classify and regress refuse signatures of any other method.
    """
    updater = tf.compat.v1.saved_model.signature_def_utils.MethodNameUpdater(directory)
    updater.replace_method_name(method, f"tensorflow/serving/{method}")
    updater.save()
