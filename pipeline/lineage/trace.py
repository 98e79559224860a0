"""From a pushed version back to the very files, and forward to what was made of it."""

import dataclasses
import datetime
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from components.ingest import origins
from components.pusher import lineage_file
from pipeline.lineage import facts, files, records
from schemas import features

_SCHEMA_FILE = "schema.pbtxt"
_VOCABULARY = "transform_fn/assets/token_vocabulary"
_TRAINING = "Format-Serving/assets.extra/training.json"
_ROWS = "rows_"


@dataclasses.dataclass(frozen=True)
class Source:
    """A file that rows came from.

    Attributes:
        origin: The file as it was read.
        now: `unchanged`, `changed`, `gone`, or `not looked at` where it is on no disk of this
            machine.
    """

    origin: origins.Origin
    now: str


@dataclasses.dataclass(frozen=True)
class Step:
    """An artifact on the way from the files to the version.

    Attributes:
        node: Id of the node that made it.
        run: Id of the run in which it did.
        key: What it is called among the node's outputs.
        type: Its type.
        id: Its id in ML Metadata.
        uri: Where it lies.
    """

    node: str
    run: str
    key: str
    type: str
    id: int
    uri: str


@dataclasses.dataclass(frozen=True)
class Use:
    """Something that came of the model, or of what it was made of.

    Attributes:
        what: In a few words.
        run: Id of the run.
    """

    what: str
    run: str


@dataclasses.dataclass(frozen=True)
class Trace:
    """Where a version came from, and where it went.

    Attributes:
        pipeline: Name of the pipeline.
        version: The version.
        run: Id of the run that pushed it.
        pushed: When.
        destination: Where it was pushed to.
        state: `as pushed`, `gone`, or what about its files is other than it was.
        facts: What came of the run.
        architecture: What was trained.
        hyperparameters: Of model, training and tokenizer, by dotted name.
        training: How the training went; empty where that file is gone.
        rows: Split to its rows.
        aside: Rows that were put aside.
        sources: The files.
        schema: Lines of the schema; none where its file is gone.
        vocabulary: Entries of the vocabulary; None where its file is gone.
        steps: All artifacts that it was made of, the nearest first.
        uses: What was made of it, and of its model.
    """

    pipeline: str
    version: str
    run: str
    pushed: datetime.datetime
    destination: str
    state: str
    facts: facts.Facts
    architecture: str
    hyperparameters: Mapping[str, Any]
    training: Mapping[str, Any]
    rows: Mapping[str, int]
    aside: int | None
    sources: tuple[Source, ...]
    schema: tuple[str, ...]
    vocabulary: int | None
    steps: tuple[Step, ...]
    uses: tuple[Use, ...]


def of(history: records.History, version: str) -> Trace:
    """Traces a version.

    Args:
        history: Of its pipeline.
        version: Its number, or `latest`.

    Raises:
        ConfigError: If no run has pushed it.
    """
    number, pushed = facts.pushed_as(history, version)
    pusher = history.producer(pushed)
    if pusher is None:  # a pushed model comes out of a Pusher
        raise LookupError(pushed.uri)
    run = history.run_of(pusher)
    made_of = list(upstream(history, pusher))
    trainer = _trainer(history, made_of)
    settings = _settings(trainer)
    examples = _of_type(made_of, "Examples", "Ingest")
    quarantine = run.output(*facts.QUARANTINE)
    schema = _of_type(made_of, "Schema", "Schema")
    text = files.text(schema, _SCHEMA_FILE)
    words = files.text(_of_type(made_of, "TransformGraph", "Transform"), _VOCABULARY)
    return Trace(
        pipeline=history.pipeline,
        version=number,
        run=run.id,
        pushed=pusher.ended,
        destination=str(pushed.properties.get("pushed_destination", "")),
        state=intact(pathlib.Path(str(pushed.properties.get("pushed_destination", "")))),
        facts=facts.of(run),
        architecture=str(settings.pop("architecture", "unknown")),
        hyperparameters=settings,
        training=_training(trainer),
        rows=_rows(examples),
        aside=_count(quarantine, "rows"),
        sources=tuple(_sources(examples)),
        schema=tuple(text.splitlines()) if text else (),
        vocabulary=len(words.splitlines()) if words else None,
        steps=tuple(_step(each, maker) for each, maker in made_of),
        uses=tuple(_uses(history, pusher, pushed)),
    )


def upstream(
    history: records.History, execution: records.Execution
) -> Iterator[tuple[records.Artifact, records.Execution]]:
    """Yields every artifact that an execution's outputs are made of, with what made it.

    What only had to be beaten is no part of what is made: a baseline decides whether there is a
    push, and not what is pushed.
    """
    seen: set[int] = set()
    waiting = [execution]
    while waiting:
        taken = waiting.pop(0)
        for key, artifacts in taken.inputs.items():
            for artifact in artifacts if key != "baseline_model" else ():
                if artifact.id not in seen and (maker := history.producer(artifact)):
                    seen.add(artifact.id)
                    yield artifact, maker
                    waiting.append(maker)


def intact(directory: pathlib.Path) -> str:
    """Holds a version against the digests that were taken when it was pushed.

    Returns:
        `as pushed`, `gone`, or what is other than it was.
    """
    if not directory.is_dir():
        return "gone"
    try:
        text = (directory / lineage_file.DIRECTORY / lineage_file.FILE_NAME).read_text("utf-8")
        told = lineage_file.Lineage.from_json(text)
    except (OSError, ValueError):
        return f"has no {lineage_file.FILE_NAME} to hold it against"
    changed = [
        name
        for name, file in told.files.items()
        if not (directory / name).is_file() or files.of_file(directory / name) != file.sha256
    ]
    return f"changed since: {', '.join(changed)}" if changed else "as pushed"


def _trainer(
    history: records.History, made_of: list[tuple[records.Artifact, records.Execution]]
) -> records.Execution | None:
    """Finds what trained the model: of a trial, the node whose model went on."""
    makers = [maker for artifact, maker in made_of if artifact.type == "Model"]
    if not makers:
        return None
    if makers[0].node == facts.TRIED_MODEL[0]:
        chosen = history.run_of(makers[0]).output(*facts.TRIED_MODEL)
        node = chosen.properties.get("trainer") if chosen else None
        return next((maker for maker in makers if maker.node == node), None)
    return makers[0]


def _settings(trainer: records.Execution | None) -> dict[str, Any]:
    """Lists what the training was told, by dotted name."""
    told = records.told(trainer.properties, "custom_config") if trainer else {}
    found: dict[str, Any] = {"architecture": told.get("architecture", "unknown")}
    for section in ("model", "train", "tokenizer"):
        of = told.get(section)
        for key, value in of.items() if isinstance(of, Mapping) else ():
            found[f"{section}.{key}"] = value
    # What a compiled pipeline was told when it was submitted stands in place of that.
    epochs = trainer.properties.get("epochs") if trainer else None
    return {**found, "train.epochs": epochs} if epochs else found


def _training(trainer: records.Execution | None) -> Mapping[str, Any]:
    model = next(iter(trainer.outputs.get("model", ())), None) if trainer else None
    found = files.document(model, _TRAINING)
    return found if isinstance(found, Mapping) else {}


def _rows(examples: records.Artifact | None) -> dict[str, int]:
    found = {split: _count(examples, f"{_ROWS}{split}") for split in features.SPLITS}
    return {split: count for split, count in found.items() if count is not None}


def _count(artifact: records.Artifact | None, name: str) -> int | None:
    value = artifact.properties.get(name) if artifact else None
    return int(value) if isinstance(value, int | float) else None


def _sources(examples: records.Artifact | None) -> Iterator[Source]:
    for origin in files.parsed(examples, origins.FILE_NAME, origins.from_json) or ():
        yield Source(origin, _now(origin))


def _now(origin: origins.Origin) -> str:
    if "://" in origin.path:
        return "not looked at"
    path = pathlib.Path(origin.path)
    if not path.is_file():
        return "gone"
    same = path.stat().st_size == origin.bytes and files.of_file(path) == origin.sha256
    return "unchanged" if same else "changed"


def _of_type(
    made_of: list[tuple[records.Artifact, records.Execution]], type_: str, node: str
) -> records.Artifact | None:
    return next((a for a, maker in made_of if a.type == type_ and maker.node == node), None)


def _step(artifact: records.Artifact, maker: records.Execution) -> Step:
    key = next(
        (key for key, of in maker.outputs.items() if artifact.id in {each.id for each in of}), ""
    )
    return Step(maker.node, maker.run, key, artifact.type, artifact.id, artifact.uri)


def _uses(
    history: records.History, pusher: records.Execution, pushed: records.Artifact
) -> Iterator[Use]:
    """Yields what came of the model: what it was compared with, pushed as, started from."""
    destination = str(pushed.properties.get("pushed_destination", ""))
    for model in pusher.inputs.get("model", ()):
        for taker in history.consumers(model):
            if taker.node == "Evaluator":
                if model.id in {each.id for each in taker.inputs.get("baseline_model", ())}:
                    beat = facts.of(history.run_of(taker))
                    yield Use(f"a model was compared with it: {beat.verdict}", taker.run)
            elif taker.node == "Pusher" and taker.state is records.State.DONE:
                version = facts.pushed_version(history.run_of(taker))
                if taker.id != pusher.id and version:
                    yield Use(f"pushed as version {version} too", taker.run)
    for execution in history.executions():
        if destination and execution.properties.get("source") == destination:
            yield Use(f"{execution.node} started from it", execution.run)
