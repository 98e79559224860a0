"""Runs whose artifacts have files: a table, a version that was pushed, and what judged it."""

import dataclasses
import hashlib
import json
import pathlib

from components.evaluator import verdict
from components.ingest import origins
from components.pusher import lineage_file
from tests.pipeline.lineage import stores

_BOUNDS = (
    verdict.Bound("all rows", "accuracy", "floor", 0.7, 0.8, None, True),
    verdict.Bound("shop=Rome", "accuracy", "max_drop", 0.01, 0.6, 0.7, False),
)
TRAINER = {
    "architecture": "transformer",
    "model": {"num_layers": 2, "init_from": None},
    "train": {"epochs": 3},
    "tokenizer": {"kind": "words"},
}


@dataclasses.dataclass(frozen=True)
class World:
    """A store with one run whose artifacts have files.

    Attributes:
        store: The store.
        table: What the rows came from.
        version: Where the version was pushed to.
        made: Node to its outputs.
    """

    store: stores.Store
    table: pathlib.Path
    version: pathlib.Path
    made: dict[str, stores.Artifacts]


def build(store: stores.Store, blessed: bool = True) -> World:
    """Writes a run `first` from a table of three rows to version 17."""
    directory = store.workspace.root.parent
    table = directory / "reviews.csv"
    table.write_text("review,stars\nfine,1\ngood,1\nbad,\n", encoding="utf-8")
    made: dict[str, stores.Artifacts] = {}

    def put(node: str, inputs: dict[str, tuple[str, str]], **outputs: dict) -> None:
        given = {key: made[source][output] for key, (source, output) in inputs.items()}
        found = {
            key: [store.artifact(told.pop("type"), properties=told)]
            for key, told in outputs.items()
        }
        properties = {"custom_config": json.dumps(TRAINER)} if node == "Trainer" else {}
        made[node] = store.put("first", node, inputs=given, outputs=found, properties=properties)
        for of_key in made[node].values():
            pathlib.Path(of_key[0].uri).mkdir(parents=True)

    examples = {"type": "Examples", "rows_train": 1, "rows_eval": 0, "rows_test": 1, "rows": 2}
    quarantine = {"type": "components.Quarantine", "rows": 1, "rows_in": 3, "rows_out": 2}
    put("Ingest", {}, examples=examples, quarantine=quarantine)
    put("Schema", {}, schema={"type": "Schema"})
    given = {"examples": ("Ingest", "examples"), "schema": ("Schema", "schema")}
    put("Transform", given, transform_graph={"type": "TransformGraph"})
    put("Trainer", {"transform_graph": ("Transform", "transform_graph")}, model={"type": "Model"})
    put(
        "Evaluator",
        {"model": ("Trainer", "model"), "examples": ("Ingest", "examples")},
        blessing={"type": "ModelBlessing", "blessed": int(blessed)},
        evaluation={"type": "ModelEvaluation", "accuracy": 0.8, "reasons": "as noted"},
    )
    version = store.workspace.serving / "17"
    pushed = {"pushed": 1, "pushed_version": "17", "pushed_destination": str(version)}
    given = {"model": ("Trainer", "model"), "model_blessing": ("Evaluator", "blessing")}
    put("Pusher", given, pushed_model={"type": "PushedModel", **(pushed if blessed else {})})
    _write(table, made)
    _push(version)
    return World(store, table, version, made)


def _write(table: pathlib.Path, made: dict[str, stores.Artifacts]) -> None:
    def uri(node: str, key: str) -> pathlib.Path:
        return pathlib.Path(made[node][key][0].uri)

    content = table.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    origin = origins.Origin(str(table), "all", len(content), digest, rows=3, aside=1)
    (uri("Ingest", "examples") / origins.FILE_NAME).write_text(origins.to_json([origin]))
    (uri("Schema", "schema") / "schema.pbtxt").write_text('feature { name: "text" }\n')
    vocabulary = uri("Transform", "transform_graph") / "transform_fn/assets/token_vocabulary"
    vocabulary.parent.mkdir(parents=True)
    vocabulary.write_text("[PAD]\n[UNK]\nfine\n")
    training = uri("Trainer", "model") / "Format-Serving/assets.extra/training.json"
    training.parent.mkdir(parents=True)
    training.write_text('{"seconds": 9.0, "best_epoch": 2, "reason": "all", "epochs": [1, 2, 3]}')
    judged = verdict.Verdict(True, 2, False, ("all bounds hold",), _BOUNDS, ())
    (uri("Evaluator", "evaluation") / verdict.FILE_NAME).write_text(judged.to_json())


def _push(version: pathlib.Path) -> None:
    (version / "assets.extra").mkdir(parents=True)
    (version / "saved_model.pb").write_bytes(b"a graph")
    file = lineage_file.File(7, hashlib.sha256(b"a graph").hexdigest())
    told = lineage_file.Lineage(
        *("reviews", "first", 6, (), (), "", {}, {}), files={"saved_model.pb": file}
    )
    (version / "assets.extra" / lineage_file.FILE_NAME).write_text(told.to_json())
