"""AdamW with warm-up and cosine decay."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from trainer import config

# Biases and the scales of norms are left out of weight decay, as in Loshchilov & Hutter's
# successors (GPT-3, appendix B, arXiv:2005.14165): shrinking them only takes capacity away.
_NO_DECAY = ("bias", "beta", "gamma")


def schedule(train: config.TrainConfig, total_steps: int) -> keras.optimizers.schedules.CosineDecay:
    """Makes a rate that rises linearly from 0 to its peak and then falls as a cosine to 0.

    References:
        Loshchilov & Hutter 2017, eq. 5, arXiv:1608.03983
    """
    warmup_steps = int(total_steps * train.warmup_fraction)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup_steps else train.learning_rate,
        decay_steps=max(total_steps - warmup_steps, 1),
        warmup_target=train.learning_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
    )


class _AdamW(keras.optimizers.AdamW):
    """AdamW with a learning rate of its own for each weight.

    Args:
        rates: Path of a weight to its share of the rate; 1 where none is given.
        *args: What Keras's takes.
        **kwargs: What Keras's takes.
    """

    def __init__(self, rates: Mapping[str, float], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weight_decay: float
        self._rates = dict(rates)

    def build(self, variables: list[keras.Variable]) -> None:
        """Makes the moments, and finds each variable's share by its path."""
        super().build(variables)
        self._shares = {self._var_key(v): self._rates.get(v.path, 1.0) for v in variables}

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: Any) -> None:
        """Updates a variable."""
        share = self._shares[self._var_key(variable)]
        super().update_step(gradient, variable, learning_rate * share)

    def _all_reduce_sum_gradients(
        self, grads_and_vars: Iterable[tuple[tf.Tensor, tf.Variable]]
    ) -> list[tuple[tf.Tensor, tf.Variable]]:
        """Leaves gradients as they are, which are those of the whole batch already.

        Keras would sum them over the replicas here, after it has clipped those of each for itself.
        """
        return list(grads_and_vars)

    def _apply_weight_decay(self, variables: list[keras.Variable]) -> None:
        """Decays weights as much slower as they learn: AdamW's decay goes with the rate."""
        whole: float = self.weight_decay
        for share in sorted({self._shares[self._var_key(v)] for v in variables}):
            self.weight_decay = whole * share
            alike = [v for v in variables if self._shares[self._var_key(v)] == share]
            super()._apply_weight_decay(alike)
        self.weight_decay = whole


def build(
    train: config.TrainConfig,
    total_steps: int,
    loss_scaling: bool,
    rates: Mapping[str, float] | None = None,
) -> keras.optimizers.Optimizer:
    """Makes the optimizer; each replica hands it the gradient of the whole batch.

    Args:
        train: Rates, decay and the bound.
        total_steps: Steps of the whole training.
        loss_scaling: Whether to scale the loss so that float16 gradients do not vanish.
        rates: Path of a weight to the share of the learning rate, and so of the decay, that it is
            trained at; None, or any not named: the whole.
    """
    optimizer = _AdamW(
        rates or {},
        schedule(train, total_steps),
        weight_decay=train.weight_decay,
        beta_2=0.98,  # as in Vaswani et al. 2017, sec. 5.3: short trainings need a shorter memory
        global_clipnorm=train.clip_norm,
    )
    optimizer.exclude_from_weight_decay(var_names=list(_NO_DECAY))
    return keras.optimizers.LossScaleOptimizer(optimizer) if loss_scaling else optimizer
