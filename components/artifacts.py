"""The artifact types that TFX has none of its own for."""

from tfx.types import artifact


class Quarantine(artifact.Artifact):
    """Rows that could not be used: `rows.jsonl` with file, line, reason and raw bytes of each.

    Properties: `rows_in`, `rows_out`, `rows` (quarantined); `rows_in = rows_out + rows`.
    """

    TYPE_NAME = "Quarantine"
    PROPERTIES = {  # noqa: RUF012 - TFX's name, read by its metaclass
        name: artifact.Property(type=artifact.PropertyType.INT)
        for name in ("rows_in", "rows_out", "rows")
    }


class TextStatistics(artifact.Artifact):
    """What TFDV does not count of texts: `text_statistics.json`, see components/statistics."""

    TYPE_NAME = "TextStatistics"


class Search(artifact.Artifact):
    """What a search for better settings has tried: `search.json`, see trainer/tuning/record.py."""

    TYPE_NAME = "Search"


class Folds(artifact.Artifact):
    """What candidates were worth on each fold: `folds.json`, see components/cross_validation."""

    TYPE_NAME = "Folds"


class TrialReport(artifact.Artifact):
    """What a trial has found: `trial.json` and `rows.npz`, see components/trial/outcome.py."""

    TYPE_NAME = "TrialReport"


class ProbeReport(artifact.Artifact):
    """What a probe has found: `probe.json`, see components/probe/outcome.py.

    Beside it `tf_serving_warmup_requests`, which go with a model that is pushed.
    """

    TYPE_NAME = "ProbeReport"


class RunReport(artifact.Artifact):
    """What people read of a run: `index.html`, and `model_card.md`, the card of its model."""

    TYPE_NAME = "RunReport"


class DataReport(artifact.Artifact):
    """What DataGate found: `findings.json`, and `index.html`, the page of the data."""

    TYPE_NAME = "DataReport"
