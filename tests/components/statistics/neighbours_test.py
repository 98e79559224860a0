"""Near texts are found with the chances that are promised, and others are not."""

import numpy as np
import pytest

from components.statistics import neighbours, signatures


def _lanes(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.integers(256, size=(count, signatures.LANES), dtype=np.uint8)


def _planted(jaccard: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Makes signatures of pairs whose lanes agree with a chance."""
    rng = np.random.default_rng(7)
    one, other = _lanes(rng, count), _lanes(rng, count)
    # A lane that should differ agrees by chance, as those of texts do.
    agree = rng.random(one.shape) < jaccard
    return one.view(np.uint32), np.where(agree, one, other).view(np.uint32)


@pytest.mark.parametrize(
    ("jaccard", "found"), [(0.3, 0.0), (0.5, 0.001), (0.695, 0.5), (0.782, 0.95), (0.9, 1.0)]
)
def test_pairs_are_found_with_the_chance_that_is_promised(jaccard: float, found: float) -> None:
    one, other = _planted(jaccard, 4000)
    partners, lanes = neighbours.across(one, other)
    share = (partners == np.arange(4000)).mean()
    assert share == pytest.approx(found, abs=4 * np.sqrt(found * (1 - found) / 4000) + 0.001)
    assert set(partners[partners >= 0]) <= set(np.arange(4000)[partners >= 0])
    assert np.array_equal(lanes >= neighbours.NEAR_LANES, partners >= 0)
    both, _ = neighbours.within(np.concatenate([one, other]))
    assert np.array_equal(both[:4000] >= 0, partners >= 0)
    assert np.array_equal(both[4000:] >= 0, partners >= 0)


def test_of_several_the_nearest_is_told() -> None:
    rng = np.random.default_rng(1)
    base = _lanes(rng, 1)
    others = np.repeat(base, 3, axis=0)
    for row, changed in enumerate((15, 4, 9)):
        others[row, :changed] ^= 1
    partners, lanes = neighbours.across(base.view(np.uint32), others.view(np.uint32))
    assert partners.tolist() == [1]
    assert lanes.tolist() == [60]


def test_equal_texts_are_each_others_and_not_their_own() -> None:
    rng = np.random.default_rng(2)
    values = np.concatenate([_lanes(rng, 50), np.repeat(_lanes(rng, 1), 30, axis=0)])
    partners, lanes = neighbours.within(values.view(np.uint32))
    assert (partners[:50] == -1).all()
    assert (partners[50:] >= 50).all()
    assert (partners[50:] != np.arange(50, 80)).all()
    assert (lanes[50:] == 64).all()


def test_a_crowd_that_shares_a_band_hides_no_pair() -> None:
    rng = np.random.default_rng(3)
    crowd = _lanes(rng, 2000)
    crowd[:, :4] = crowd[0, :4]  # the first band is the same in all
    crowd[1500] = crowd[200]
    crowd[1500, 10:20] ^= 1
    values = crowd.view(np.uint32)
    partners, _ = neighbours.within(values)
    assert partners[1500] == 200
    assert partners[200] == 1500
    assert (partners >= 0).sum() == 2
    assert neighbours.across(values[1500:1501], values[:1000])[0].tolist() == [200]


def test_a_pair_that_lies_in_crowds_alone_is_found_from_both_sides() -> None:
    rng = np.random.default_rng(4)
    pair = np.repeat(_lanes(rng, 1), 2, axis=0)
    pair[1, 48:] = _lanes(rng, 1)[0, 48:]
    crowds = _lanes(rng, 12 * 500)
    for band in range(12):  # all that the pair shares
        crowds[band * 500 : band * 500 + 500, band * 4 : band * 4 + 4] = pair[
            0, band * 4 : band * 4 + 4
        ]
    values = np.concatenate([crowds[:3000], pair[:1], crowds[3000:], pair[1:]]).view(np.uint32)
    partners, lanes = neighbours.within(values)
    assert np.flatnonzero(partners >= 0).tolist() == [3000, 6001]
    assert (partners[3000], partners[6001], lanes[3000]) == (6001, 3000, 48)


def test_among_no_texts_none_is_found() -> None:
    none = np.empty((0, signatures.BANDS), np.uint32)
    one = np.ones((1, signatures.BANDS), np.uint32)
    assert neighbours.within(none)[0].shape == (0,)
    assert neighbours.within(one)[0].tolist() == [-1]
    assert neighbours.across(one, none)[0].tolist() == [-1]
    assert neighbours.across(none, one)[0].shape == (0,)
