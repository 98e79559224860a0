"""What Transform runs: `preprocessing_fn`, the same for all tasks."""

import functools
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from components.transform import config as config_lib
from components.transform import labels, tokenizer
from trainer import tasks


def preprocessing_fn(
    inputs: Mapping[str, tf.Tensor | tf.SparseTensor], custom_config: Mapping[str, Any]
) -> dict[str, tf.Tensor | tf.SparseTensor]:
    """Turns raw features into what the model reads.

    Args:
        inputs: Raw features, one value a row: dense `(batch,)` or `(batch, 1)`, or sparse.
        custom_config: `task`, the name of a task; `tokenizer`, the fields of `TokenizerConfig`;
            `labels`, the known labels in the order of their ids, or None to learn them. Other keys
            are there for the cache's sake.

    Returns:
        The features that the task's `transform` makes.
    """
    config = config_lib.TokenizerConfig.model_validate(custom_config["tokenizer"])
    return tasks.get(custom_config["task"]).transform(
        {name: _column(value) for name, value in inputs.items()},
        tokenize=tokenizer.Tokenizer(config),
        label_ids=functools.partial(labels.label_ids, known=custom_config.get("labels")),
    )


def _column(value: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
    """Makes a raw feature dense, `(batch,)`; a row without a value gets the empty one."""
    if isinstance(value, tf.SparseTensor):
        one_wide = tf.sparse.slice(value, [0, 0], [value.dense_shape[0], 1])
        value = tf.sparse.to_dense(tf.sparse.reset_shape(one_wide, [value.dense_shape[0], 1]))
    return tf.reshape(value, [-1])
