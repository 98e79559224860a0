"""The means, by hand; what holds for all rivals is in `rivals_models_test.py`."""

import keras
import numpy as np

from schemas import features
from trainer import rivals
from trainer.models import averaged_embeddings

_TABLE = np.array([[99, 99], [1, 2], [3, 6], [5, -2], [0, 4]], "float32")


def _model(num_segments: int | None = None) -> keras.Model:
    shape = rivals.Embeddings(embedding_dim=2, token_dropout=0.0)
    head = keras.layers.Identity()
    model = averaged_embeddings.build(shape, 5, 32, head, num_segments=num_segments)
    model.get_layer("token_embedding").set_weights([_TABLE])
    return model


def test_a_text_is_the_mean_of_its_tokens():
    outputs = _model()({features.TOKEN_IDS: np.array([[1, 2, 0], [3, 0, 0]])})
    np.testing.assert_allclose(outputs, [[2, 4], [5, -2]])


def test_a_pair_is_both_means_how_far_they_are_apart_and_their_product():
    inputs = {
        features.TOKEN_IDS: np.array([[1, 2, 3, 4, 0]]),
        features.SEGMENT_IDS: np.array([[0, 0, 1, 1, 0]]),
    }
    first, second = [2, 4], [2.5, 1]
    np.testing.assert_allclose(_model(2)(inputs), [[*first, *second, 0.5, 3, 5, 4]])
