"""What is to be done, by whom, and how: plain data that is handed to workers."""

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from components.ingest import columns as columns_lib
from components.ingest import parting, splitting
from components.ingest import settings as settings_lib
from schemas import features

# Files smaller than this are read together, so that a hundred thousand of them are no hundred
# thousand shards.
BATCH_BYTES = 16 << 20
OPENING_BYTES = 64 << 10  # what opening a file costs, in bytes that could be read instead
# Names for what the split is decided by: it is read beside the wanted features and not written.
GROUP = "ingest group"
TIME = "ingest time"


@dataclasses.dataclass(frozen=True)
class File:
    """A file of rows.

    Attributes:
        path: Where it lies.
        name: What people know it by.
        size: In bytes.
        source: `all`, or the split that it is for.
    """

    path: str
    name: str
    size: int
    source: str


@dataclasses.dataclass(frozen=True)
class Batch:
    """Files of one source that are read by one worker, one after another."""

    number: int
    source: str
    files: tuple[File, ...]


@dataclasses.dataclass(frozen=True)
class Job:
    """All that workers need to know.

    Attributes:
        settings: What is wanted.
        examples_dir: Where examples go.
        work_dir: Where what is only needed until the end goes.
        columns: Source to the columns that are read of its files.
        dealers: Source to what deals its rows out; empty while times are gathered.
    """

    settings: settings_lib.Settings
    examples_dir: str
    work_dir: str
    columns: Mapping[str, columns_lib.Columns]
    dealers: Mapping[str, splitting.Dealer | parting.ByPosition]

    def path(self, kind: str, batch: int) -> str:
        """Names a batch's file in the work directory."""
        return os.path.join(self.work_dir, f"{kind}-{batch:05d}")  # noqa: PTH118 - may be a URI


def batches(files: Sequence[File]) -> list[Batch]:
    """Puts small files together, in order, those of one source only."""
    made: list[Batch] = []
    size = BATCH_BYTES
    for file in files:
        if size >= BATCH_BYTES or made[-1].source != file.source:
            made.append(Batch(len(made), file.source, ()))
            size = 0
        made[-1] = dataclasses.replace(made[-1], files=(*made[-1].files, file))
        size += max(file.size, OPENING_BYTES)
    return made


def make(
    settings: settings_lib.Settings, examples_dir: str, work_dir: str, given: Sequence[str]
) -> Job:
    """Decides how the rows of each source are read and dealt out.

    Args:
        settings: What is wanted.
        examples_dir: Where examples go.
        work_dir: Where what is only needed until the end goes.
        given: The sources.

    Returns:
        The job, without a dealer for a source that is dealt out by time: `with_times` adds it.
    """
    split = settings.split
    columns: dict[str, columns_lib.Columns] = {}
    dealers: dict[str, splitting.Dealer | parting.ByPosition] = {}
    for source in given:
        dealt = splitting.dealt_splits(split.buckets, source, given)
        extra: dict[str, columns_lib.Column] = {}
        if split.contiguous:
            dealers[source] = parting.ByPosition(dealt, split.content[0])
        elif len(dealt) == 1:
            [only] = dealt
            dealers[source] = splitting.Fixed(only)
        elif split.time is not None:
            extra[TIME] = columns_lib.Column(split.time, "time")
        elif split.group is not None:
            extra[GROUP] = columns_lib.Column(split.group)
            dealers[source] = splitting.ByGroup(dealt, GROUP)
        else:
            dealers[source] = splitting.ByContent(dealt, split.content)
        columns[source] = dataclasses.replace(
            settings.columns, by_feature={**settings.columns.by_feature, **extra}
        )
    return Job(settings, examples_dir, work_dir, columns, dealers)


def splits(settings: settings_lib.Settings, given: Sequence[str]) -> list[str]:
    """Lists the splits that there will be, in their order."""
    found = {
        split
        for source in given
        for split in splitting.dealt_splits(settings.split.buckets, source, given)
    }
    return [split for split in features.SPLITS if split in found]


def without_dealer(job: Job, made: Iterable[Batch]) -> list[Batch]:
    """Finds the batches of the source that waits for `with_times`, if there is one."""
    return [batch for batch in made if batch.source not in job.dealers]


def with_times(job: Job, source: str, found: np.ndarray) -> Job:
    """Adds the dealer of a source that is dealt out by time.

    Args:
        job: The job.
        source: The source.
        found: `(rows,)` the times of all its good rows.

    Raises:
        DataError: If there are fewer different times than splits.
    """
    split = job.settings.split
    dealt = splitting.dealt_splits(split.buckets, source, list(job.columns))
    # Where no row is good there is nothing to part, and the quarantine says why.
    bounds = splitting.time_bounds(str(split.time), found, dealt) if found.size else ()
    dealer = splitting.ByTime(tuple(dealt), bounds, TIME)
    return dataclasses.replace(job, dealers={**job.dealers, source: dealer})
