"""What a user may set about the model and its training. Imports no TensorFlow."""

from typing import Literal

import pydantic

FROZEN_PARTS = ("embeddings", "encoder")  # of `train.freeze`, beside numbers of blocks
# What a weight's shape does not tell, or tells less well, of the model that `init_from` names.
ENCODER_KEYS = (
    *("num_layers", "hidden_dim", "num_heads", "num_kv_heads", "intermediate_dim"),
    *("norm", "norm_kind", "norm_epsilon", "positions", "activation"),
    *("embedding_scale", "embedding_norm"),
)


class Section(pydantic.BaseModel):
    """A frozen section of the config that refuses unknown keys."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class ModelConfig(Section):
    """The shape of the transformer.

    Attributes:
        num_layers: Blocks; of an encoder-decoder, those of each.
        hidden_dim: Width of the residual stream.
        num_heads: Attention heads; must divide `hidden_dim`.
        intermediate_dim: Width inside the feed-forward block.
        dropout: Probability of dropping a unit, 0 to below 1.
        token_dropout: Probability of leaving a token out of a text while training.
        norm: A norm before each sub-layer (`pre`) or after its residual (`post`).
        positions: Fixed sinusoids, a learned table of `tokenizer.max_length` rows, or rotations
            of queries and keys.
        activation: Non-linearity of the feed-forward block; `gelu_tanh` is GELU's approximation by
            tanh; `swiglu` has a third projection of `intermediate_dim` units.
        pooling: Mean over real tokens, or the first token, as the sequence's vector; `pooler` is
            the first token through a dense layer with tanh, as BERT has it.
        norm_kind: LayerNorm or RMSNorm.
        norm_epsilon: Added to the variance in each norm.
        embedding_scale: Whether embedded tokens are multiplied by the root of `hidden_dim`, so that
            they are as large as sinusoids.
        embedding_norm: Whether a norm stands between the embeddings and the first block.
        num_kv_heads: Heads of keys and values, shared by groups of query heads; must divide
            `num_heads`. Null: as many as `num_heads`.
        tied_embeddings: Whether the logits of a model that writes are made by the weights of its
            token embedding, or by weights of their own.
        init_from: A pushed or blessed model whose encoder and vocabulary this one starts from: its
            directory, that of its versions, or the name of a workspace; or the directory of a
            KerasHub preset. The head is new.
        recompute: Compute the activations of each block again in the backward pass rather than
            keep them: batches that do not fit in memory otherwise, at the cost of time.
    """

    num_layers: int = pydantic.Field(2, ge=1, le=96)
    hidden_dim: int = pydantic.Field(128, ge=2, le=16384)
    num_heads: int = pydantic.Field(4, ge=1, le=256)
    intermediate_dim: int = pydantic.Field(512, ge=1, le=65536)
    dropout: float = pydantic.Field(0.1, ge=0.0, lt=1.0)
    token_dropout: float = pydantic.Field(0.0, ge=0.0, lt=1.0)
    norm: Literal["pre", "post"] = "pre"
    positions: Literal["sinusoidal", "learned", "rotary"] = "sinusoidal"
    activation: Literal["gelu", "gelu_tanh", "relu", "swiglu"] = "gelu"
    pooling: Literal["mean", "first", "pooler"] = "mean"
    norm_kind: Literal["layer", "rms"] = "layer"
    norm_epsilon: float = pydantic.Field(1e-5, gt=0.0, le=1e-2)
    embedding_scale: bool = True
    embedding_norm: bool = False
    num_kv_heads: int | None = pydantic.Field(None, ge=1, le=256)
    tied_embeddings: bool = True
    init_from: str | None = pydantic.Field(None, min_length=1)
    recompute: bool = False

    @pydantic.model_validator(mode="after")
    def _heads_divide_hidden(self) -> "ModelConfig":
        if self.hidden_dim % self.num_heads:
            raise ValueError(
                "`num_heads` must divide `hidden_dim`. "
                f"Received: num_heads={self.num_heads}, hidden_dim={self.hidden_dim}"
            )
        if self.positions == "sinusoidal" and self.hidden_dim % 2:
            raise ValueError(
                "`hidden_dim` must be even for sinusoidal positions. "
                f"Received: hidden_dim={self.hidden_dim}"
            )
        head_dim = self.hidden_dim // self.num_heads
        if self.positions == "rotary" and head_dim % 2:
            raise ValueError(
                "`hidden_dim` / `num_heads` must be even for rotary positions. "
                f"Received: hidden_dim={self.hidden_dim}, num_heads={self.num_heads}"
            )
        return self

    @pydantic.model_validator(mode="after")
    def _key_heads_divide_heads(self) -> "ModelConfig":
        if self.num_kv_heads is not None and self.num_heads % self.num_kv_heads:
            raise ValueError(
                "`num_kv_heads` must divide `num_heads`. "
                f"Received: num_kv_heads={self.num_kv_heads}, num_heads={self.num_heads}"
            )
        return self


class TrainConfig(Section):
    """How the model is trained.

    Attributes:
        epochs: Passes over the train split at most; early stopping may end sooner.
        epoch_batches: Batches after which the eval split is judged and an epoch ends, for texts
            that are put into blocks: the next epoch goes on where it stopped. Null: one pass.
        batch_size: Examples in a global batch, summed over the replicas.
        accumulate_batches: Batches whose gradients make one step of the optimizer together, as
            one batch so many times as large would, in the memory of one.
        learning_rate: Peak of the schedule, reached at the end of the warm-up.
        warmup_fraction: Share of the optimizer's steps in which the rate rises linearly from 0.
        weight_decay: Decoupled decay of AdamW; biases and norms are left out.
        clip_norm: Bound on the global norm of the gradient; null turns clipping off.
        label_smoothing: Probability mass spread evenly over the classes.
        class_weights: What an example counts by its label: `balanced` has each label count as
            much as any other, a mapping gives labels their weights. Null: all alike.
        layer_decay: Share of the learning rate that a block has of the one above it; the head has
            the whole, the embeddings the least. 1 trains all alike.
        freeze: What stays as `model.init_from` has it: `embeddings`, a number of blocks from the
            first, with the embeddings, or the whole `encoder`.
        patience: Epochs without a better eval loss before training stops.
        precision: `auto` takes mixed_bfloat16 or mixed_float16 on a GPU that has it.
        strategy: Over what a batch is dealt out: all GPUs of this machine (`mirrored`), those of
            the workers that TF_CONFIG names (`multi_worker`; one worker without it), the cores of
            a TPU, or the one device that TensorFlow takes by itself (`none`).
        cpu_replicas: Replicas on the CPU where there is no GPU, for trying `mirrored`.
        cpu_workers: Processes on the CPU of this machine where TF_CONFIG names no workers, for
            trying `multi_worker`.
        seed: Seeds initial weights, dropout and the order of examples.
        backup_seconds: Time between two backups inside an epoch; each epoch ends with one.
    """

    epochs: int = pydantic.Field(10, ge=1, le=10_000)
    epoch_batches: int | None = pydantic.Field(None, ge=1, le=10**9)
    batch_size: int = pydantic.Field(64, ge=1, le=1_048_576)
    accumulate_batches: int = pydantic.Field(1, ge=1, le=65_536)
    learning_rate: float = pydantic.Field(1e-3, gt=0.0, le=10.0)
    warmup_fraction: float = pydantic.Field(0.1, ge=0.0, lt=1.0)
    weight_decay: float = pydantic.Field(0.01, ge=0.0, le=10.0)
    clip_norm: float | None = pydantic.Field(1.0, gt=0.0)
    label_smoothing: float = pydantic.Field(0.0, ge=0.0, lt=1.0)
    class_weights: Literal["balanced"] | dict[str, pydantic.PositiveFloat] | None = None
    layer_decay: float = pydantic.Field(1.0, gt=0.0, le=1.0)
    freeze: int | str | None = None
    patience: int = pydantic.Field(3, ge=1, le=10_000)
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = "auto"
    strategy: Literal["mirrored", "multi_worker", "tpu", "none"] = "mirrored"
    cpu_replicas: int = pydantic.Field(1, ge=1, le=64)
    cpu_workers: int = pydantic.Field(1, ge=1, le=64)
    seed: int = pydantic.Field(1, ge=0, le=2**31 - 1)
    backup_seconds: float = pydantic.Field(60.0, ge=0.0)

    @pydantic.field_validator("freeze", mode="before")
    @classmethod
    def _freeze_may_be_spelled(cls, freeze: object) -> object:
        # A config's numbers come as they are written, and text would do as well.
        return int(freeze) if isinstance(freeze, str) and freeze.isdecimal() else freeze

    @pydantic.field_validator("freeze")
    @classmethod
    def _freeze_is_known(cls, freeze: int | str | None) -> int | str | None:
        known = freeze >= 1 if isinstance(freeze, int) else freeze in (None, *FROZEN_PARTS)
        if not known:
            raise ValueError(
                f"`train.freeze` must be {', '.join(FROZEN_PARTS)} or a number of blocks from 1. "
                f"Received: {freeze}"
            )
        return freeze

    @pydantic.model_validator(mode="after")
    def _devices_go_with_the_strategy(self) -> "TrainConfig":
        for key, strategy in (("cpu_replicas", "mirrored"), ("cpu_workers", "multi_worker")):
            if getattr(self, key) > 1 and self.strategy != strategy:
                raise ValueError(
                    f"`train.{key}` must be 1 unless `train.strategy` is {strategy}. "
                    f"Received: {getattr(self, key)} with {self.strategy}"
                )
        if self.cpu_workers > self.batch_size:
            raise ValueError(
                f"`train.cpu_workers` must be at most `train.batch_size` ({self.batch_size}). "
                f"Received: {self.cpu_workers}"
            )
        if self.strategy == "tpu" and self.precision == "mixed_float16":
            raise ValueError(
                "`train.precision` must be one that a TPU computes: auto, float32 or "
                f"mixed_bfloat16. Received: {self.precision}"
            )
        return self


def frozen_beyond(freeze: int, num_layers: int) -> str:
    """Says that more blocks cannot be frozen than there are."""
    return f"`train.freeze` must be at most `model.num_layers` ({num_layers}). Received: {freeze}"
