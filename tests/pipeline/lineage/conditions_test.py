import datetime

import pytest

from pipeline import errors
from pipeline.lineage import conditions, properties

_RUN = "2026-11-24T18:25:01.863935"


def _holds(text: str, value: properties.Value | datetime.datetime) -> bool:
    return conditions.read(text).holds(value, newest_run=_RUN)


@pytest.mark.parametrize(
    ("text", "key", "compare", "value"),
    [
        ("accuracy>=0.9", "accuracy", ">=", "0.9"),
        ("accuracy == 0.9", "accuracy", "=", "0.9"),
        ("uri=/w/a=b", "uri", "=", "/w/a=b"),
        ("reasons!=", "reasons", "!=", ""),
        ("rows<1e3", "rows", "<", "1e3"),
    ],
)
def test_a_condition_is_a_key_a_comparison_and_a_value(
    text: str, key: str, compare: str, value: str
) -> None:
    assert conditions.read(text) == conditions.Condition(key, compare, value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("accuracy", "`--where` must be KEY=VALUE, or with one of != < <= > >=. Received: acc"),
        (">3", "`--where` must be KEY=VALUE, or with one of"),
        ("rows>many", "`--where` must have a number after >. Received: rows>many"),
        ("rows>nan", "`--where` must have a number after >"),
        ("node<Trainer", "`--where node` must be compared by = or !=, as it is a text. Received"),
        ("created>soon", "`--where created` must be compared with a time in ISO 8601"),
    ],
)
def test_what_is_no_condition_is_told(text: str, rule: str) -> None:
    with pytest.raises(errors.ConfigError) as refused:
        conditions.read(text)
    assert str(refused.value).startswith(rule)


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("accuracy>=0.9", 0.9, True),
        ("accuracy>0.9", 0.9, False),
        ("accuracy<1", 0.9, True),
        ("accuracy<=0.8", 0.9, False),
        ("accuracy=0.90", 0.9, True),
        ("accuracy!=0.90", 0.9, False),
        ("pushed=1", 1, True),
        ("version=017", "17", False),  # texts are compared as texts
        ("version>9", "17", True),  # 17 is more, though "17" comes before "9"
        ("version>9", "none", False),
        ("reasons!=", "below its floor", True),
        ("ready=true", True, True),
        ('blessed={"eval": 1.0}', {"eval": 1.0}, True),
        ("accuracy!=0.9", None, False),
        ("accuracy>0", float("nan"), False),
    ],
)
def test_values_are_compared_as_what_they_are(
    text: str, value: properties.Value, holds: bool
) -> None:
    assert _holds(text, value) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (f"run={_RUN}", True),
        ("run=2026-11-24", True),
        ("run=latest", True),
        ("run!=latest", False),
        ("run=11-24", False),
    ],
)
def test_a_run_is_meant_by_the_beginning_of_its_id(text: str, holds: bool) -> None:
    assert _holds(text, _RUN) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("created=2026-11-24", True),
        ("created!=2026-11-24", False),
        ("created=2026-11-24T18:25", True),
        ("created=2026-11-24T18:26", False),
        ("created<=2026-11-24", True),
        ("created<2026-11-24", False),
        ("created>2026-11-24", False),
        ("created>2026-11-23", True),
        ("created<2026-11-25", True),
        ("created>=2026-11-25", False),
        ("created=2026-11-24T18:25:30.250000", True),
        ("created>2026-11-24T18:25:30.249000", True),
    ],
)
def test_a_time_is_compared_with_the_span_that_was_spelt(text: str, holds: bool) -> None:
    on_peoples_clocks = datetime.datetime(2026, 11, 24, 18, 25, 30, 250000).astimezone()
    assert _holds(text, on_peoples_clocks) is holds


def test_a_time_with_a_zone_is_that_of_the_zone() -> None:
    at = datetime.datetime(2026, 11, 24, 18, 25, tzinfo=datetime.timezone.utc)
    assert _holds("created>=2026-11-24T19:25:00+01:00", at)
    assert not _holds("created>2026-11-24T19:25:00+01:00", at)
