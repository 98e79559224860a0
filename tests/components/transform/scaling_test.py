import numpy as np
import pytest
import tensorflow as tf

from components.transform import scaling
from schemas import errors, features

_RNG = np.random.default_rng(0)
# Far from 0 beside their spread, as years are; and as small as probabilities.
_VALUES = np.stack([1980 + 20 * _RNG.random(500), 1e-4 * _RNG.random(500)], axis=1)


def _preprocess(inputs):
    columns = [tf.reshape(inputs[name], [-1]) for name in ("year", "share")]
    return {"scaled": scaling.standardize(tf.stack(columns, axis=1), ("year", "share"))}


@pytest.fixture(scope="module")
def scaled(run_transform):
    rows = [{"year": float(year), "share": float(share)} for year, share in _VALUES]
    return run_transform(rows, _preprocess, [{"year": 3000.0, "share": 0.0}])


def test_the_split_learned_from_has_mean_0_and_deviation_1(scaled):
    learned = np.array([row["scaled"] for row in scaled[0][:500]], np.float64)
    np.testing.assert_allclose(learned.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(learned.std(axis=0), 1.0, rtol=1e-5)


def test_another_row_is_scaled_by_what_was_learned(scaled):
    values = _VALUES.astype(np.float32).astype(np.float64)
    expected = (np.array([3000.0, 0.0]) - values.mean(axis=0)) / values.std(axis=0)
    np.testing.assert_allclose(scaled[0][-1]["scaled"], expected, rtol=1e-5)


def test_the_asset_tells_name_mean_and_deviation(scaled):
    values = _VALUES.astype(np.float32).astype(np.float64)
    lines = scaled[1].vocabulary_by_name(features.TARGET_SCALES)
    told = [line.decode().split("\t") for line in lines]
    assert [name for name, *_ in told] == ["year", "share"]
    numbers = np.array([[float(mean), float(std)] for _, mean, std in told])
    np.testing.assert_allclose(numbers[:, 0], values.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(numbers[:, 1], values.std(axis=0), rtol=1e-9)


def test_a_constant_is_refused_by_name(run_transform):
    rows = [{"year": float(i), "share": 0.1} for i in range(5)]
    with pytest.raises(
        Exception,
        match=r"`share` must have at least 2 different values in the train split to be learned\. "
        r"Received: 0\.1 in all of 5 rows",
    ):
        run_transform(rows, _preprocess)


def test_moments_of_parts_add_up_to_those_of_the_whole():
    values = 1e6 + np.random.default_rng(1).normal(size=(101, 3))
    parts = [values[:0], values[:1], values[1:40], values[40:]]
    merged = scaling._merge([scaling.Moments.of(part) for part in parts], width=3)
    assert merged.count == 101
    np.testing.assert_allclose(merged.means, values.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(merged.deviations("abc"), values.std(axis=0), rtol=1e-9)


def test_equal_numbers_are_constant_whatever_rounding_makes_of_their_mean():
    moments = scaling._merge([scaling.Moments.of(np.full((7, 1), 0.1))] * 13, width=1)
    with pytest.raises(errors.DataError, match="`it` must have at least 2 different values"):
        moments.deviations(["it"])
