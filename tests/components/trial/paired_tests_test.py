"""The tests against scipy's, and on cases that can be worked out."""

import numpy as np
import pytest
from scipy import stats

from components.trial import paired_tests
from trainer.tasks import regression_rows


def test_mcnemar_by_hand():
    first = np.array([1, 1, 1, 1, 1, 0, 1, 0])
    second = np.array([0, 0, 0, 0, 0, 1, 1, 0])
    # 5 won, 1 lost: twice (6 over 0 + 6 over 1) / 2^6.
    assert paired_tests.mcnemar(first, second) == pytest.approx(2 * 7 / 64)


def test_mcnemar_of_models_that_agree_is_1():
    assert paired_tests.mcnemar(np.array([1, 0]), np.array([1, 0])) == 1.0


def test_mcnemar_is_the_binomial_test_of_what_differs():
    rng = np.random.default_rng(1)
    first, second = rng.random(300) < 0.8, rng.random(300) < 0.7
    won, lost = (first & ~second).sum(), (~first & second).sum()
    expected = stats.binomtest(int(won), int(won + lost), 0.5).pvalue
    assert paired_tests.mcnemar(first.astype(int), second.astype(int)) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_all_signs_of_few_rows_are_tried_as_scipy_does(seed):
    differences = np.random.default_rng(seed).normal(0.3, 1.0, 10)
    expected = stats.permutation_test(
        (differences, np.zeros(10)),
        lambda x, y: np.mean(x - y),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=False,
    ).pvalue
    assert paired_tests.sign_flips(differences, 2**10, 1) == pytest.approx(expected)


def test_signs_of_hits_and_misses_are_mcnemar():
    rng = np.random.default_rng(2)
    first, second = (rng.random(12) < 0.7).astype(int), (rng.random(12) < 0.4).astype(int)
    exact = paired_tests.sign_flips((first - second).astype(float), 2**12, 1)
    assert exact == pytest.approx(paired_tests.mcnemar(first, second))


def test_a_sample_of_signs_is_near_the_t_test():
    differences = np.random.default_rng(3).normal(0.15, 1.0, 200)
    expected = stats.ttest_1samp(differences, 0.0).pvalue
    found = paired_tests.sign_flips(differences, 20_000, 1)
    assert found == pytest.approx(expected, abs=0.01)
    assert 0.001 < expected < 0.2


def test_a_sample_never_says_0():
    assert paired_tests.sign_flips(np.ones(100), 99, 1) == pytest.approx(1 / 100)


def test_rows_that_do_not_differ_say_nothing():
    differences = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    assert paired_tests.sign_flips(differences, 8, 1) == pytest.approx(2 / 8)
    assert paired_tests.sign_flips(np.zeros(5), 8, 1) == 1.0


def test_memory_is_bounded_and_changes_no_exact_p_value(monkeypatch):
    differences = np.random.default_rng(4).normal(0.5, 1.0, 8)
    whole = paired_tests.sign_flips(differences, 256, 1)
    monkeypatch.setattr(paired_tests, "_MAX_NUMBERS", 50)
    assert paired_tests.sign_flips(differences, 256, 1) == whole


def test_swaps_of_a_mean_are_flips_of_its_signs():
    rng = np.random.default_rng(5)
    truths = np.zeros(9)
    errors = np.abs(rng.normal(1.0, 1.0, (2, 9)))
    first, second = (regression_rows.RegressionRows(["y"], truths, each) for each in errors)
    found = paired_tests.swaps([first], [second], np.arange(9), 512, 1)
    assert found["mae"] == pytest.approx(paired_tests.sign_flips(errors[0] - errors[1], 512, 1))


def test_swaps_of_a_correlation_against_all_swaps_by_hand():
    rng = np.random.default_rng(6)
    truth = rng.normal(size=7)
    one, other = truth + rng.normal(0, 0.5, 7), truth + rng.normal(0, 2.0, 7)

    def difference(first, second):
        return stats.pearsonr(truth, first)[0] - stats.pearsonr(truth, second)[0]

    observed, beyond = abs(difference(one, other)), 0
    for number in range(2**7):
        swap = (number >> np.arange(7)) & 1 > 0
        first, second = np.where(swap, other, one), np.where(swap, one, other)
        beyond += abs(difference(first, second)) >= observed - 1e-9
    rows = [regression_rows.RegressionRows(["y"], truth, each) for each in (one, other)]
    found = paired_tests.swaps(rows[:1], rows[1:], np.arange(7), 128, 1)
    assert found["pearson"] == pytest.approx(beyond / 128)


def test_swaps_keep_units_together():
    rng = np.random.default_rng(7)
    errors = np.abs(rng.normal(1.0, 1.0, (2, 12)))
    first, second = (regression_rows.RegressionRows(["y"], np.zeros(12), e) for e in errors)
    units = np.repeat(np.arange(6), 2)
    found = paired_tests.swaps([first], [second], units, 64, 1)["mae"]
    of_units = (errors[0] - errors[1]).reshape(6, 2).sum(axis=1)
    assert found == pytest.approx(paired_tests.sign_flips(of_units, 64, 1))


def test_swaps_of_several_seeds_take_their_mean():
    rng = np.random.default_rng(8)
    errors = np.abs(rng.normal(1.0, 1.0, (2, 2, 8)))  # model, seed, row
    made = [[regression_rows.RegressionRows(["y"], np.zeros(8), e) for e in m] for m in errors]
    found = paired_tests.swaps(made[0], made[1], np.arange(8), 256, 1)["mae"]
    mean = errors.mean(axis=1)
    assert found == pytest.approx(paired_tests.sign_flips(mean[0] - mean[1], 256, 1))


def test_swaps_of_what_is_undefined_have_no_p_value(with_hits):
    rows = with_hits([1, 0, 1])
    found = paired_tests.swaps([rows], [rows], np.arange(3), 8, 1)
    assert np.isnan(found["auc"])
    assert found["accuracy"] == 1.0


def test_p_values_of_equal_models_are_spread_evenly():
    rng = np.random.default_rng(9)
    found = [paired_tests.sign_flips(rng.normal(0, 1, 40), 200, i) for i in range(300)]
    assert stats.kstest(found, "uniform").pvalue > 0.01


def test_holm_by_hand():
    # 3 x 0.01, then 2 x 0.02, then 1 x 0.03 raised to what came before it.
    assert paired_tests.holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert paired_tests.holm([0.6, 0.9]) == [1.0, 1.0]
    assert paired_tests.holm([]) == []


def test_holm_leaves_out_what_is_undefined():
    corrected = paired_tests.holm([0.02, float("nan"), 0.5])
    assert corrected[0] == pytest.approx(0.04)
    assert np.isnan(corrected[1])
    assert corrected[2] == 0.5
