"""Runs by the names that people give them."""

import datetime

import pytest

from pipeline import errors
from pipeline.lineage import records

_NOON = datetime.datetime(2026, 5, 28, 12, tzinfo=datetime.timezone.utc)


def _history(*ids: str) -> records.History:
    executions = [
        records.Execution(i, "Ingest", id_, "t", records.State.DONE, _NOON, _NOON, {}, {}, {})
        for i, id_ in enumerate(ids)
    ]
    runs = tuple(records.Run(each.run, (each,)) for each in executions)
    return records.History("reviews", "a store", runs)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("latest", "2026-05-03"),
        ("latest~0", "2026-05-03"),
        ("latest~1", "2026-05-02"),
        ("latest~2", "2026-04-01"),
        ("2026-04", "2026-04-01"),
        ("2026-05-02", "2026-05-02"),
    ],
)
def test_a_run_is_found(name: str, id_: str) -> None:
    assert _history("2026-04-01", "2026-05-02", "2026-05-03").run(name).id == id_


@pytest.mark.parametrize("name", ["latest~3", "latest~", "latest~x", "latest~-1", "", "2025"])
def test_what_is_no_run_is_an_error_that_names_the_newest(name: str) -> None:
    history = _history("2026-04-01", "2026-05-02", "2026-05-03")
    with pytest.raises(errors.ConfigError, match=r"must be a run.*2026-05-03, 2026-05-02"):
        history.run(name)


def test_a_beginning_of_two_ids_is_an_error() -> None:
    with pytest.raises(errors.ConfigError, match=r"must name one run\. Received: 2026; it fits"):
        _history("2026-04-01", "2026-05-02").run("2026")
