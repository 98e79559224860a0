"""Masking: shares, what is spared, and on what a draw depends."""

import numpy as np
import pytest
import tensorflow as tf

from trainer.tasks import masked_language_model_masks as masks

_CLS, _SEP, _UNK, _MASK = 2, 3, 1, 4
_SIZE = 1000


def _texts(rows: int, length: int, padding: int = 0) -> np.ndarray:
    """Random texts as the tokenizer leaves them, `(rows, length + 2 + padding)`."""
    inner = np.random.default_rng(5).integers(5, _SIZE, (rows, length))
    marked = np.pad(inner, [(0, 0), (1, 0)], constant_values=_CLS)
    marked = np.pad(marked, [(0, 0), (0, 1)], constant_values=_SEP)
    return np.pad(marked, [(0, 0), (0, padding)])


def _mask(ids, seed=1, epoch=1, size=_SIZE) -> masks.Masked:
    made = masks.mask(tf.constant(ids), size, seed, epoch)
    return masks.Masked(*(tensor.numpy() for tensor in made))


@pytest.mark.parametrize(
    ("length", "count"),
    # 0.15 of each, rounded, at least one: 0.15, 0.45, 1.5 (halves go up), 3, 6.
    [(0, 0), (1, 1), (3, 1), (10, 2), (20, 3), (40, 6)],
)
def test_the_share_of_a_text_is_masked_by_number(length, count):
    masked = _mask(_texts(7, length))
    assert (masked.ids >= 0).sum(axis=1).tolist() == [count] * 7
    assert masked.positions.shape == masked.ids.shape == (7, count)


def test_eight_of_ten_are_masked_one_is_another_one_stays():
    ids = _texts(2000, 40)  # 12,000 are chosen; 4 standard deviations of a share are 0.015 at most
    masked = _mask(ids)
    shown = np.take_along_axis(masked.token_ids, masked.positions, axis=1)
    assert np.mean(shown == _MASK) == pytest.approx(0.8, abs=0.015)
    # One in 995 of the tokens put in place is the very one that stood there.
    assert np.mean(shown == masked.ids) == pytest.approx(0.1, abs=0.012)
    others = shown[(shown != _MASK) & (shown != masked.ids)]
    assert others.min() >= 5
    assert others.max() < _SIZE
    assert np.mean(others) == pytest.approx((5 + _SIZE - 1) / 2, abs=35)  # all alike


def test_every_place_is_chosen_alike():
    chosen = np.zeros(42)
    masked = _mask(_texts(2000, 40))
    np.add.at(chosen, masked.positions.ravel(), 1)
    assert chosen[[0, 41]].tolist() == [0, 0]
    assert chosen[1:41] / 2000 == pytest.approx(0.15, abs=0.035)


def test_what_is_not_chosen_stays_and_what_was_there_is_told():
    ids = _texts(50, 30, padding=6)
    masked = _mask(ids)
    restored = masked.token_ids.copy()
    np.put_along_axis(restored, masked.positions, masked.ids, axis=1)
    assert (restored == ids).all()
    assert ((masked.token_ids != ids).sum(axis=1) <= (masked.ids >= 0).sum(axis=1)).all()


def test_reserved_tokens_and_padding_are_never_chosen():
    ids = _texts(300, 20, padding=9)
    ids[:, 3], ids[:, 7] = _UNK, _MASK
    masked = _mask(ids)
    assert masked.ids.min() >= 5  # 18 of 20 may be, all rows have 3
    reserved = ids < 5
    assert (masked.token_ids[reserved] == ids[reserved]).all()


def test_texts_of_reserved_tokens_alone_have_nothing_masked():
    masked = _mask(np.array([[_CLS, _UNK, _SEP, 0], [_CLS, 9, _SEP, 0]]))
    assert masked.ids.tolist() == [[-1], [9]]
    assert masked.positions.tolist() == [[0], [1]]


def test_a_text_is_masked_alike_in_any_batch_and_however_it_is_padded():
    ids = _texts(20, 12)
    together = _mask(np.pad(ids, [(0, 0), (0, 11)]))
    for i in range(20):
        alone = _mask(ids[i : i + 1])
        assert (together.token_ids[i, :14] == alone.token_ids[0]).all()
        assert (together.ids[i] == alone.ids[0]).all()


def test_seeds_and_epochs_draw_for_themselves():
    ids = _texts(200, 40)
    first = _mask(ids, 1, 1)
    assert (_mask(ids, 1, 1).token_ids == first.token_ids).all()
    for seed, epoch in ((1, 2), (2, 1), (0, 1), (0, 0)):
        same = (_mask(ids, seed, epoch).token_ids == _MASK) & (first.token_ids == _MASK)
        # 0.12 of the tokens are masks, so 0.0144 both times if the draws have nothing in common.
        assert same[:, 1:-1].mean() == pytest.approx(0.0144, abs=0.006)


def test_places_of_masks_are_listed_in_order():
    positions, real = masks.positions_of(tf.constant([[False, True, True], [False] * 3]))
    assert positions.numpy().tolist() == [[1, 2], [0, 0]]
    assert real.numpy().tolist() == [[True, True], [False, False]]
    none, _ = masks.positions_of(tf.zeros((0, 3), tf.bool))
    assert none.shape == (0, 0)
