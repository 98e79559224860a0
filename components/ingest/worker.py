"""What a worker does with a batch of files: reads rows, deals them out, writes all there is."""

import array
import itertools
import json
from collections.abc import Iterator, Sequence

import numpy as np
from tfx.dsl.io import fileio

from components import digests
from components.ingest import jobs, origins, parting, quarantine, shards, splitting, times
from components.ingest.rows import reading
from components.ingest.rows import row as row_lib
from schemas import errors

_CHUNK_ROWS = 1 << 16


def ingest(job: jobs.Job, batch: jobs.Batch) -> None:
    """Writes a batch's examples, its quarantine, and a tally of both."""
    tally = quarantine.Tally()
    encoder = shards.Encoder(job.settings.columns)
    with (
        shards.Writer(job.examples_dir, job.work_dir, batch.number) as writer,
        fileio.open(job.path("rows", batch.number), "w") as aside,
    ):
        aside.write("")  # without it there would be no file where no row is bad
        for file in batch.files:
            rows, aside_before, refused_before = 0, tally.rows, len(tally.refused)
            for row in _rows(job, file, tally):
                rows += 1
                place = f"{file.name}:{row.line}"
                if isinstance(row, row_lib.BadRow):
                    tally.add(place, row)
                    aside.write(f"{quarantine.render(file.name, row)}\n")
                else:
                    for split, part in _dealt(job.dealers[batch.source], row):
                        origin = f"{file.name}:{part.line}".encode()
                        writer.write(split, encoder.encode(part.values, origin))
            if len(tally.refused) == refused_before:
                tally.origins.append(_origin(file, rows, tally.rows - aside_before))
    tally.rows_out = writer.rows
    with fileio.open(job.path("tally", batch.number), "w") as counts:
        counts.write(tally.to_json())


def _origin(file: jobs.File, rows: int, aside: int) -> origins.Origin:
    """Notes what a file held, with a digest of its bytes: to read it again costs little beside
    taking rows apart.
    """
    with fileio.open(file.path, "rb") as opened:
        digest = digests.of_stream(opened)
    return origins.Origin(file.path, file.source, file.size, digest, rows, aside)


def _dealt(
    dealer: splitting.Dealer | parting.ByPosition, row: row_lib.Row
) -> Iterator[tuple[str, row_lib.Row]]:
    """Yields what becomes of a row, with the split of each part: mostly itself."""
    if isinstance(dealer, parting.ByPosition):
        yield from dealer.parts(row)
    else:
        yield dealer.deal(row.values), row


def _rows(
    job: jobs.Job, file: jobs.File, tally: quarantine.Tally
) -> Iterator[row_lib.Row | row_lib.BadRow]:
    """Yields a file's rows; notes that it can't be read rather than raise it.

    Beam hands an error of a worker on as text, without its details, and only the first.
    """
    try:
        yield from reading.read(file.path, job.columns[file.source], job.settings.dialect)
    except errors.DataError as error:
        tally.refused.append((str(error), list(error.details)))


def gather_times(job: jobs.Job, batch: jobs.Batch) -> None:
    """Writes the times of a batch's rows, and what else is found on the way."""
    tally = quarantine.Tally()
    first: dict[str, str] = {}
    with fileio.open(job.path("times", batch.number), "wb") as gathered:
        gathered.write(b"")
        for file in batch.files:
            found = _times(job, file, tally, first)
            while chunk := array.array("d", itertools.islice(found, _CHUNK_ROWS)):
                gathered.write(chunk.tobytes())
    with fileio.open(job.path("kinds", batch.number), "w") as kinds:
        kinds.write(json.dumps({"first": first, "refused": tally.refused}))


def _times(
    job: jobs.Job, file: jobs.File, tally: quarantine.Tally, first: dict[str, str]
) -> Iterator[float]:
    """Yields the times of a file's good rows; notes where each kind of them stands first."""
    for row in _rows(job, file, tally):
        if isinstance(row, row_lib.Row):
            time = times.parse(row.values[jobs.TIME])
            if time is not None:  # readers put such rows aside
                first.setdefault(time.kind, f"{file.name}:{row.line}")
                yield time.value


def read_times(job: jobs.Job, made: Sequence[jobs.Batch]) -> np.ndarray:
    """Reads the times that were gathered.

    Returns:
        `(good rows,)` float64: all of them are in memory at once, 8 bytes a row.

    Raises:
        DataError: If a file can't be read, or dates and numbers are mixed.
    """
    first: dict[str, str] = {}
    tally = quarantine.Tally()
    gathered = [np.empty(0)]
    for batch in made:
        with fileio.open(job.path("kinds", batch.number), "r") as kinds:
            found = json.loads(kinds.read())
        first = {**found["first"], **first}
        tally.refused += [(message, lines) for message, lines in found["refused"]]
        with fileio.open(job.path("times", batch.number), "rb") as file:
            gathered.append(np.frombuffer(file.read()))
    quarantine.check_files(tally)
    if len(first) > 1:
        raise errors.DataError(
            f"`{job.settings.split.time}` must hold dates or numbers, not both. "
            f"Received: a date at {first['date']} and a number at {first['number']}"
        )
    return np.concatenate(gathered)
