"""The convolutions, by hand; what holds for all rivals is in `rivals_models_test.py`."""

import keras
import numpy as np

from schemas import features
from trainer import rivals
from trainer.models import cnn


def _model(**settings) -> keras.Model:
    shape = rivals.Cnn(**{"embedding_dim": 1, "widths": (2,), "filters": 1, **settings})
    return cnn.build(shape, 10, 32, keras.layers.Identity())


def _answer(model: keras.Model, *ids: int) -> float:
    return float(model({features.TOKEN_IDS: np.array([ids])})[0, 0])


def test_a_filter_finds_its_phrase_wherever_it_stands():
    model = _model()
    model.get_layer("token_embedding").set_weights([np.arange(10.0)[:, None]])
    # 2 * one token - 1 * the next, and 0.5 less.
    model.get_layer("filters_of_2").set_weights([np.array([[2.0], [-1.0]]), np.array([-0.5])])

    assert _answer(model, 5, 1, 2) == 2 * 5 - 1 - 0.5
    assert _answer(model, 2, 5, 1, 0, 0) == 2 * 5 - 1 - 0.5
    # The last token and the padding after it are no phrase: 2 * 2 - 0 would be the largest.
    assert _answer(model, 1, 2, 0) == 0.0


def test_a_text_shorter_than_a_filter_is_read_after_zeros():
    model = _model()
    model.get_layer("token_embedding").set_weights([np.arange(10.0)[:, None]])
    model.get_layer("filters_of_2").set_weights([np.array([[2.0], [3.0]]), np.array([0.0])])
    assert _answer(model, 4) == 3 * 4


def test_there_are_so_many_filters_of_each_width():
    model = _model(embedding_dim=6, widths=(3, 4, 5), filters=7)
    kernels = [model.get_layer(f"filters_of_{width}").kernel.shape for width in (3, 4, 5)]
    assert kernels == [(18, 7), (24, 7), (30, 7)]
    assert model.output_shape == (None, 21)


def test_what_filters_found_is_dropped_in_training():
    model = _model(embedding_dim=6, filters=200, dropout=0.5)
    inputs = {features.TOKEN_IDS: np.arange(1, 10)[None]}
    plain, dropping = (np.asarray(model(inputs, training=t))[0] for t in (False, True))
    found = plain > 0
    kept = dropping[found] > 0
    assert 0.3 < kept.mean() < 0.7
    np.testing.assert_allclose(dropping[found][kept], 2 * plain[found][kept], rtol=1e-6)
