"""What backbones of KerasHub have in common: their layers' weights as ours."""

from collections.abc import Mapping

import numpy as np

Weights = Mapping[str, np.ndarray]

# Ours to KerasHub's, of a block's layers that both lay out alike.
_ALIKE = {
    "feed_forward/expansion/kernel": "feedforward_intermediate_dense/kernel",
    "feed_forward/expansion/bias": "feedforward_intermediate_dense/bias",
    "feed_forward/contraction/kernel": "feedforward_output_dense/kernel",
    "feed_forward/contraction/bias": "feedforward_output_dense/bias",
    "attention_norm/gamma": "self_attention_layer_norm/gamma",
    "attention_norm/beta": "self_attention_layer_norm/beta",
    "feed_forward_norm/gamma": "feedforward_layer_norm/gamma",
    "feed_forward_norm/beta": "feedforward_layer_norm/beta",
}


def block(weights: Weights, theirs: str, attention: str, ours: str) -> dict[str, np.ndarray]:
    """Lays out the weights of one block.

    Args:
        weights: Path to value, of the backbone.
        theirs: Name of the block in it.
        attention: Name of the attention in the block.
        ours: Name of our block.
    """
    made = {f"{ours}/{name}": weights[f"{theirs}/{path}"] for name, path in _ALIKE.items()}
    place = f"{theirs}/{attention}"
    # One projection makes all heads of the queries, then those of the keys, then of the values.
    parts = ("query", "key", "value")
    kernels = [_flat(weights[f"{place}/{part}/kernel"]) for part in parts]
    biases = [weights[f"{place}/{part}/bias"].reshape(-1) for part in parts]
    output = weights[f"{place}/attention_output/kernel"]  # (num_heads, head_dim, hidden_dim)
    return {
        **made,
        f"{ours}/attention/input_projection/kernel": np.concatenate(kernels, axis=1),
        f"{ours}/attention/input_projection/bias": np.concatenate(biases),
        f"{ours}/attention/output_projection/kernel": output.reshape(-1, output.shape[-1]),
        f"{ours}/attention/output_projection/bias": weights[f"{place}/attention_output/bias"],
    }


def rows(table: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """Takes the rows of an embedding in our order; a new token's is the mean of all.

    With logits by the embedding's weights, a token whose row is the mean has the mean logit: by
    Jensen's inequality at most one part in `len(table)` of what the others have together.

    References:
        Hewitt 2021, "Initializing New Word Embeddings for Pretrained Language Models"
    """
    taken = table[np.maximum(order, 0)]
    taken[np.array(order) < 0] = table.mean(axis=0)
    return taken


def _flat(kernel: np.ndarray) -> np.ndarray:
    """Lays `(hidden_dim, num_heads, head_dim)` out as `(hidden_dim, num_heads * head_dim)`."""
    return kernel.reshape(kernel.shape[0], -1)
