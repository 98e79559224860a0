"""How far a small sample may be off by chance alone, so that it is not blamed for it.

Each allowance is added to a limit, and goes to 0 as rows grow.
"""

import math

# Standard errors: of honest checks, fewer than one in a hundred goes beyond by chance.
_DEVIATIONS = 3.0

# Words come in clumps, as a text that has one is likely to have it again. Random halves of IMDB
# reviews, AG News, SMS and the demo's sentences were 1.1 to 1.7 times as far apart as independent
# words would be, from 20 texts to 10,000.
_WORD_CLUMPING = 2.0


def of_share(limit: float, total: int) -> float:
    """Computes the allowance on a share of rows.

    Args:
        limit: The largest share, 0 to 1; 0 means none at all, so nothing is allowed above it.
        total: Rows looked at.
    """
    return _DEVIATIONS * math.sqrt(limit * (1.0 - limit) / total)


def of_infinity_norm(rows: int, other_rows: int) -> float:
    """Computes the allowance on the largest difference between shares of one value.

    It is that of a value which half of the rows have, where chance is largest.
    """
    return _DEVIATIONS * 0.5 * math.sqrt(1.0 / rows + 1.0 / other_rows)


def of_divergence(buckets: int, rows: int, other_rows: int) -> float:
    """Computes the allowance on the Jensen-Shannon divergence of two histograms, in bits.

    Between two samples of one distribution it is about a chi-squared variable with `buckets - 1`
    degrees of freedom, times `(1 / rows + 1 / other_rows) / (8 ln 2)`: its expansion to second
    order around equal histograms.
    """
    freedom = max(buckets - 1, 1)
    quantile = freedom + _DEVIATIONS * math.sqrt(2.0 * freedom)
    return quantile * (1.0 / rows + 1.0 / other_rows) / (8.0 * math.log(2.0))


def of_words(buckets: int, words: int, other_words: int) -> float:
    """Computes the allowance on the divergence of two counts of words, in bits.

    Args:
        buckets: Those that either count has words in.
        words: Words counted, with repeats.
        other_words: Of the other count.
    """
    return _WORD_CLUMPING * of_divergence(buckets, words, other_words)
