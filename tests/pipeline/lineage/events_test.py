"""Events of OpenLineage, made of records; a time, an id or a facet of a wrong form is refused by
OpenLineage's own types already.
"""

import datetime
import json
import pathlib
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from components.ingest import origins
from pipeline import lineage
from pipeline.lineage import datasets, events
from tests.pipeline.lineage import stores, world

Event = dict[str, Any]


def _events(store: stores.Store, **given: str) -> list[Event]:
    return [json.loads(line) for line in events.of(lineage.read(store.workspace), **given)]


def _of(told: list[Event], node: str, type_: str = "COMPLETE") -> Event:
    """Finds the event of a node."""
    [found] = [each for each in told if each["job"]["name"] == node and each["eventType"] == type_]
    return found


def _facets(value: Any) -> Iterator[Event]:
    """Yields every facet, wherever it stands."""
    if isinstance(value, list):
        for each in value:
            yield from _facets(each)
    if isinstance(value, dict):
        for key, each in value.items():
            if key.lower().endswith("facets"):
                yield from each.values()
            yield from _facets(each)


def test_a_run_stands_around_its_nodes_and_each_starts_and_ends(store: stores.Store) -> None:
    store.put("first", "Ingest", started=stores.STARTED, seconds=2.0)
    store.put("first", "Trainer", started=stores.STARTED + 1, seconds=9.5)
    at = datetime.datetime.fromtimestamp(stores.STARTED, datetime.timezone.utc)
    assert [(e["eventType"], e["job"]["name"], e["eventTime"]) for e in _events(store)] == [
        (type_, name, (at + datetime.timedelta(seconds=s)).isoformat(timespec="milliseconds"))
        for type_, name, s in (
            ("START", "reviews", 0),
            ("START", "reviews.Ingest", 0),
            ("START", "reviews.Trainer", 1),
            ("COMPLETE", "reviews.Ingest", 2),
            ("COMPLETE", "reviews.Trainer", 10.5),
            ("COMPLETE", "reviews", 10.5),
        )
    ]


def test_every_event_and_facet_has_what_the_specification_requires(store: stores.Store) -> None:
    store.run("first", pushed="17")
    told = _events(store)
    assert len(told) == 2 * 14  # 13 nodes and the run
    for event in told:
        assert {"eventTime", "producer", "schemaURL", "run", "job"} <= set(event)
        assert event["schemaURL"].endswith("/spec/2-0-2/OpenLineage.json#/$defs/RunEvent")
        for facet in _facets(event):
            assert facet["_producer"] == event["producer"]
            assert facet["_producer"].startswith("pkg:generic/meritline@")
            assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/")
    names = {(type_, event["job"]["name"]) for event in told for type_ in [event["eventType"]]}
    assert len(names) == len(told)


def test_ids_are_those_of_the_records_and_nodes_know_their_run(store: stores.Store) -> None:
    for run in ("first", "second"):
        store.put(run, "Ingest")
    told = _events(store)
    assert told == _events(store)
    ids = [event["run"]["runId"] for event in told]
    assert len(set(ids)) == 4
    assert {uuid.UUID(id_).version for id_ in ids} == {5}
    start, of_node, *_ = told
    assert of_node["run"]["facets"]["parent"]["run"]["runId"] == start["run"]["runId"]
    assert of_node["run"]["facets"]["parent"]["job"]["name"] == "reviews"
    assert "parent" not in start["run"]["facets"]


def test_the_namespace_is_that_of_jobs_and_parents(store: stores.Store) -> None:
    store.put("first", "Ingest")
    _, of_node, *_ = _events(store, namespace="shop")
    assert of_node["job"]["namespace"] == "shop"
    assert of_node["run"]["facets"]["parent"]["job"]["namespace"] == "shop"


@pytest.mark.parametrize(
    ("state", "code", "type_"),
    [
        (stores._FAILED, 1, "FAIL"),
        (stores._FAILED, 4, "FAIL"),  # refused
        (stores.proto.Execution.CANCELED, 130, "ABORT"),
    ],
)
def test_what_ended_early_says_so(store: stores.Store, state: int, code: int, type_: str) -> None:
    store.put("first", "Ingest", state=state, error="no such file", code=code)
    *_, of_node, of_run = _events(store)
    assert (of_node["eventType"], of_run["eventType"]) == (type_, type_)
    errors = [each["run"]["facets"].get("errorMessage") for each in (of_node, of_run)]
    told = [error and error["message"] for error in errors]
    assert told == (["no such file", "Ingest: no such file"] if type_ == "FAIL" else [None, None])


def test_what_has_not_ended_only_starts(store: stores.Store) -> None:
    store.put("first", "Ingest", state=stores.proto.Execution.RUNNING)
    assert [event["eventType"] for event in _events(store)] == ["START", "START"]


def test_what_the_cache_answered_is_complete_and_tagged(store: stores.Store) -> None:
    made = store.put("first", "Ingest", outputs={"examples": [store.artifact("Examples")]})
    store.put("second", "Ingest", outputs=made, state=stores.proto.Execution.CACHED)
    first, second = [e for e in _events(store) if e["job"]["name"] == "reviews.Ingest"][1::2]
    assert second["eventType"] == "COMPLETE"
    assert first["outputs"][0]["name"] == second["outputs"][0]["name"]
    [tag] = second["run"]["facets"]["tags"]["tags"]
    assert (tag["key"], tag["value"]) == ("cached", "true")
    assert "tags" not in first["run"]["facets"]


def test_versions_stand_in_the_run(store: stores.Store) -> None:
    store.run("first")
    of_run, of_node, *_ = _events(store)
    engine = of_run["run"]["facets"]["processing_engine"]
    assert (engine["name"], engine["version"]) == ("TFX", "1.16.0")
    tags = {tag["key"]: tag["value"] for tag in of_run["run"]["facets"]["tags"]["tags"]}
    assert tags == stores.VERSIONS
    assert of_node["run"]["facets"]["processing_engine"] == engine


def test_datasets_lead_from_the_table_to_the_version(store: stores.Store) -> None:
    made = world.build(store)
    told = _events(store)
    [table] = _of(told, "reviews.Ingest", "START")["inputs"]
    assert (table["namespace"], table["name"]) == ("file", str(made.table))
    text = pathlib.Path(made.made["Ingest"]["examples"][0].uri, origins.FILE_NAME).read_text()
    [origin] = origins.from_json(text)
    assert table["facets"]["version"]["datasetVersion"] == origin.sha256
    assert table["inputFacets"]["inputStatistics"]["rowCount"] == 3
    [model] = _of(told, "reviews.Trainer")["outputs"]
    assert model["facets"]["datasetType"]["datasetType"] == "MODEL"
    assert model["facets"]["version"]["datasetVersion"] == str(made.made["Trainer"]["model"][0].id)
    assert model["name"] in [each["name"] for each in _of(told, "reviews.Pusher")["inputs"]]
    assert str(made.version) in [each["name"] for each in _of(told, "reviews.Pusher")["outputs"]]


def test_examples_tell_their_rows_and_their_size(store: stores.Store) -> None:
    made = world.build(store)
    directory = pathlib.Path(made.made["Ingest"]["examples"][0].uri)
    outputs = {each["name"]: each for each in _of(_events(store), "reviews.Ingest")["outputs"]}
    statistics = outputs[str(directory)]["outputFacets"]["outputStatistics"]
    assert statistics["rowCount"] == 2
    assert statistics["size"] == (directory / origins.FILE_NAME).stat().st_size
    assert statistics["fileCount"] == 1
    assert sum("outputStatistics" in each["outputFacets"] for each in outputs.values()) == 1


def test_examples_that_have_gone_still_tell_their_rows(store: stores.Store) -> None:
    store.put(
        "a", "Ingest", outputs={"examples": [store.artifact("Examples", "/gone", {"rows": 7})]}
    )
    [examples] = _of(_events(store), "reviews.Ingest")["outputs"]
    statistics = examples["outputFacets"]["outputStatistics"]
    assert (statistics["rowCount"], statistics.get("size")) == (7, None)


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("/w/artifacts/Trainer/model/9", ("file", "/w/artifacts/Trainer/model/9")),
        ("file:///w/model", ("file", "/w/model")),
        ("gs://bucket/a/model", ("gs://bucket", "a/model")),
        ("s3://bucket/a", ("s3://bucket", "a")),
        ("hdfs://host:8020/a", ("hdfs://host:8020", "/a")),
        ("", None),
    ],
)
def test_names_follow_the_naming_rules(uri: str, place: tuple[str, str] | None) -> None:
    assert datasets.name(uri) == place
