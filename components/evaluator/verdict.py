"""Blessed or not, and why: what TFMA computed, as rows and sentences for people."""

import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

FILE_NAME = "verdict.json"
ALL_ROWS = "all rows"
EXAMPLE_COUNT = "example_count"


@dataclasses.dataclass(frozen=True)
class Value:
    """A metric of one slice.

    Attributes:
        slice: `all rows`, or column=value.
        metric: Name of the metric.
        value: The candidate's; None where the slice leaves it undefined.
        baseline: The latest blessed model's on the same rows; None without one.
    """

    slice: str
    metric: str
    value: float | None
    baseline: float | None


@dataclasses.dataclass(frozen=True)
class Bound:
    """A bound that was set on a metric, and whether it held.

    Attributes:
        slice: As in `Value`.
        metric: Name of the metric.
        kind: `floor`, `ceiling`, or `max_drop` against the latest blessed model.
        bound: The floor or the ceiling; for `max_drop` how much worse it may be.
        value: The candidate's value, None where it is undefined.
        baseline: The latest blessed model's value; None without one.
        passed: Whether the bound held. An undefined value holds no bound.
    """

    slice: str
    metric: str
    kind: str
    bound: float
    value: float | None
    baseline: float | None
    passed: bool

    def words(self) -> str:
        """Says what was compared and how it came out."""
        value, bound, baseline = map(self._spell, (self.value, self.bound, self.baseline))
        subject = f"{self.metric} on {self.slice} is {value}"
        if self.kind != "max_drop":
            side = "below" if self.kind == "floor" else "above"
            relation = f"within its {self.kind}" if self.passed else f"{side} its {self.kind}"
            return f"{subject}, {relation} of {bound}"
        relation = "within" if self.passed else "beyond"
        return f"{subject}, {relation} {bound} of the latest blessed model's {baseline}"

    def _spell(self, number: float | None) -> str:
        """Spells a number with 4 decimals, or as many as keep it apart from its bound."""
        if number is None:
            return "undefined"
        compared = self.value or 0.0
        if self.kind == "max_drop":
            compared = abs(compared - (self.baseline or 0.0))
        apart = (d for d in range(4, 10) if round(compared, d) != round(self.bound, d))
        return f"{number:.{next(apart, 4)}f}"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The Evaluator's judgement of one model.

    Attributes:
        blessed: Whether the model may be pushed.
        examples: Rows that it was judged on.
        has_baseline: Whether a blessed model was there to compare with.
        reasons: Why, in sentences: of a model not blessed, one for each bound that did not hold.
        bounds: Every bound that was set and could be checked.
        values: Every metric of every slice.
        confusion_matrix: Examples by true label (row) and answered label (column), in the order of
            the labels' ids; empty for a task without one.
    """

    blessed: bool
    examples: int
    has_baseline: bool
    reasons: tuple[str, ...]
    bounds: tuple[Bound, ...]
    values: tuple[Value, ...]
    confusion_matrix: tuple[tuple[float, ...], ...] = ()

    def to_json(self) -> str:
        """Renders the verdict as JSON for programs and people."""
        return json.dumps(dataclasses.asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        """Reads a verdict back."""
        fields: dict[str, Any] = json.loads(text)
        fields["reasons"] = tuple(fields["reasons"])
        fields["bounds"] = tuple(Bound(**bound) for bound in fields["bounds"])
        fields["values"] = tuple(Value(**value) for value in fields["values"])
        fields["confusion_matrix"] = tuple(map(tuple, fields["confusion_matrix"]))
        return cls(**fields)


@dataclasses.dataclass(frozen=True)
class Rule:
    """A bound as the config sets it; the slice is a column, or empty for all rows."""

    metric: str
    kind: str
    bound: float
    higher_is_better: bool
    column: str = ""


def judge(
    blessed: bool,
    values: list[Value],
    rules: list[Rule],
    has_baseline: bool,
    not_compared: str = "",
) -> Verdict:
    """Puts a judgement that TFMA has made into rows and sentences.

    Args:
        blessed: TFMA's decision.
        values: Every metric of every slice, `example_count` among them.
        rules: The bounds that TFMA was given.
        has_baseline: Whether a blessed model was there to compare with.
        not_compared: Why there was none, where it is not that there never was one.
    """
    examples = sum(int(v.value or 0) for v in values if _is_count(v) and v.slice == ALL_ROWS)
    bounds = tuple(bound for rule in rules for bound in _check(rule, values, has_baseline))
    return Verdict(
        blessed=blessed,
        examples=examples,
        has_baseline=has_baseline,
        reasons=(
            *_reasons(blessed, examples, bounds),
            *_about_baseline(blessed, has_baseline, not_compared),
        ),
        bounds=bounds,
        values=tuple(values),
    )


def _about_baseline(blessed: bool, has_baseline: bool, not_compared: str) -> Iterator[str]:
    """Yields why nothing was compared, where that was so."""
    if not_compared:
        yield not_compared
    elif blessed and not has_baseline:
        yield "there was no blessed model before it to compare with"


def _reasons(blessed: bool, examples: int, bounds: Sequence[Bound]) -> Iterator[str]:
    """Yields why the model was blessed or not."""
    if blessed:
        yield f"all bounds hold ({len(bounds)} checked)" if bounds else "no bound was set on it"
    elif not examples:
        yield "the test split has no examples"
    elif all(bound.passed for bound in bounds):
        yield "TFMA's validation did not pass; validations.tfrecord in the evaluation says more"
    else:
        yield from (bound.words() for bound in bounds if not bound.passed)


def _check(rule: Rule, values: list[Value], has_baseline: bool) -> Iterator[Bound]:
    """Yields the rule's bound on every slice that it speaks of."""
    if rule.kind == "max_drop" and not has_baseline:
        return
    for value in values:
        if value.metric == rule.metric and _speaks_of(rule, value.slice):
            yield Bound(
                slice=value.slice,
                metric=rule.metric,
                kind=rule.kind,
                bound=rule.bound,
                value=value.value,
                baseline=value.baseline,
                passed=_holds(rule, value),
            )


def _holds(rule: Rule, value: Value) -> bool:
    if value.value is None:
        return False
    if rule.kind == "floor":
        return value.value >= rule.bound
    if rule.kind == "ceiling":
        return value.value <= rule.bound
    if value.baseline is None:
        return False
    worse = value.baseline - value.value if rule.higher_is_better else value.value - value.baseline
    return worse <= rule.bound


def _speaks_of(rule: Rule, slice_name: str) -> bool:
    return slice_name.startswith(f"{rule.column}=") if rule.column else slice_name == ALL_ROWS


def _is_count(value: Value) -> bool:
    return value.metric == EXAMPLE_COUNT


def finite(value: float) -> float | None:
    """Turns NaN and infinity, which JSON lacks, into None."""
    return value if math.isfinite(value) else None
