"""What Transform runs: `preprocessing_fn`, the same for all tasks."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from components.transform import config as config_lib
from components.transform import tools
from trainer import tasks
from trainer.tasks import raw


def preprocessing_fn(
    inputs: Mapping[str, tf.Tensor | tf.SparseTensor], custom_config: Mapping[str, Any]
) -> dict[str, tf.Tensor | tf.SparseTensor]:
    """Turns raw features into what the model reads.

    Args:
        inputs: Raw features, one value a row: dense `(batch,)` or `(batch, 1)`, or sparse.
        custom_config: `task`, the fields of a task's settings; `tokenizer`, the fields of
            `TokenizerConfig`; `labels`, the known labels in the order of their ids, or None to
            learn them; `vocabulary`, likewise of the tokens, and `merges` of pieces of bytes where
            there are such. Others are there for the cache.

    Returns:
        The features that the task's `transform` makes.
    """
    task = tasks.get(tasks.Settings.from_fields(custom_config["task"]))
    names = (
        *task.contract.request_features(task.settings),
        *task.contract.training_features(task.settings),
    )
    return task.transform(
        {name: raw.column(inputs[name]) for name in names},
        tools.Tools(
            config_lib.TokenizerConfig.model_validate(custom_config["tokenizer"]),
            custom_config.get("labels"),
            custom_config.get("vocabulary"),
            custom_config.get("merges", ()),
        ),
    )
