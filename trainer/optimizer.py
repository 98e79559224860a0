"""AdamW with warm-up and cosine decay."""

import keras

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


def build(
    train: config.TrainConfig, total_steps: int, num_replicas: int, loss_scaling: bool
) -> keras.optimizers.Optimizer:
    """Makes the optimizer; each replica hands it the mean over replicas of the summed gradients.

    Keras clips a replica's gradients before it sums them over the replicas. Handed the mean of the
    true gradient, and clipped at an equal part of the bound, they sum to the true gradient clipped
    at the bound, whatever the number of replicas.

    Args:
        train: Rates, decay and the bound.
        total_steps: Steps of the whole training.
        num_replicas: Replicas in sync.
        loss_scaling: Whether to scale the loss so that float16 gradients do not vanish.
    """
    clip_norm = train.clip_norm / num_replicas if train.clip_norm else None
    optimizer = keras.optimizers.AdamW(
        schedule(train, total_steps),
        weight_decay=train.weight_decay,
        beta_2=0.98,  # as in Vaswani et al. 2017, sec. 5.3: short trainings need a shorter memory
        global_clipnorm=clip_norm,
    )
    optimizer.exclude_from_weight_decay(var_names=list(_NO_DECAY))
    return keras.optimizers.LossScaleOptimizer(optimizer) if loss_scaling else optimizer
