"""Scalars are on disk as soon as they are written."""

import pytest
import tensorflow as tf

from trainer import tensorboard


def test_each_metric_is_a_scalar_at_its_epoch(tmp_path):
    logs = tensorboard.Logs(str(tmp_path))
    logs.write(1, {"loss": 0.7, "eval_loss": 0.6})
    logs.write(2, {"loss": 0.5, "eval_loss": 0.4})

    [path] = tmp_path.iterdir()
    scalars = {
        (value.tag, event.step): float(tf.make_ndarray(value.tensor))
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    assert scalars == pytest.approx(
        {("loss", 1): 0.7, ("eval_loss", 1): 0.6, ("loss", 2): 0.5, ("eval_loss", 2): 0.4}
    )
