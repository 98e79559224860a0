"""Where a compiled pipeline puts what it makes: all of it under one root, a URI or a path."""

import dataclasses

_BUCKET, _MOUNTED = "gs://", "/gcs/"


@dataclasses.dataclass(frozen=True)
class Remote:
    """The places of all runs of one name.

    Attributes:
        root: The pipeline root, such as `gs://bucket/pipelines`, without a slash at its end.
        name: The pipeline's.
    """

    root: str
    name: str

    @property
    def artifacts(self) -> str:
        """What components write; the backend makes a directory for each run there."""
        return self.root

    @property
    def serving(self) -> str:
        """What a model server serves: pushed models, one directory a version."""
        return f"{self.root}/serving/{self.name}"

    @property
    def quarantine(self) -> str:
        """Rows that the newest Ingest could not use."""
        return f"{self.root}/{self.name}/quarantine"

    @property
    def data_report(self) -> str:
        """What the newest DataGate found, and the page of the data."""
        return f"{self.root}/{self.name}/data"

    @property
    def report(self) -> str:
        """The page of the newest run, and the card of its model."""
        return f"{self.root}/{self.name}/report"

    @property
    def backups(self) -> str:
        """Trainings that were interrupted, to go on from.

        A training writes there often and by plain files, so it is a path: Vertex AI mounts every
        bucket under `/gcs`.
        """
        place = f"{self.root}/{self.name}/backups"
        return place.replace(_BUCKET, _MOUNTED, 1) if place.startswith(_BUCKET) else place
