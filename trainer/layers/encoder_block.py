"""One layer of the transformer encoder."""

import keras

from trainer.layers import masks, recompute, transformer_block


@keras.saving.register_keras_serializable(package="meritline")
class EncoderBlock(transformer_block.TransformerBlock):
    """Self-attention over all real tokens, then a feed-forward map of each.

    It is made with the arguments of `transformer_block.TransformerBlock`.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token. None: all are.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`, meaningless where there is padding; with
        `return_weights` also the float32 weights `(batch, num_heads, seq_len, seq_len)`.

    References:
        Vaswani et al. 2017, sec. 3.1, arXiv:1706.03762
    """

    def call(
        self,
        x: keras.KerasTensor,
        padding_mask: keras.KerasTensor | None = None,
        training: bool | None = None,
        return_weights: bool = False,
    ) -> keras.KerasTensor | tuple[keras.KerasTensor, keras.KerasTensor]:
        """Lets tokens read each other, then works on each alone."""
        mask = masks.of_keys(padding_mask)
        if self.recompute and training and not return_weights:
            return recompute.call(self, lambda x: self._forward(x, mask, training)[0], x)
        x, weights = self._forward(x, mask, training)
        return (x, weights) if return_weights else x

    def _forward(
        self, x: keras.KerasTensor, mask: keras.KerasTensor | None, training: bool | None
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        attended, weights = self.attention(
            self._enter(self.attention_norm, x),
            attention_mask=mask,
            training=training,
            return_weights=True,
        )
        dropped = self.attention_dropout(attended, training=training)
        x = self._leave(self.attention_norm, x, dropped)
        return self._feed(x, training), weights
