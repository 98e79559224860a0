"""One layer of a transformer decoder."""

from typing import Any

import keras
from keras import ops

from trainer.layers import (
    cross_attention,
    key_value_cache,
    masks,
    recompute,
    transformer_block,
)


@keras.saving.register_keras_serializable(package="meritline")
class DecoderBlock(transformer_block.TransformerBlock):
    """Self-attention over the tokens so far, attention to a context if wanted, a feed-forward map.

    A whole text goes through it in one pass, each token reading itself and those before it. To
    generate, give it a `cache` and the tokens as they come: the first call takes the prompt at
    position 0, each further one what comes next, and the outputs are those of the one pass.

    Call it with a cache, or for weights, on real tensors alone, within a `tf.function` or not:
    Keras takes a layer that returns another number of tensors in a second functional model for
    broken.

    Args:
        hidden_dim: Width of the input, of the context and of the output.
        num_heads: Attention heads; must divide `hidden_dim`.
        intermediate_dim: Width inside the feed-forward map.
        has_context: Whether tokens attend to a context between the two other parts.
        **kwargs: The other arguments of `transformer_block.TransformerBlock`.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, key_len)`; True for a real token. None: all are.
            `key_len` is `max_length` with a cache and `seq_len` without.
        context: Float tensor `(batch, context_len, hidden_dim)`, such as an encoder's output, or
            what `precompute` made of it.
        context_mask: Boolean tensor `(batch, context_len)`; True for a real token. None: all are.
        cache: Keys and values `(batch, num_kv_heads, max_length, head_dim)` of the tokens before
            `position`, from `empty_cache` or the call before.
        position: Position of the first token, an integer or a scalar integer tensor; tokens must
            not reach beyond `max_length`.
        training: Whether dropout is on.
        return_weights: Whether to return the attention weights as well.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`, meaningless where there is padding. With
        `return_weights` or `cache` a tuple: after it come a dict of float32 weights, `self`
        `(batch, num_heads, seq_len, key_len)` and with a context `context` `(batch, num_heads,
        seq_len, context_len)`, and the cache with the new tokens.

    Raises:
        ValueError: If there is a context without `has_context` or none with it.

    References:
        Vaswani et al. 2017, sec. 3.1, arXiv:1706.03762
    """

    def __init__(
        self,
        hidden_dim: int,
        num_heads: int,
        intermediate_dim: int,
        *,
        has_context: bool = False,
        **kwargs: Any,
    ):
        super().__init__(hidden_dim, num_heads, intermediate_dim, **kwargs)
        self.has_context = has_context
        if has_context:
            policy = self.dtype_policy
            self.cross_attention = cross_attention.CrossAttention(
                hidden_dim,
                num_heads,
                self.dropout,
                self.num_kv_heads,
                dtype=policy,
                name="cross_attention",
            )
            self.cross_attention_norm = self._norm("cross_attention_norm")
            self.cross_attention_dropout = keras.layers.Dropout(self.dropout, dtype=policy)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs and contexts `(batch, length, hidden_dim)`."""
        if self.has_context:
            self.cross_attention_norm.build(input_shape)
            self.cross_attention.build(input_shape)
        super().build(input_shape)

    def call(
        self,
        x: keras.KerasTensor,
        padding_mask: keras.KerasTensor | None = None,
        context: keras.KerasTensor | key_value_cache.Cache | None = None,
        context_mask: keras.KerasTensor | None = None,
        cache: key_value_cache.Cache | None = None,
        position: int | keras.KerasTensor = 0,
        training: bool | None = None,
        return_weights: bool = False,
    ) -> Any:
        """Lets tokens read those before them and the context, then works on each alone."""
        if (context is not None) != self.has_context:
            raise ValueError(
                "`context` must be given where the block was made with `has_context`, and only "
                f"there. Received: has_context={self.has_context}, context={context}"
            )
        contexts = _as_tuple(context)
        attend = {
            "attention_mask": _mask(x, padding_mask, cache, position),
            "cache": cache,
            "position": position,
        }

        def forward(x: keras.KerasTensor, *contexts: keras.KerasTensor) -> tuple:
            return self._forward(x, contexts, attend, context_mask, training)

        if self.recompute and training and cache is None and not return_weights:
            return recompute.call(self, lambda *inputs: forward(*inputs)[0], x, *contexts)
        x, weights, cache = forward(x, *contexts)
        extras = (*([weights] if return_weights else []), *([cache] if cache else []))
        return (x, *extras) if extras else x

    def empty_cache(self, batch: int | keras.KerasTensor, max_length: int) -> key_value_cache.Cache:
        """Makes a cache for `max_length` tokens of each of `batch` texts, none written yet."""
        return self.attention.empty_cache(batch, max_length)

    def precompute(self, context: keras.KerasTensor) -> key_value_cache.Cache:
        """Makes of a context `(batch, context_len, hidden_dim)` what every call needs of it."""
        return self.cross_attention.precompute(context)

    def _forward(
        self,
        x: keras.KerasTensor,
        contexts: tuple[keras.KerasTensor, ...],
        attend: dict[str, Any],
        context_mask: keras.KerasTensor | None,
        training: bool | None,
    ) -> tuple[keras.KerasTensor, dict[str, keras.KerasTensor], key_value_cache.Cache | None]:
        attended, to_self, *cache = self.attention(
            self._enter(self.attention_norm, x), training=training, return_weights=True, **attend
        )
        dropped = self.attention_dropout(attended, training=training)
        x = self._leave(self.attention_norm, x, dropped)
        weights = {"self": to_self}
        if contexts:
            attended, weights["context"] = self.cross_attention(
                self._enter(self.cross_attention_norm, x),
                contexts[0] if len(contexts) == 1 else contexts,
                context_mask=context_mask,
                training=training,
                return_weights=True,
            )
            dropped = self.cross_attention_dropout(attended, training=training)
            x = self._leave(self.cross_attention_norm, x, dropped)
        return self._feed(x, training), weights, cache[0] if cache else None

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "has_context": self.has_context}


def _as_tuple(
    context: keras.KerasTensor | key_value_cache.Cache | None,
) -> tuple[keras.KerasTensor, ...]:
    """Lists the tensors of a context: none, itself, or its keys and values."""
    if context is None:
        return ()
    return tuple(context) if isinstance(context, tuple | list) else (context,)


def _mask(
    x: keras.KerasTensor,
    padding_mask: keras.KerasTensor | None,
    cache: key_value_cache.Cache | None,
    position: int | keras.KerasTensor,
) -> keras.KerasTensor:
    """Hides from each token what comes after it, and padding."""
    seq_len = ops.shape(x)[1]
    key_len = seq_len if cache is None else ops.shape(cache[0])[2]
    mask = masks.causal(seq_len, key_len, position)
    of_keys = masks.of_keys(padding_mask)
    return mask if of_keys is None else ops.logical_and(mask, of_keys)
