import numpy as np
import pytest
import scipy.stats

from trainer.tasks import rank_sample


def _sample(truths, answers, limit=rank_sample.LIMIT):
    sample = rank_sample.RankSample(1, limit)
    for row in zip(truths, answers, strict=True):
        sample.add(np.array(row)[:, None])
    return sample


def _random(rows, seed=0):
    rng = np.random.default_rng(seed)
    truths = rng.normal(size=rows)
    return truths, truths + rng.normal(size=rows)


def test_equal_numbers_share_the_mean_of_their_ranks():
    values = np.array([3.0, 1.0, 3.0, 3.0, 2.0])
    assert rank_sample._ranks(values).tolist() == [4.0, 1.0, 4.0, 4.0, 2.0]
    drawn = np.random.default_rng(0).integers(0, 9, 100)
    np.testing.assert_array_equal(rank_sample._ranks(drawn), scipy.stats.rankdata(drawn))


def test_it_is_exact_up_to_the_limit():
    truths, answers = _random(3000)
    [found] = _sample(truths, answers, limit=3000).spearman()
    assert found == pytest.approx(scipy.stats.spearmanr(truths, answers).statistic, rel=1e-12)


def test_beyond_the_limit_a_sample_is_kept_and_no_more():
    truths, answers = _random(20_000)
    sample = _sample(truths, answers, limit=2000)
    [found] = sample.spearman()
    assert len(sample._settle()) == 2000
    # The sample's own error is about 1 / sqrt(2000); three times that is beyond chance.
    exact = scipy.stats.spearmanr(truths, answers).statistic
    assert found != exact
    assert found == pytest.approx(exact, abs=0.07)


def test_no_more_than_the_limit_and_a_block_is_ever_held():
    sample = _sample(*_random(5000), limit=500)
    assert sum(map(len, sample._blocks)) <= 500 + rank_sample._MAX_BLOCKS


def test_the_sample_is_the_same_however_the_rows_are_dealt_out():
    truths, answers = _random(4000)
    whole = _sample(truths, answers, limit=700)
    order = np.random.default_rng(1).permutation(4000)
    parts = [_sample(truths[of], answers[of], limit=700) for of in np.array_split(order, 3)]
    for other in parts[1:]:
        parts[0].merge(other)
    assert parts[0].spearman() == pytest.approx(whole.spearman(), rel=1e-12)


def test_digests_are_spread_evenly():
    rows = np.stack([np.arange(10_000) % 50, np.arange(10_000) // 50], axis=1).astype(float)
    shares = rank_sample._digests(rows) / 2.0**64
    counts, _ = np.histogram(shares, bins=10, range=(0, 1))
    assert counts.min() > 900  # 30 is the deviation that chance has
    assert len(np.unique(shares)) == 10_000


def test_a_constant_has_no_correlation():
    assert np.isnan(_sample([1.0, 2.0], [3.0, 3.0]).spearman()).all()
    assert np.isnan(rank_sample.RankSample(2).spearman()).all()
