"""Two runs, A and B, whose artifacts have files."""

import dataclasses
import json
import pathlib
from collections.abc import Mapping

from components.evaluator import verdict
from components.ingest import origins
from components.report import metrics_file
from pipeline import config as config_lib
from pipeline import lineage
from tests.pipeline.lineage import stores

A, B = "first", "second"
_ROWS = {"rows_train": 8, "rows_eval": 1, "rows_test": 40}
_VOCABULARY = "transform_fn/assets"


@dataclasses.dataclass(frozen=True)
class Side:
    """What a run has; what is None is not written.

    Attributes:
        epochs: A setting.
        tokens: Entries of the vocabulary.
        labels: Labels.
        schema: Text of the schema.
        sources: File to its digest.
        accuracy: Value and interval on all rows, of the report; the verdict's is the value.
        confidence: That of the intervals.
    """

    epochs: int = 1
    tokens: tuple[str, ...] = ("[PAD]", "fine")
    labels: tuple[str, ...] | None = ("bad", "good")
    schema: str = 'feature { name: "text" type: BYTES }'
    sources: Mapping[str, str] = dataclasses.field(default_factory=lambda: {"a.csv": "1"})
    accuracy: tuple[float, float, float] = (0.5, 0.45, 0.53)
    confidence: float | None = 0.95

    def config(self) -> config_lib.Config:
        """The config that was run."""
        made = config_lib.from_columns("reviews.csv", "review", "stars")
        train = made.train.model_copy(update={"epochs": self.epochs})
        return made.model_copy(update={"train": train})


def write(store: stores.Store, a: Side, b: Side, **of_b: object) -> None:
    """Writes both runs; B is written with further arguments of `stores.Store.run`."""
    for id_, side, more in ((A, a, {}), (B, b, of_b)):
        value = side.accuracy[0]
        made = store.run(id_, side.config(), value=value, **more)  # type: ignore[arg-type]
        cached: Mapping[str, object] = more.get("cached", {})  # type: ignore[assignment]
        _write({node: outputs for node, outputs in made.items() if node not in cached}, side)


def history(store: stores.Store) -> lineage.History:
    """Reads what was written."""
    return lineage.read(store.workspace)


def runs(store: stores.Store) -> tuple[lineage.Run, lineage.Run]:
    """Reads both runs."""
    found = history(store)
    return found.run(A), found.run(B)


def note_rows(store: stores.Store, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Notes how many rows each run has, as Ingest does."""
    for id_, of_run in counts.items():
        for artifact in store.opened.get_artifacts_by_type("Examples"):
            found = history(store).run(id_).output("Ingest", "examples")
            if found and artifact.id == found.id:
                for name, count in of_run.items():
                    artifact.custom_properties[name].int_value = count
                store.opened.put_artifacts([artifact])


def _write(made: Mapping[str, stores.Artifacts], side: Side) -> None:
    def put(node: str, key: str, name: str, text: str) -> None:
        if node in made and key in made[node]:
            path = pathlib.Path(made[node][key][0].uri) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    put("Transform", "transform_graph", f"{_VOCABULARY}/token_vocabulary", _lines(side.tokens))
    if side.labels:
        put("Transform", "transform_graph", f"{_VOCABULARY}/label_vocabulary", _lines(side.labels))
    put("Schema", "schema", "schema.pbtxt", side.schema)
    files = [origins.Origin(name, "all", 9, sha, 3, 0) for name, sha in side.sources.items()]
    put("Ingest", "examples", origins.FILE_NAME, origins.to_json(files))
    value, low, high = side.accuracy
    values = (
        verdict.Value("all rows", "accuracy", value, None),
        verdict.Value("all rows", verdict.EXAMPLE_COUNT, 40.0, None),
        verdict.Value("shop=Rome", "accuracy", 0.25, None),
        verdict.Value("shop=Rome", verdict.EXAMPLE_COUNT, 4.0, None),
    )
    judged = verdict.Verdict(True, 40, False, (), (), values)
    put("Evaluator", "evaluation", verdict.FILE_NAME, judged.to_json())
    if side.confidence is not None:
        measured = ("transformer", "all rows", "accuracy", value, low, high, 40)
        rival = ("linear", "all rows", "accuracy", 0.9, 0.8, 1.0, 40)
        oslo = ("transformer", "shop=Oslo", "accuracy", 0.75, None, None, 6)
        told = tuple(metrics_file.Metric(*each) for each in (measured, oslo, rival))
        report = metrics_file.Metrics("transformer", side.confidence, told)
        put("Report", "report", metrics_file.FILE, report.to_json())


def change_environment(store: stores.Store, run: str, **changes: Mapping[str, str]) -> None:
    """Changes what a run has noted of versions or the machine."""
    found = history(store).run(run).output("Config", "config")
    path = pathlib.Path(found.uri if found else "") / "environment.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**told, **changes}), encoding="utf-8")


def _lines(entries: tuple[str, ...]) -> str:
    return "".join(f"{entry}\n" for entry in entries)
