"""Where the files of a run stand. Paths are absolute, as TFX keeps absolute URIs in its records."""

import dataclasses
import pathlib
from typing import Protocol

import pydantic

from pipeline import errors, metadata_section, strict_yaml

DEFAULT = "workspace"
_FILE = metadata_section.MetadataConfig.model_validate({})


class Places(Protocol):
    """Where a pipeline puts what it makes; `str` of each is a path or a URI."""

    @property
    def artifacts(self) -> object:
        """What components write: the pipeline root."""

    @property
    def serving(self) -> object:
        """What a model server serves: pushed models, one directory a version."""

    @property
    def quarantine(self) -> object:
        """Rows that the newest Ingest could not use."""

    @property
    def data_report(self) -> object:
        """What the newest DataGate found, and the page of the data."""

    @property
    def report(self) -> object:
        """The page of the newest run, and the card of its model."""

    @property
    def backups(self) -> object:
        """Trainings that were interrupted, to go on from; a path, since it is written often."""


@dataclasses.dataclass(frozen=True)
class Workspace:
    """The directory of all runs of one name, on this machine.

    Attributes:
        root: `DIR/<name>`, absolute.
        metadata: The database of its runs.
    """

    root: pathlib.Path
    metadata: metadata_section.MetadataConfig = _FILE

    @classmethod
    def at(
        cls,
        directory: str | pathlib.Path,
        name: str,
        metadata: metadata_section.MetadataConfig | None = None,
    ) -> "Workspace":
        """Returns the workspace of a name under a directory; nothing is made on disk."""
        root = pathlib.Path(directory).expanduser().resolve() / name
        return cls(root) if metadata is None else cls(root, metadata)

    @classmethod
    def found(cls, root: pathlib.Path) -> "Workspace | None":
        """Returns the workspace that a directory is; None where no run has made it one.

        Its newest config tells whether its runs are recorded in a server.

        Raises:
            ConfigError: If that config cannot be read.
        """
        if (root / "metadata.db").is_file():
            return cls(root)
        config = root / "config.yaml"
        if not config.is_file():
            return None
        told = strict_yaml.read(config).values.get("metadata") or {}
        try:
            metadata = metadata_section.MetadataConfig.model_validate(told)
        except pydantic.ValidationError as error:
            reason = error.errors()[0]["msg"]
            raise errors.ConfigError(f"{config}: `metadata` cannot be read: {reason}") from error
        return cls(root, metadata) if metadata.is_server else None

    @property
    def artifacts(self) -> pathlib.Path:
        """What components write: the pipeline root."""
        return self.root / "artifacts"

    @property
    def metadata_db(self) -> pathlib.Path:
        """ML Metadata's SQLite file, where it is no server."""
        return self.root / "metadata.db"

    @property
    def serving(self) -> pathlib.Path:
        """What a model server serves: pushed models, one directory a version."""
        return self.root / "serving" / self.root.name

    @property
    def quarantine(self) -> pathlib.Path:
        """Rows that the newest Ingest could not use."""
        return self.root / "quarantine"

    @property
    def data_report(self) -> pathlib.Path:
        """What the newest DataGate found, and the page of the data."""
        return self.root / "data"

    @property
    def report(self) -> pathlib.Path:
        """The page of the newest run, and the card of its model."""
        return self.root / "report"

    @property
    def has_runs(self) -> bool:
        """Whether there may be records of its runs; what a server holds is not asked here."""
        return self.metadata.is_server or self.metadata_db.is_file()

    @property
    def logs(self) -> pathlib.Path:
        """One log file a run."""
        return self.root / "logs"

    @property
    def backups(self) -> pathlib.Path:
        """Trainings that were interrupted, to go on from."""
        return self.root / "backups"

    def make(self) -> None:
        """Makes the directory, so that a place that cannot be written is told at once.

        Raises:
            ConfigError: If it cannot be made.
        """
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self.unwritable(error) from error

    def unwritable(self, error: OSError) -> errors.ConfigError:
        """Makes of what a file system refused what people are told."""
        return errors.ConfigError(
            "`--workspace` must be a directory that can be written. "
            f"Received: {self.root} ({error.strerror})"
        )
