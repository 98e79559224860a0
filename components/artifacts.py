"""The artifact types that TFX has none of its own for.

Each is known by the name under which it can be imported: outside of LocalDagRunner a component is
told no more of an artifact than that name, and TFX imports the type by it.
"""

from typing import Any

from tfx.types import artifact


def _count(name: str) -> Any:
    """Keeps a number in a custom property: a type of one's own may declare none where pipelines
    are compiled.
    """

    def get(self: artifact.Artifact) -> int:
        return int(self.get_int_custom_property(name))

    def put(self: artifact.Artifact, value: int) -> None:
        self.set_int_custom_property(name, value)

    return property(get, put)


class Quarantine(artifact.Artifact):
    """Rows that could not be used: `rows.jsonl` with file, line, reason and raw bytes of each.

    Attributes:
        rows_in: Rows that the files have; `rows_in = rows_out + rows`.
        rows_out: Rows that became examples.
        rows: Rows that were put aside.
    """

    TYPE_NAME = "components.Quarantine"
    rows_in, rows_out, rows = _count("rows_in"), _count("rows_out"), _count("rows")


class TextStatistics(artifact.Artifact):
    """What TFDV does not count of texts: `text_statistics.json`, see components/statistics."""

    TYPE_NAME = "components.TextStatistics"


class Search(artifact.Artifact):
    """What a search for better settings has tried: `search.json`, see trainer/tuning/record.py."""

    TYPE_NAME = "components.Search"


class Folds(artifact.Artifact):
    """What candidates were worth on each fold: `folds.json`, see components/cross_validation."""

    TYPE_NAME = "components.Folds"


class TrialReport(artifact.Artifact):
    """What a trial has found: `trial.json` and `rows.npz`, see components/trial/outcome.py."""

    TYPE_NAME = "components.TrialReport"


class ProbeReport(artifact.Artifact):
    """What a probe has found: `probe.json`, see components/probe/outcome.py.

    Beside it `tf_serving_warmup_requests`, which go with a model that is pushed.
    """

    TYPE_NAME = "components.ProbeReport"


class RunReport(artifact.Artifact):
    """What people read of a run: `index.html`, and `model_card.md`, the card of its model.

    Beside them `metrics.json` for programs, see components/report/metrics_file.py.
    """

    TYPE_NAME = "components.RunReport"


class DataReport(artifact.Artifact):
    """What DataGate found: `findings.json`, and `index.html`, the page of the data."""

    TYPE_NAME = "components.DataReport"


class RunConfig(artifact.Artifact):
    """What a run was told and runs on: `config.yaml` and `environment.json`.

    Its properties are in components/run_config/noted.py.
    """

    TYPE_NAME = "components.RunConfig"
