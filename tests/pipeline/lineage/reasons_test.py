"""Why a node ran."""

import json

from pipeline import lineage
from pipeline.lineage import reasons
from tests.pipeline.lineage import stores


def _why(store: stores.Store, node: str = "Trainer") -> str:
    history = lineage.read(store.workspace)
    execution = history.runs[-1].execution(node)
    assert execution is not None
    return reasons.why(history, execution)


def _train(store: stores.Store, run: str, **settings: object) -> None:
    told = {"custom_config": json.dumps({"train": settings, "code": settings.get("code", "a")})}
    store.put(run, "Trainer", properties=told)


def test_what_never_ran_says_so(store: stores.Store) -> None:
    store.run("first")
    assert _why(store) == "never ran before"


def test_what_is_cached_names_the_run_that_made_it(store: stores.Store) -> None:
    first = store.run("first")
    store.run("second", cached=first)
    assert _why(store) == "as in first"


def test_a_new_input_is_named(store: stores.Store) -> None:
    first = store.run("first")
    cached = {node: made for node, made in first.items() if node != "Transform"}
    store.run("second", cached={**cached, "Trainer": {}})
    assert _why(store) == "new transform_graph, new transformed_examples"


def test_a_changed_setting_is_named_by_its_path(store: stores.Store) -> None:
    _train(store, "first", epochs=1, seed=1)
    _train(store, "second", epochs=2, seed=1)
    assert _why(store) == "train.epochs"


def test_changed_code_is_named_so(store: stores.Store) -> None:
    store.put("first", "Trainer", properties={"digest": "a"})
    store.put("second", "Trainer", properties={"digest": "b"})
    assert _why(store) == "code"


def test_of_many_changes_the_first_are_named(store: stores.Store) -> None:
    _train(store, "first", a=1, b=1, c=1, d=1, e=1)
    _train(store, "second", a=2, b=2, c=2, d=2, e=2)
    assert _why(store) == "train.a, train.b, train.c and 2 more"


def test_a_failed_try_is_not_compared_with(store: stores.Store) -> None:
    _train(store, "first", epochs=1)
    store.run("second", until="Trainer", error="no memory")
    _train(store, "third", epochs=1)
    assert _why(store) == "nothing changed: no cache, or what it had put out was gone"


def test_other_files_are_named_so(store: stores.Store) -> None:
    for run, told in (("first", "bytes:1"), ("second", "bytes:2")):
        store.put(run, "Ingest", properties={"input_fingerprint": told})
    assert _why(store, "Ingest") == "files"
