"""What a user may set about the rivals, the cheaper models beside a transformer.

Imports no TensorFlow.

All that makes up the budget, such as epochs, batches, patience, seed and precision, is the run's
own, in `train`: rivals and transformer learn from the same batches in the same order. A rival has
of its own what no two architectures share: its shape, its dropout, and how fast it learns.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import pydantic

from trainer import config

TRANSFORMER = "transformer"  # the candidate that they put on trial


class Rival(config.Section):
    """What every rival has.

    Attributes:
        learning_rate: Peak of the schedule, instead of `train.learning_rate`.
        weight_decay: Decoupled decay of AdamW, instead of `train.weight_decay`.
        tied_embeddings: Whether a language model's logits are made by the weights of its token
            embedding, as they are in every rival that has one.
    """

    tied_embeddings: ClassVar[bool] = True

    learning_rate: float = pydantic.Field(1e-3, gt=0.0, le=10.0)
    weight_decay: float = pydantic.Field(0.01, ge=0.0, le=10.0)

    def train(self, of_run: config.TrainConfig) -> config.TrainConfig:
        """Returns how the rival is trained: as the run says, but at its own rates.

        It starts from no other model, so that nothing of it is frozen or learns more slowly.
        """
        own = {"learning_rate": self.learning_rate, "weight_decay": self.weight_decay}
        return of_run.model_copy(update={**own, "freeze": None, "layer_decay": 1.0})


class Linear(Rival):
    """A linear model of TF-IDF-weighted n-grams.

    Attributes:
        order: Longest n-grams, in tokens.
        buckets: Features that n-grams of two tokens or more are hashed into.
        min_texts: Texts of the train split that an n-gram must stand in to be a feature.
        token_dropout: Probability of leaving a token out of a text while training.
    """

    learning_rate: float = pydantic.Field(0.01, gt=0.0, le=10.0)
    weight_decay: float = pydantic.Field(0.0, ge=0.0, le=10.0)
    order: int = pydantic.Field(2, ge=1, le=8)
    buckets: int = pydantic.Field(2**18, ge=1, le=2**26)
    min_texts: int = pydantic.Field(2, ge=1, le=10**9)
    token_dropout: float = pydantic.Field(0.0, ge=0.0, lt=1.0)


class Embeddings(Rival):
    """The mean of the tokens' vectors.

    Attributes:
        embedding_dim: Width of a token's vector.
        token_dropout: Probability of leaving a token out of a text while training.
    """

    learning_rate: float = pydantic.Field(3e-3, gt=0.0, le=10.0)
    embedding_dim: int = pydantic.Field(128, ge=1, le=16384)
    token_dropout: float = pydantic.Field(0.3, ge=0.0, lt=1.0)


class Cnn(Rival):
    """Convolutions of several widths over the tokens.

    Attributes:
        embedding_dim: Width of a token's vector.
        widths: Tokens that each kind of filter sees.
        filters: Filters of each width.
        dropout: Probability of dropping what a filter has found, 0 to below 1.
        token_dropout: Probability of leaving a token out of a text while training.
    """

    embedding_dim: int = pydantic.Field(128, ge=1, le=16384)
    widths: tuple[pydantic.PositiveInt, ...] = pydantic.Field((3, 4, 5), min_length=1)
    filters: int = pydantic.Field(100, ge=1, le=65536)
    dropout: float = pydantic.Field(0.5, ge=0.0, lt=1.0)
    token_dropout: float = pydantic.Field(0.0, ge=0.0, lt=1.0)


class Lstm(Rival):
    """Long short-term memory, in both directions where the task lets it see what comes after.

    Attributes:
        num_layers: Layers of memory.
        embedding_dim: Width of a token's vector.
        hidden_dim: Width of the memory, of each direction.
        dropout: Probability of dropping a unit between layers, 0 to below 1.
        token_dropout: Probability of leaving a token out of a text while training.
    """

    num_layers: int = pydantic.Field(1, ge=1, le=16)
    embedding_dim: int = pydantic.Field(128, ge=1, le=16384)
    hidden_dim: int = pydantic.Field(128, ge=1, le=16384)
    dropout: float = pydantic.Field(0.3, ge=0.0, lt=1.0)
    token_dropout: float = pydantic.Field(0.0, ge=0.0, lt=1.0)


class NGram(Rival):
    """Counts of n-grams, smoothed; nothing of it is trained, and its rates are heeded by nobody.

    Attributes:
        order: Longest n-grams, in tokens; null: 5 of up to 1,000 different tokens, as characters
            are, else 3.
        max_n_grams: Different n-grams of all lengths that there is room for.
    """

    order: int | None = pydantic.Field(None, ge=2, le=16)
    max_n_grams: int = pydantic.Field(2**20, ge=1, le=2**28)

    def train(self, of_run: config.TrainConfig) -> config.TrainConfig:
        """Returns a single batch, which only tells the loss: all is counted before it."""
        return super().train(of_run).model_copy(update={"epochs": 1, "epoch_batches": 1})


# The architectures that a rival's settings are the shape of; all others are transformers.
_OF_ARCHITECTURE: Mapping[str, type[Rival]] = {
    "linear": Linear,
    "averaged_embeddings": Embeddings,
    "cnn": Cnn,
    "lstm": Lstm,
    "lstm_decoder": Lstm,
    "n_gram": NGram,
}

Shape = config.ModelConfig | Rival


def shape(architecture: str, fields: Mapping[str, Any]) -> Shape:
    """Reads the shape of a model of that architecture back from its fields."""
    made: type[Shape] = _OF_ARCHITECTURE.get(architecture, config.ModelConfig)
    return made(**fields)


class RivalSettings(config.Section):
    """The settings of each rival, by the name that `rivals` has it by.

    Attributes:
        linear: Those of the linear model.
        embeddings: Those of the mean of vectors.
        cnn: Those of the convolutions.
        lstm: Those of the memory.
        ngram: Those of the counts.
    """

    linear: Linear = Linear.model_validate({})
    embeddings: Embeddings = Embeddings.model_validate({})
    cnn: Cnn = Cnn.model_validate({})
    lstm: Lstm = Lstm.model_validate({})
    ngram: NGram = NGram.model_validate({})

    def of(self, rival: str) -> Rival:
        """Returns the settings of one."""
        settings: Rival = getattr(self, rival)
        return settings
