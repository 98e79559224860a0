"""The corrected resampled t interval, worked out by hand and by NumPy."""

import numpy as np
import pytest
from scipy import stats

from components.cross_validation import intervals


def test_an_interval_worked_out_by_hand():
    found = intervals.corrected([0.7, 0.8, 0.9], held_out=50, learned_from=100, alpha=0.05)
    # s^2 = 0.01, (1/3 + 1/2) * 0.01 = 0.0083333, its root 0.0912871; t of 2 degrees 4.3026527.
    assert found.mean == pytest.approx(0.8)
    assert found.high - found.mean == pytest.approx(4.3026527 * 0.0912871, abs=1e-6)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


@pytest.mark.parametrize("count", [2, 5, 10])
def test_it_is_wider_than_students_by_what_trainings_share(count):
    values = np.random.default_rng(count).normal(0.8, 0.02, count)
    held_out, learned_from = 1.0, count - 1.0
    found = intervals.corrected(values, held_out, learned_from, alpha=0.1)
    usual = stats.t.interval(0.9, count - 1, loc=values.mean(), scale=stats.sem(values))
    wider = np.sqrt(1.0 + count * held_out / learned_from)
    assert found.high - found.mean == pytest.approx(wider * (usual[1] - values.mean()))


def test_a_single_value_has_no_interval():
    with pytest.raises(ValueError, match="at least 2"):
        intervals.corrected([0.5], 1, 1, 0.05)
