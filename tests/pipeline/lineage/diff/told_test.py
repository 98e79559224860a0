"""What runs were told and ran on."""

import pathlib

import pytest

from pipeline.lineage.diff import absent, changes, told
from tests.pipeline.lineage import stores
from tests.pipeline.lineage.diff import pairs


def _set(store: stores.Store, run: str, name: str, value: str) -> None:
    """Sets a property of what a run has noted of itself."""
    found = pairs.history(store).run(run).output("Config", "config")
    [artifact] = store.opened.get_artifacts_by_id([found.id if found else 0])
    artifact.custom_properties[name].string_value = value
    store.opened.put_artifacts([artifact])


def test_runtime_parameters_are_those_that_were_given(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    assert told.parameters(*pairs.runs(store)) is None
    _set(store, pairs.B, "parameters", '{"train-epochs": 5}')
    assert told.parameters(*pairs.runs(store)) == (
        changes.Change("train-epochs", None, 5, missing="a"),
    )


def test_the_machine_is_compared(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    for run, cores in ((pairs.A, "2"), (pairs.B, "8")):
        pairs.change_environment(store, run, machine={"cores": cores, "system": "Linux"})
    assert told.machine(*pairs.runs(store)) == (changes.Change("cores", "2", "8"),)


def test_rooms_with_another_digest_are_named(store, monkeypatch) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    assert told.code(*pairs.runs(store)) is None
    monkeypatch.setattr(stores, "CODE", {"trainer": "3333", "components/transform": "2222"})
    store.run("third")
    old, new = (pairs.history(store).run(id_) for id_ in (pairs.A, "third"))
    assert told.code(old, new) == (changes.Change("trainer", "1111", "3333"),)


def test_a_run_that_has_noted_nothing_is_not_compared(store: stores.Store) -> None:
    store.put("first", "Ingest")
    run = pairs.history(store).run("first")
    with pytest.raises(absent.AbsentError, match="first has no config: it ran without Config"):
        told.config(run, run)
    assert told.told(run) == {}


def test_a_torn_file_is_told(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side())
    found = pairs.runs(store)[1].output("Config", "config")
    (pathlib.Path(found.uri if found else "") / "environment.json").write_text("{")
    with pytest.raises(absent.AbsentError, match=r"environment\.json .* of second is torn"):
        told.versions(*pairs.runs(store))
