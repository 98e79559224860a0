"""Files are put together into batches, and each source gets the columns and the deal it needs."""

import numpy as np
import pytest

from components.ingest import columns, jobs, settings, splitting

_MB = 1 << 20
_COLUMNS = columns.Columns({"text": columns.Column("review")})


def _files(*sizes: int, source: str = "all") -> list[jobs.File]:
    return [jobs.File(f"/d/{i}", str(i), size, source) for i, size in enumerate(sizes)]


def _settings(**split) -> settings.Settings:
    buckets = {"train": 8, "eval": 1, "test": 1}
    return settings.Settings(
        columns=_COLUMNS,
        dialect=settings.Dialect(),
        split=settings.Split(**{"buckets": buckets, "content": ("text",), **split}),
        max_bad_fraction=0.01,
        quarantine_dir="/q",
    )


def _make(*given: str, **split) -> jobs.Job:
    return jobs.make(_settings(**split), "/examples", "/work", given)


@pytest.mark.parametrize(
    ("sizes", "grouped"),
    [
        ([100 * _MB] * 3, [["0"], ["1"], ["2"]]),
        ([1] * 4, [["0", "1", "2", "3"]]),
        ([9 * _MB] * 4, [["0", "1"], ["2", "3"]]),
        ([1, 100 * _MB, 1], [["0", "1"], ["2"]]),
        ([], []),
    ],
)
def test_small_files_are_read_together_in_order(sizes, grouped):
    batches = jobs.batches(_files(*sizes))
    assert [[file.name for file in batch.files] for batch in batches] == grouped
    assert [batch.number for batch in batches] == list(range(len(grouped)))


def test_a_batch_is_no_hundred_thousand_files():
    batches = jobs.batches(_files(*[1] * 1000))
    assert [len(batch.files) for batch in batches] == [256, 256, 256, 232]


def test_files_of_several_sources_are_not_read_together():
    batches = jobs.batches([*_files(1, 1, source="train"), *_files(1, source="test")])
    assert [(batch.source, len(batch.files)) for batch in batches] == [("train", 2), ("test", 1)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["all"], ["train", "eval", "test"]),
        (["train"], ["train", "eval", "test"]),
        (["test", "train"], ["train", "eval", "test"]),
        (["train", "eval", "test"], ["train", "eval", "test"]),
    ],
)
def test_there_are_always_all_splits(given, expected):
    assert jobs.splits(_settings(), given) == expected


def test_only_what_is_dealt_out_needs_its_column():
    job = _make("train", "test", group="user")
    assert job.columns["test"] == _COLUMNS
    assert job.columns["train"].by_feature == {
        "text": columns.Column("review"),
        jobs.GROUP: columns.Column("user"),
    }
    assert job.dealers["test"] == splitting.Fixed("test")
    assert isinstance(job.dealers["train"], splitting.ByGroup)


def test_a_time_has_to_be_found_first():
    job = _make("train", "test", time="day")
    batches = jobs.batches([*_files(1, source="train"), *_files(1, source="test")])
    assert job.columns["train"].by_feature[jobs.TIME] == columns.Column("day", "time")
    assert jobs.without_dealer(job, batches) == batches[:1]
    ready = jobs.with_times(job, "train", np.arange(9.0))
    assert jobs.without_dealer(ready, batches) == []
    assert ready.dealers["train"] == splitting.ByTime(("train", "eval"), (8.0,), jobs.TIME)
