"""An embedding both ways."""

import keras
import numpy as np
import pytest

from trainer.layers import reversible_embedding


@pytest.fixture
def layer():
    made = reversible_embedding.ReversibleEmbedding(3, 2)
    made.build()
    made.set_weights([np.array([[1.0, 0.0], [0.0, 2.0], [3.0, -1.0]])])
    return made


def test_ids_become_rows_and_vectors_products_with_them(layer):
    np.testing.assert_array_equal(layer(np.array([[2, 0]])), [[[3.0, -1.0], [1.0, 0.0]]])
    # Of (1, 2) with (1, 0), (0, 2), (3, -1).
    np.testing.assert_array_equal(
        layer(np.array([[[1.0, 2.0]]]), reverse=True), [[[1.0, 4.0, 1.0]]]
    )


def test_one_table_learns_from_both_directions(layer):
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, layer(layer(ids), reverse=True))
    assert [weight.shape for weight in model.trainable_weights] == [(3, 2)]
    assert model.output_shape == (None, None, 3)


def test_logits_are_of_the_compute_type():
    layer = reversible_embedding.ReversibleEmbedding(3, 2, dtype="mixed_bfloat16")
    logits = layer(np.zeros((1, 1, 2), "float32"), reverse=True)
    assert keras.backend.standardize_dtype(logits.dtype) == "bfloat16"


def test_its_config_makes_it_again(layer):
    again = reversible_embedding.ReversibleEmbedding.from_config(layer.get_config())
    assert (again.input_dim, again.output_dim) == (3, 2)
