"""Token dropout: whole tokens are left out of a text while training."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class TokenDropout(keras.layers.Layer):
    """Turns tokens into padding at random while training, so that no single word decides a text.

    Attention and pooling then pass over them as they pass over padding. The others keep their
    positions, and the first token, which may stand for the text where it is pooled, always stays.
    Where a model has seen few texts this holds back overfitting better than dropping units does:
    each word must do without its neighbours at times.

    Args:
        rate: Probability that a token is left out, 0 to below 1.
        padding_id: The id that padding has.
        seed: Makes the choice reproducible.

    Call arguments:
        token_ids: Integer tensor `(batch, seq_len)`.
        training: Whether to drop; otherwise the ids come back as they are.

    Raises:
        ValueError: If `rate` is outside 0 to below 1.

    References:
        Iyyer et al. 2015, "Deep Unordered Composition Rivals Syntactic Methods for Text
        Classification", sec. 3.2, doi:10.3115/v1/P15-1162
    """

    def __init__(
        self, rate: float, padding_id: int = 0, seed: int | None = None, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)
        if not 0.0 <= rate < 1.0:
            raise ValueError(f"`rate` must be from 0 to below 1. Received: rate={rate}")
        self.rate = rate
        self.padding_id = padding_id
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, token_ids: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        """Returns the ids `(batch, seq_len)`, some of them replaced while training."""
        if not training or not self.rate:
            return token_ids
        draws = keras.random.uniform(ops.shape(token_ids), seed=self.seed_generator)
        first = ops.arange(ops.shape(token_ids)[1]) == 0  # (seq_len,)
        return ops.where((draws < self.rate) & ~first, self.padding_id, token_ids)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns the shape that comes in."""
        return input_shape

    def get_config(self) -> dict[str, object]:
        """Returns what `__init__` takes."""
        settings = {"rate": self.rate, "padding_id": self.padding_id, "seed": self.seed}
        return {**super().get_config(), **settings}
