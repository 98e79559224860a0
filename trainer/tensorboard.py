"""Scalars for TensorBoard."""

import tensorflow as tf


class Logs:
    """Writes the metrics of each epoch as scalars."""

    def __init__(self, directory: str):
        """Opens a new event file in the directory."""
        self._writer = tf.summary.create_file_writer(directory)

    def write(self, epoch: int, metrics: dict[str, float]) -> None:
        """Writes one scalar a metric at the epoch, and flushes."""
        with self._writer.as_default(step=epoch):
            for name, value in metrics.items():
                tf.summary.scalar(name, value)
        self._writer.flush()
