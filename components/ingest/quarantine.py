"""Puts aside rows that can't be used, counts them, and refuses when they are too many."""

import base64
import dataclasses
import fractions
import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tfx.dsl.io import fileio

from components.ingest import origins as origins_lib
from components.ingest.rows import row as row_lib
from schemas import errors

FILE_NAME = "rows.jsonl"
MAX_FIRST = 5  # rows named in a refusal
MAX_REASONS = 50  # kinds of reasons counted
_OTHER_REASONS = "other reasons"
_MAX_SHOWN = 60  # characters of a row
_CHUNK_BYTES = 1 << 20
# How `rows.row.text_of` ends its rule.
_NOT_UTF_8 = "must be UTF-8"


@dataclasses.dataclass
class Tally:
    """What happened to rows.

    Attributes:
        rows_out: Split to the rows that became examples.
        rows: Rows that were put aside.
        reasons: Rule to the rows that broke it.
        first: A line for each of the first rows that were put aside: place, reason, beginning.
        refused: A line for each file that can't be read at all, and lines on it.
        origins: What each file held.
    """

    rows_out: dict[str, int] = dataclasses.field(default_factory=dict)
    rows: int = 0
    reasons: dict[str, int] = dataclasses.field(default_factory=dict)
    first: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    refused: list[tuple[str, list[str]]] = dataclasses.field(default_factory=list)
    origins: list[origins_lib.Origin] = dataclasses.field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """Rows that the files have."""
        return sum(self.rows_out.values()) + self.rows

    def add(self, place: str, bad: row_lib.BadRow) -> None:
        """Counts a row that is put aside."""
        self.rows += 1
        self._count(_rule(bad.reason), 1)
        if len(self.first) < MAX_FIRST:
            self.first.append((f"{place}: {bad.reason}", _beginning(bad.raw)))

    def merge(self, other: "Tally") -> None:
        """Counts what another has counted, of files that come after."""
        for split, rows in other.rows_out.items():
            self.rows_out[split] = self.rows_out.get(split, 0) + rows
        self.rows += other.rows
        for rule, rows in other.reasons.items():
            self._count(rule, rows)
        self.first = [*self.first, *other.first][:MAX_FIRST]
        self.refused += other.refused
        self.origins += other.origins

    def _count(self, rule: str, rows: int) -> None:
        key = rule if rule in self.reasons or len(self.reasons) < MAX_REASONS else _OTHER_REASONS
        self.reasons[key] = self.reasons.get(key, 0) + rows

    def to_json(self) -> str:
        """Renders the counts."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """Reads the counts back."""
        values = json.loads(text)
        values["first"] = [(reason, raw) for reason, raw in values["first"]]
        values["refused"] = [(message, lines) for message, lines in values["refused"]]
        values["origins"] = [origins_lib.Origin(**origin) for origin in values["origins"]]
        return cls(**values)


def render(file: str, bad: row_lib.BadRow) -> str:
    """Renders a row that is put aside as one line of JSON.

    `raw` is for people, with escapes for bytes that are not UTF-8; `raw_base64` has the very bytes.
    """
    values = {
        "file": file,
        "line": bad.line,
        "reason": bad.reason,
        "raw": bad.raw.decode("utf-8", errors="backslashreplace"),
        "raw_base64": base64.b64encode(bad.raw).decode("ascii"),
    }
    return json.dumps(values, ensure_ascii=False)


def join(parts: Iterable[str], directory: str) -> None:
    """Writes the rows of all parts, in order, as the one file of a quarantine."""
    with fileio.open(_path(directory), "wb") as joined:
        joined.write(b"")  # without it there would be no file where there are no rows
        for part in parts:
            _append(part, joined)


def _append(path: str, joined: Any) -> None:
    with fileio.open(path, "rb") as part:
        while chunk := part.read(_CHUNK_BYTES):
            joined.write(chunk)


def read(directory: str) -> Iterator[Mapping[str, Any]]:
    """Yields the rows of a quarantine: `file`, `line`, `reason`, `raw`, `raw_base64`."""
    with fileio.open(_path(directory), "rb") as rows:
        for line in rows:
            yield json.loads(line)


def clear(directory: str) -> None:
    """Takes an earlier run's rows out of the directory that people look into."""
    if fileio.exists(_path(directory)):
        fileio.remove(_path(directory))
    if fileio.exists(directory) and not fileio.listdir(directory):
        fileio.rmtree(directory)


def publish(source: str, directory: str) -> None:
    """Copies a quarantine to the directory that people look into."""
    fileio.makedirs(directory)
    fileio.copy(_path(source), _path(directory), overwrite=True)


def check_files(tally: Tally) -> None:
    """Refuses files that can't be read at all.

    Raises:
        DataError: The first file's, with those of the others among its details.
    """
    if tally.refused:
        (message, lines), *others = tally.refused
        raise errors.DataError(message, [*lines, *(other for other, _ in others)])


def check(tally: Tally, max_bad_fraction: float, directory: str) -> None:
    """Refuses files that can't be read, and rows of which too many can't be used.

    Args:
        tally: What happened to the rows.
        max_bad_fraction: The largest share of rows that may be put aside.
        directory: Where people find the rows.

    Raises:
        DataError: With the first rows, the reasons and what would accept them as details.
    """
    check_files(tally)
    if not tally.rows_in:
        raise errors.DataError("the files must have rows. Received: none")
    fraction = tally.rows / tally.rows_in
    rows = f"{tally.rows:,} of {tally.rows_in:,} rows could not be used"
    if not sum(tally.rows_out.values()):
        raise errors.DataError(f"{rows}: {tally.first[0][0]}", _details(tally, directory))
    if fraction > max_bad_fraction:
        exact = fractions.Fraction(tally.rows, tally.rows_in)
        share = "{} %, at most {} % may be".format(*_percents(fraction, max_bad_fraction))
        enough = f"`--set data.max_bad_fraction={_round_up(exact)}` goes on without them"
        raise errors.DataError(
            f"{rows} ({share}): {tally.first[0][0]}", [*_details(tally, directory), enough]
        )


def _details(tally: Tally, directory: str) -> list[str]:
    by_count = sorted(tally.reasons.items(), key=lambda item: -item[1])
    return [
        *(f"{place}: {raw}" for place, raw in tally.first),
        *(f"{count:,} × {rule}" for rule, count in by_count),
        f"all of them, with their bytes: {_path(directory)}",
        *_encoding_hint(tally),
    ]


def _encoding_hint(tally: Tally) -> Iterator[str]:
    """Says what to do about files in another encoding, where most bad rows look like that."""
    not_utf_8 = sum(rows for rule, rows in tally.reasons.items() if rule.endswith(_NOT_UTF_8))
    if 2 * not_utf_8 > tally.rows:
        yield "if a file is in another encoding: `iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW_FILE`"


def _rule(reason: str) -> str:
    """The part of a reason that rows share, without the value."""
    return re.split(r"[.;:,]? Received:", reason, maxsplit=1)[0]


def _beginning(raw: bytes) -> str:
    """The beginning of a row in one line that can do nothing to a terminal."""
    # A character has at most four bytes.
    text = raw[: _MAX_SHOWN * 4].decode("utf-8", errors="backslashreplace").rstrip("\r\n")
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii")
        for c in text[:_MAX_SHOWN]
    )
    return f"{shown}…" if len(text) > _MAX_SHOWN or len(raw) > _MAX_SHOWN * 4 else shown


def _percents(fraction: float, most: float) -> tuple[str, str]:
    """Both shares in per cent, with as many digits as it takes to see that they differ."""
    for digits in range(3, 17):
        shown = (f"{100 * fraction:.{digits}g}", f"{100 * most:.{digits}g}")
        if shown[0] != shown[1]:
            break
    return shown


def _round_up(share: fractions.Fraction) -> str:
    """The next number with one digit that is no less, spelled without an exponent."""
    scale = fractions.Fraction(10) ** -math.floor(math.log10(share))
    return f"{float(math.ceil(share * scale) / scale):.15f}".rstrip("0").rstrip(".")


def _path(directory: str) -> str:
    return os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
