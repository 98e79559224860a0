"""Whether the transformer has earned its place, and who wins: decisions and sentences.

What is asked of a rival is whether the transformer is better than it, and by how much. The smallest
difference that matters, the tolerance, is the user's to set:

- the transformer is `ahead` of a rival where the interval of the difference lies above 0 and the
  corrected p-value is below alpha;
- a rival is `enough` where the interval lies below the tolerance: whatever the truth is within it,
  the transformer brings less than matters. This goes first: where the interval lies between 0 and
  the tolerance, the transformer is better for sure, and by too little for sure. It is the half of
  two one-sided tests of equivalence that asks whether the rival is not inferior, at half of alpha,
  and alpha is divided by the number of rivals, since any of them will do;
- otherwise the data leaves it `open`.

An interval of few rows may be narrow by chance: five rows that both models have right differ by
nothing in every draw. So a rival is enough only from so many rows on that a difference of the
tolerance would hardly have left no trace in them.

References:
    Schuirmann 1987, doi:10.1007/BF01068419, for the two one-sided tests; Hanley and Lippman-Hand
    1983, doi:10.1001/jama.1983.03330370053031, for what nothing seen in n rows tells
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Literal

from scipy import special

from components.trial import comparison
from schemas import metrics as metrics_lib

WARRANTED, NOT_WARRANTED, NOT_DECIDED = "warranted", "not warranted", "not decided"
Standing = Literal["ahead", "enough", "open"]
Policy = Literal["advise", "cheapest", "best"]
# Below it the percentiles of draws are of little worth, whatever they are.
_LEAST_UNITS = 30
# Chance of a decision with as many rows as are said to be needed.
_POWER = 0.8


@dataclasses.dataclass(frozen=True)
class Rules:
    """What decides.

    Attributes:
        metric: The metric that decides.
        known: What one knows of it.
        tolerance: The smallest difference in it that matters.
        alpha: Chance of a wrong decision.
    """

    metric: str
    known: metrics_lib.Metric
    tolerance: float
    alpha: float

    def least_units(self) -> int:
        """Tells from how many units on nothing seen means that nothing that matters is there.

        If a share of t of all units differed, n units would show none of them with the chance
        (1 - t)^n, which is alpha at the n that is told here. A unit moves a bounded metric by its
        range over n at most.
        """
        low, high = self.known.minimum, self.known.maximum
        span = high - low if low is not None and high is not None else 1.0
        share = self.tolerance / span
        if self.known.maximum is None or not 0 < share < 1:
            return _LEAST_UNITS  # without a range no number of rows follows
        return max(_LEAST_UNITS, math.ceil(math.log(self.alpha) / math.log1p(-share)))


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the trial has come to.

    Attributes:
        decision: `warranted`, `not warranted` or `not decided`.
        reasons: Why, in sentences, one for each rival that counts.
        standings: Rival to `ahead` (the transformer is), `enough` (the rival is) or `open`.
        rows_needed: About how many test rows would decide, where these did not; None where these
            did, or where no number would.
    """

    decision: str
    reasons: tuple[str, ...]
    standings: Mapping[str, Standing]
    rows_needed: int | None


def judge(
    differences: Sequence[comparison.Difference],
    units: int,
    costs: Mapping[str, float],
    rules: Rules,
) -> Verdict:
    """Decides whether the transformer has earned its place.

    Args:
        differences: Of the transformer from each rival, in the metric that decides, on all rows.
        units: How many units there are.
        costs: Candidate to what its predictions cost, in any unit. A rival that costs no less than
            the transformer cannot take its place by being enough.
        rules: What decides.
    """
    if not differences:
        return Verdict(NOT_DECIDED, ("the test split has no examples",), {}, None)
    standings = {each.second: standing(each, units, rules) for each in differences}
    cheaper = {each.second: costs[each.second] < costs[each.first] for each in differences}
    replacing = [d for d in differences if standings[d.second] == "enough" and cheaper[d.second]]
    if replacing:
        return Verdict(
            NOT_WARRANTED, tuple(_enough(each, rules) for each in replacing), standings, None
        )
    left = [each for each in differences if not _is_passed(each, standings, cheaper, rules)]
    if not left:
        reasons = tuple(_passed(each, standings[each.second], rules) for each in differences)
        return Verdict(WARRANTED, reasons, standings, None)
    needed = {each.second: rows_needed(each, units, len(differences), rules) for each in left}
    reasons = tuple(_open(each, units, needed[each.second], rules) for each in left)
    return Verdict(NOT_DECIDED, reasons, standings, _first_to_decide(left, needed, rules))


def standing(difference: comparison.Difference, units: int, rules: Rules) -> Standing:
    """Tells how the transformer stands to a rival."""
    high, low = difference.corrected_high, difference.low
    differs = difference.corrected_p is not None and difference.corrected_p < rules.alpha
    is_better = high is not None and high < 0 and differs
    # Few rows may show that a rival is better, but not that nothing worth heeding is there.
    if is_better or (high is not None and high < rules.tolerance and units >= rules.least_units()):
        return "enough"
    if low is not None and low > 0 and differs:
        return "ahead"
    return "open"


def rows_needed(
    difference: comparison.Difference, units: int, rivals: int, rules: Rules
) -> int | None:
    """Estimates how many rows would decide between two candidates, with a chance of 4 in 5.

    Intervals shrink with the root of the rows. What is needed is that the interval ends within the
    margin, above 0, below 0 or below the tolerance, whichever is nearer to be reached, if the
    difference stays what it is.

    Returns:
        Rows, with two digits that mean something; None where no number would do.

    References:
        Lehr 1992, doi:10.1002/sim.4780110811, for rows and power
    """
    value, low, high = difference.value, difference.low, difference.high
    if value is None or low is None or high is None:
        return None
    error = (high - low) / 2 / special.ndtri(1 - rules.alpha / 2)
    ways = (
        (value, rules.alpha / 2, units + 1),
        (-value, rules.alpha / 2 / rivals, units + 1),
        (rules.tolerance - value, rules.alpha / 2 / rivals, max(rules.least_units(), units + 1)),
    )
    found = [
        max(
            units * (error * (special.ndtri(1 - tail) + special.ndtri(_POWER)) / margin) ** 2, least
        )
        for margin, tail, least in ways
        if margin > 0
    ]
    return _rounded(min(found)) if found else None


def choose(
    policy: Policy,
    transformer: str,
    values: Mapping[str, float],
    between: Sequence[comparison.Difference],
    units: int,
    costs: Mapping[str, float],
    rules: Rules,
) -> tuple[str, str]:
    """Chooses the candidate that goes on.

    Args:
        policy: `advise` takes the transformer whatever the verdict; `best` the candidate with the
            best value; `cheapest` the cheapest one of those whose difference from the best does
            not fall below it by more than the tolerance, to the end of the interval.
        transformer: Name of the transformer.
        values: Candidate to the metric that decides.
        between: Of each candidate from each other one, in that metric.
        units: How many units there are.
        costs: Candidate to what its predictions cost.
        rules: What decides.

    Returns:
        Its name, and why in a sentence.
    """
    if policy == "advise":
        return transformer, "`trial.policy` is advise, so the transformer goes on"
    if not values:
        return transformer, "no candidate has a value to choose by, so the transformer goes on"
    sign = 1.0 if rules.known.higher_is_better else -1.0
    best = min(values, key=lambda name: (-sign * values[name], costs[name]))
    spelled = f"{rules.metric} {values[best]:.4f}"
    if policy == "best":
        return best, f"{best} is the best of {len(values)} candidates ({spelled})"
    fit = {d.second for d in between if d.first == best and standing(d, units, rules) == "enough"}
    cheapest = min({best, *fit}, key=lambda name: (costs[name], name != best))
    if cheapest == best:
        return best, (
            f"{best} is the best ({spelled}), and no cheaper candidate is within "
            f"{rules.tolerance:g} of it for sure"
        )
    return cheapest, (
        f"{cheapest} is the cheapest candidate within {rules.tolerance:g} of the best, {best} "
        f"({spelled}), for sure"
    )


def _is_passed(
    difference: comparison.Difference,
    standings: Mapping[str, Standing],
    cheaper: Mapping[str, bool],
    rules: Rules,
) -> bool:
    """Tells whether a rival no longer stands in the way of the transformer."""
    if standings[difference.second] == "ahead":
        return True
    low = difference.corrected_low
    return not cheaper[difference.second] and low is not None and low > -rules.tolerance


def _first_to_decide(
    left: Sequence[comparison.Difference], needed: Mapping[str, int | None], rules: Rules
) -> int | None:
    """Tells how many rows decide as a whole: one rival that is enough does, or all that are not."""
    enough = [
        needed[each.second]
        for each in left
        if each.value is not None and rules.tolerance - each.value > each.value
    ]
    of_enough = [rows for rows in enough if rows is not None]
    if of_enough:
        return min(of_enough)
    of_all = [rows for rows in needed.values() if rows is not None]
    return max(of_all) if len(of_all) == len(needed) and of_all else None


def _passed(difference: comparison.Difference, how: Standing, rules: Rules) -> str:
    if how != "ahead":
        return f"{difference.second} costs no less, and is better by less than {rules.tolerance:g}"
    p = difference.corrected_p
    tested = "" if p is None else f", p {_spell_p(p)}"
    return (
        f"{difference.first} is better than {difference.second} {_spell(difference, rules)}{tested}"
    )


def _enough(difference: comparison.Difference, rules: Rules) -> str:
    second, p = difference.second, difference.corrected_p
    if difference.high is not None and difference.high < 0 and p is not None and p < rules.alpha:
        return (
            f"{second} is better than {difference.first} {_spell(_turned(difference), rules)}, "
            f"p {_spell_p(p)}"
        )
    if difference.value is not None and difference.value < 0:
        return (
            f"{second} is enough: it is better {_spell(_turned(difference), rules)}, and worse by "
            f"less than {rules.tolerance:g} for sure"
        )
    return (
        f"{second} is enough: {difference.first} is better {_spell(difference, rules)}, by less "
        f"than {rules.tolerance:g} for sure"
    )


def _open(difference: comparison.Difference, units: int, needed: int | None, rules: Rules) -> str:
    better = difference if (difference.value or 0.0) >= 0 else _turned(difference)
    opening = (
        f"{units:,} test rows do not decide between {difference.first} and {difference.second}: "
        f"{better.first} is better {_spell(better, rules)}"
    )
    if needed is None:
        return f"{opening}; no number of rows would tell them apart"
    return f"{opening}; about {needed:,} would decide if the difference stays what it is"


def _spell(difference: comparison.Difference, rules: Rules) -> str:
    """Spells by how much the first is better: `by +0.0120 in accuracy (-0.0040 to +0.0280)`."""
    value, low, high = difference.value, difference.low, difference.high
    if value is None or low is None or high is None:
        return f"by what {rules.metric} leaves undefined"
    return f"by {value:+.4f} in {rules.metric} ({low:+.4f} to {high:+.4f})"


def _turned(difference: comparison.Difference) -> comparison.Difference:
    """Tells the same of the second candidate."""
    value, low, high = (
        None if end is None else -end for end in (difference.value, difference.high, difference.low)
    )
    return dataclasses.replace(
        difference,
        first=difference.second,
        second=difference.first,
        value=value,
        low=low,
        high=high,
    )


def _spell_p(p: float) -> str:
    return "below 0.0001" if p < 0.0001 else f"{p:.4f}"


def _rounded(rows: float) -> int:
    """Rounds up to two digits."""
    step = 10 ** max(math.floor(math.log10(max(rows, 1.0))) - 1, 0)
    return math.ceil(rows / step) * step
