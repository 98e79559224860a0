"""What Ingest hands to its executor, as one JSON text in an execution property."""

import dataclasses
import json

from components.ingest import columns as columns_lib
from components.ingest import formats


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How the files are written.

    Attributes:
        format: One of `formats.FORMATS`; None goes by each file's name.
        delimiter: Between the fields of a csv file.
        header: Names of the columns of csv and tsv files whose first row is data already; None
            where the first row names them.
    """

    format: formats.Format | None = None
    delimiter: str = ","
    header: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Split:
    """How rows are dealt out to splits.

    Attributes:
        buckets: Split to its parts, such as `{"train": 8, "eval": 1, "test": 1}`.
        content: The features whose hash deals a row out, by default.
        group: A column; all rows with one value of it go to one split.
        time: A column with a date or a number; the newest rows are the test split, and those
            before them the eval split.
        contiguous: Whether each row's text is parted itself, see `parting.py`.
    """

    buckets: dict[str, int]
    content: tuple[str, ...]
    group: str | None = None
    time: str | None = None
    contiguous: bool = False


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that the executor needs besides the files.

    Attributes:
        columns: The wanted columns.
        dialect: How the files are written.
        split: How rows are dealt out.
        max_bad_fraction: The largest share of rows that may be quarantined.
        quarantine_dir: Where the newest run's quarantine is copied to, for people.
    """

    columns: columns_lib.Columns
    dialect: Dialect
    split: Split
    max_bad_fraction: float
    quarantine_dir: str

    def to_json(self) -> str:
        """Renders the settings; equal ones give the same text."""
        return json.dumps(
            {
                "columns": self.columns.to_json(),
                "dialect": dataclasses.asdict(self.dialect),
                "split": dataclasses.asdict(self.split),
                "max_bad_fraction": self.max_bad_fraction,
                "quarantine_dir": self.quarantine_dir,
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads the settings back."""
        values = json.loads(text)
        dialect, split = values["dialect"], values["split"]
        header = dialect.pop("header")
        content = split.pop("content")
        return cls(
            columns=columns_lib.Columns.from_json(values["columns"]),
            dialect=Dialect(**dialect, header=None if header is None else tuple(header)),
            split=Split(**split, content=tuple(content)),
            max_bad_fraction=values["max_bad_fraction"],
            quarantine_dir=values["quarantine_dir"],
        )
