"""What the pages show, as plain data: a row for each run, and all of one run."""

import hashlib
import json
import pathlib
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from components.pages import spelling
from components.run_config import noted
from pipeline.lineage import facts as facts_lib
from pipeline.lineage import files, reasons, records
from pipeline.lineage.site import graphs, layout

Json = dict[str, Any]
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME, _HEX_DIGITS = 40, 12
_LONGEST = 2000  # characters of a property
_OF_TFX = ("is_external", "tfx_version")  # told of every artifact, and of no use here
_NOT_RUN = "not run"


def row(run: records.Run, history: records.History) -> Json:
    """Makes the row of a run among all runs."""
    found = facts_lib.of(run)
    return {
        "id": run.id,
        "file": file_name(run.id),
        "started": found.started.isoformat(timespec="seconds"),
        "kind": _kind(found),
        "state": found.state.value,
        "config": found.config,
        "verdict": found.verdict,
        "trial": found.trial,
        "metric": found.metric,
        "value": found.value,
        "pushed": found.pushed,
        "seconds": found.seconds,
        "cached": round(found.cached_share, 4),
        "shared": _shared(run, history),
    }


def of_run(run: records.Run, history: records.History, directory: pathlib.Path) -> Json:
    """Makes all that is shown of one run.

    Args:
        run: The run.
        history: What it is part of; it has to have those that made what this one took.
        directory: Where the pages are, for links.
    """
    graph = graphs.of(run)
    place = graph.laid_out()
    told = graphs.settings(run)
    environment = _environment(run)
    return {
        **row(run, history),
        "reasons": _reasons(run),
        "width": place.width,
        "height": place.height,
        "nodes": [_node(run, id_, graph, place.boxes[id_], history) for id_ in graph.outputs],
        "edges": [
            {
                "source": edge.source,
                "output": edge.output,
                "target": edge.target,
                "planned": edge in graph.planned,
                "points": place.paths[edge],
            }
            for edge in graph.edges
        ],
        "artifacts": {
            str(artifact.id): _artifact(artifact, history, directory) for artifact in _all(run)
        },
        "metrics": _metrics(run),
        "settings": _flat(graphs.config(run)),
        "code": _texts(told.get("code")),
        "versions": _texts(environment.get("versions")),
    }


def file_name(run: str) -> str:
    """Names the file of a run: its id as far as files may be called so, and a digest of it."""
    digest = hashlib.sha256(run.encode(errors="surrogatepass")).hexdigest()[:_HEX_DIGITS]
    return f"{_SAFE.sub('-', run)[:_NAME]}-{digest}"


def _kind(found: facts_lib.Facts) -> str:
    """Says in a word or two what a run was: its verdict, if it was judged and ended well."""
    return found.verdict or "done" if found.state is records.State.DONE else found.state.value


def _all(run: records.Run) -> Sequence[records.Artifact]:
    """Lists the artifacts that a run has taken or put out, each once."""
    found = {
        artifact.id: artifact
        for execution in run.executions
        for artifacts in (*execution.inputs.values(), *execution.outputs.values())
        for artifact in artifacts
    }
    return [found[id_] for id_ in sorted(found)]


def _shared(run: records.Run, history: records.History) -> list[int]:
    """Lists the ids of the artifacts that another run has made."""
    makers = {artifact.id: history.producer(artifact) for artifact in _all(run)}
    return [id_ for id_, maker in makers.items() if maker is None or maker.run != run.id]


def _reasons(run: records.Run) -> list[str]:
    """Lists why the model was judged as it was."""
    evaluation = run.output(*facts_lib.EVALUATION)
    told = evaluation.properties.get("reasons") if evaluation else None
    return [line for line in str(told or "").splitlines() if line.strip()]


def _node(
    run: records.Run, id_: str, graph: graphs.Graph, box: layout.Box, history: records.History
) -> Json:
    found = run.execution(id_)
    made: Json = {
        "id": id_,
        "state": found.state.value if found else _NOT_RUN,
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
        "outputs": [
            {"label": output.label, "artifact": output.artifact.id if output.artifact else None}
            for output in graph.outputs[id_]
        ],
    }
    if found is None:
        return made
    inputs = [
        {"key": key, "artifacts": [artifact.id for artifact in artifacts]}
        for key, artifacts in sorted(found.inputs.items())
    ]
    return {
        **made,
        "execution": found.id,
        "type": found.type,
        "started": found.started.isoformat(timespec="seconds"),
        "seconds": found.seconds,
        "inputs": inputs,
        "why": reasons.why(history, found),
        "error": found.error.splitlines(),
    }


def _artifact(
    artifact: records.Artifact, history: records.History, directory: pathlib.Path
) -> Json:
    maker = history.producer(artifact)
    page, gone = _page(artifact.uri, directory)
    return {
        "type": artifact.type.removeprefix("components."),
        "uri": artifact.uri,
        "page": page,
        "gone": gone,
        "created": artifact.created.isoformat(timespec="seconds"),
        "maker": {"run": maker.run, "node": maker.node} if maker else None,
        "properties": {
            name: _short(value)
            for name, value in artifact.properties.items()
            if name not in _OF_TFX and value not in (None, "")
        },
    }


def _page(uri: str, directory: pathlib.Path) -> tuple[str | None, bool]:
    """Finds what a browser can show of an artifact, and tells whether its files are gone.

    A link is relative where it can be, so that it still holds in a copy of the workspace.
    """
    if not uri.startswith("/"):
        return None, False
    path = pathlib.Path(uri)
    try:
        shown = path if path.is_file() else path / "index.html"
        if not shown.is_file():
            return None, not path.exists()
    except (OSError, ValueError):  # no path that a file could have
        return None, False
    if shown.is_relative_to(directory.parent):
        return urllib.parse.quote(f"../{shown.relative_to(directory.parent)}"), False
    return shown.as_uri(), False


def _short(value: object) -> object:
    """Keeps what is no text, and of a text no more than a page has room for."""
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _metrics(run: records.Run) -> dict[str, float]:
    """Lists what the judged model was worth, as far as the Evaluator has told ML Metadata."""
    evaluation = run.output(*facts_lib.EVALUATION)
    return {
        name: float(value)
        for name, value in (evaluation.properties.items() if evaluation else ())
        if isinstance(value, int | float) and name not in _OF_TFX
    }


def _environment(run: records.Run) -> Mapping[str, object]:
    """Reads the versions that a run has noted, where its file is still there."""
    found = files.document(run.output(*facts_lib.CONFIG), noted.ENVIRONMENT_FILE)
    return found if isinstance(found, dict) else {}


def _texts(told: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def _flat(values: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Spells each value of a config under its dotted key."""
    found: dict[str, str] = {}
    for key, value in values.items():
        if isinstance(value, dict) and value:
            found.update(_flat(value, f"{prefix}{key}."))
        else:
            found[f"{prefix}{key}"] = json.dumps(value, ensure_ascii=False, default=str)
    return found


def inert(value: Any) -> Any:
    """Replaces what people could not see in a text by escapes, wherever it stands in the data."""
    if isinstance(value, str):
        return spelling.inert(value)
    if isinstance(value, Mapping):
        return {spelling.inert(str(key)): inert(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [inert(each) for each in value]
    return value
