"""The site on disk: what is written, when, and what a run does with it."""

import logging
import pathlib
import re

import pytest
from ml_metadata import proto

from pipeline import errors, lineage
from pipeline.lineage.site import scripts, writing
from tests.pipeline.lineage import stores


def _write(store: stores.Store) -> writing.Written:
    return writing.write(store.workspace, lineage.read(store.workspace))


def _directory(store: stores.Store) -> pathlib.Path:
    return store.workspace.root / "lineage"


def _times(directory: pathlib.Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (directory / "runs").iterdir()}


def test_a_site_has_a_page_its_scripts_and_a_file_a_run(store: stores.Store) -> None:
    store.run("first")
    store.run("second", until="Trainer", error="x")
    written = _write(store)
    directory = _directory(store)
    assert written == writing.Written(str(directory / "index.html"), 2, 2)
    assert writing.page_of(store.workspace) == directory / "index.html"
    page = (directory / "index.html").read_text(encoding="utf-8")
    sources = re.findall(r'<script src="([^"]*)"', page)
    assert sources[-1] == "runs.js"
    assert all((directory / source).is_file() for source in sources)
    found = scripts.read(directory / "runs.js")
    assert [run["id"] for run in found["runs"]] == ["first", "second"]
    for run in found["runs"]:
        assert scripts.read(directory / "runs" / f"{run['file']}.js")["id"] == run["id"]


def test_the_page_asks_nobody_for_anything(store: stores.Store) -> None:
    store.run("first")
    _write(store)
    for path in _directory(store).rglob("*"):
        if path.is_file() and path.parent.name != "runs":
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|@import|url\(|fetch\(|innerHTML|<style=", text), path


def test_a_second_time_only_what_changed_is_written(store: stores.Store) -> None:
    first = store.run("first")
    _write(store)
    before = _times(_directory(store))
    store.run("second", cached=first)
    assert _write(store).written == 1
    after = _times(_directory(store))
    assert {name: after[name] for name in before} == before
    assert len(after) == 2


def test_the_file_of_a_run_that_is_gone_goes_too(store: stores.Store) -> None:
    store.run("first")
    _write(store)
    stray = _directory(store) / "runs" / "stray.js"
    stray.touch()
    _write(store)
    assert not stray.exists()


def test_a_place_that_cannot_be_written_is_told(store: stores.Store) -> None:
    store.run("first")
    _directory(store).touch()
    with pytest.raises(errors.ConfigError, match=r"`--workspace` must be a directory that can be"):
        _write(store)


def test_a_run_adds_itself_and_draws_no_other_anew(
    store: stores.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.run("first")
    writing.keep(store.workspace)
    store.run("second")
    drawn = []
    of_run = writing.data.of_run
    monkeypatch.setattr(
        writing.data, "of_run", lambda run, *others: drawn.append(run.id) or of_run(run, *others)
    )
    writing.keep(store.workspace)
    assert drawn == ["second"]
    assert len(scripts.read(_directory(store) / "runs.js")["runs"]) == 2


def test_a_lost_file_is_written_anew(store: stores.Store) -> None:
    store.run("first")
    writing.keep(store.workspace)
    [path] = (_directory(store) / "runs").iterdir()
    path.unlink()
    writing.keep(store.workspace)
    assert scripts.read(path)["id"] == "first"


def test_a_run_that_went_on_since_is_drawn_anew(store: stores.Store) -> None:
    store.put("slow", "Ingest", state=proto.Execution.RUNNING)
    writing.keep(store.workspace)
    [row] = scripts.read(_directory(store) / "runs.js")["runs"]
    assert row["kind"] == "unfinished"
    store.put("slow", "Trainer", state=proto.Execution.RUNNING, started=stores.STARTED + 9)
    writing.keep(store.workspace)
    [row] = scripts.read(_directory(store) / "runs.js")["runs"]
    assert row["seconds"] == 10
    assert len(scripts.read(_directory(store) / "runs" / f"{row['file']}.js")["nodes"]) == 2


def test_a_run_draws_all_anew_once_the_code_is_another(
    store: stores.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.run("first")
    writing.keep(store.workspace)
    [path] = (_directory(store) / "runs").iterdir()
    path.write_text("of old", encoding="utf-8")
    writing.keep(store.workspace)
    assert path.read_text(encoding="utf-8") == "of old"
    monkeypatch.setattr(writing.code_digest, "of", lambda *_: "other")
    writing.keep(store.workspace)
    assert scripts.read(path)["id"] == "first"


def test_a_torn_index_is_written_anew(store: stores.Store) -> None:
    store.run("first")
    writing.keep(store.workspace)
    (_directory(store) / "runs.js").write_text("told.all(\n[", encoding="utf-8")
    writing.keep(store.workspace)
    assert len(scripts.read(_directory(store) / "runs.js")["runs"]) == 1


@pytest.mark.parametrize("error", [OSError("full"), KeyError("x"), KeyboardInterrupt()])
def test_what_goes_wrong_at_the_end_of_a_run_is_logged(
    store: stores.Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise error

    store.run("first")
    monkeypatch.setattr(writing.lineage, "read", fail)
    with caplog.at_level(logging.ERROR):
        writing.keep(store.workspace)
    assert "The site of the lineage was not written." in caplog.text
    assert type(error).__name__ in caplog.text


def test_a_name_with_markup_stays_text(store: stores.Store) -> None:
    history = lineage.History('</title><script>alert("1")</script>', "here", ())
    writing.write(store.workspace, history)
    page = (_directory(store) / "index.html").read_text(encoding="utf-8")
    assert "alert(" in page
    assert "<script>" not in page
