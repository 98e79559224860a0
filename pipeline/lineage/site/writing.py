"""Writes the site: one page, what it is drawn by, and the data of each run in a file of its own."""

import dataclasses
import datetime
import logging
import os
import pathlib
from collections.abc import Sequence
from typing import Any

from components.pages import environment
from pipeline import code_digest, errors, lineage
from pipeline import workspace as workspace_lib
from pipeline.lineage import records
from pipeline.lineage.site import data, scripts

_DIRECTORY, _PAGE, _INDEX, _RUNS, _DRAWN_BY = "lineage", "index.html", "runs.js", "runs", "page"
_TEMPLATE = "page.html.jinja"
# In the order in which the page loads them: each uses those before it.
_SCRIPTS = (
    *("dom.js", "marks.js", "data.js", "chart.js", "table.js", "graph.js", "details.js"),
    *("run.js", "compare.js", "main.js"),
)
# Scripts of the same directory, and nothing else.
_POLICY = f"{environment.POLICY}; script-src 'self'"


@dataclasses.dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        page: The page to open.
        runs: The number of runs on it.
        written: How many of them are new there, or have changed.
    """

    page: str
    runs: int
    written: int


def page_of(workspace: workspace_lib.Workspace) -> pathlib.Path:
    """Names the page of a workspace."""
    return workspace.root / _DIRECTORY / _PAGE


def write(workspace: workspace_lib.Workspace, history: records.History) -> Written:
    """Writes the whole site anew; files that say the same stay untouched.

    Raises:
        ConfigError: If it cannot be written.
    """
    history.load()
    return _write(workspace, history, {})


def keep(workspace: workspace_lib.Workspace) -> None:
    """Adds what is new to the site at the end of a run.

    Whatever goes wrong is logged, an interrupt too: what came of the run has been decided.
    """
    try:
        history = lineage.read(workspace, workspace.root.name)
        _write(workspace, history, _known(workspace))
    except (Exception, KeyboardInterrupt):
        logging.getLogger(__name__).exception("The site of the lineage was not written.")


def _write(
    workspace: workspace_lib.Workspace, history: records.History, known: dict[str, Any]
) -> Written:
    """Writes the site, but of the runs no file that is known to say the same already."""
    directory = workspace.root / _DIRECTORY
    rows, changed = [], 0
    try:
        for run in history.runs:
            path = directory / _RUNS / f"{data.file_name(run.id)}.js"
            if _is_known(run, known.get(run.id)) and path.is_file():
                rows.append(known[run.id])
                continue
            rows.append(data.row(run, history))
            text = scripts.render("told.run", data.of_run(run, history, directory))
            changed += _replace(path, text)
        _remove_others(directory / _RUNS, {f"{row['file']}.js" for row in rows})
        _replace(directory / _INDEX, scripts.render("told.all", _index(history, rows)))
        _write_page(directory, history.pipeline)
    except OSError as error:
        raise errors.ConfigError(
            f"`--workspace` must be a directory that can be written. "
            f"Received: {directory} ({error.strerror})"
        ) from error
    return Written(str(directory / _PAGE), len(rows), changed)


def _is_known(run: records.Run, row: data.Json | None) -> bool:
    """Whether a row says of a run what it would say now: one that goes on has another time."""
    return row is not None and (row["state"], row["seconds"]) == (run.state.value, run.seconds)


def _index(history: records.History, rows: Sequence[data.Json]) -> data.Json:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "pipeline": history.pipeline,
        "store": history.store,
        "written": now.isoformat(timespec="seconds"),
        "code": code_digest.of("pipeline/lineage"),
        "runs": rows,
    }


def _known(workspace: workspace_lib.Workspace) -> dict[str, Any]:
    """Reads the rows of the site as it is; none where other code has written it."""
    try:
        found = scripts.read(workspace.root / _DIRECTORY / _INDEX)
        if found["code"] != code_digest.of("pipeline/lineage"):
            return {}
        return {row["id"]: row for row in found["runs"]}
    except (OSError, ValueError, TypeError, LookupError):
        return {}


def _write_page(directory: pathlib.Path, pipeline: str) -> None:
    made = environment.make(__package__)
    page = made.get_template(_TEMPLATE).render(
        pipeline=pipeline, site_policy=_POLICY, scripts=_SCRIPTS, index=_INDEX, drawn_by=_DRAWN_BY
    )
    for name in _SCRIPTS:
        source = pathlib.Path(__file__).parent / "page" / name
        _replace(directory / _DRAWN_BY / name, source.read_text(encoding="utf-8"))
    _replace(directory / _PAGE, page)


def _replace(path: pathlib.Path, text: str) -> bool:
    """Makes a file say this, at once for whoever reads it; returns whether it did not before."""
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_bytes(content)
    new.replace(path)
    return True


def _remove_others(directory: pathlib.Path, names: set[str]) -> None:
    """Removes the files of runs that are no longer recorded."""
    for path in directory.glob("*.js"):
        if path.name not in names:
            path.unlink()
