"""One run, node by node."""

import datetime
import pathlib
import shutil

from pipeline import lineage
from pipeline.lineage import details, files
from tests.pipeline.lineage import stores, world


def _details(store: stores.Store, run: str = "latest", digest: bool = True) -> details.Details:
    history = lineage.read(store.workspace)
    return details.of(history, history.run(run), digest)


def test_nodes_say_what_they_did_and_why(store: stores.Store) -> None:
    first = store.run("first")
    cached = {node: first[node] for node in ("Config", "Ingest")}
    store.run("second", cached=cached, until="Transform", error="no memory", seconds=2.0)
    found = _details(store)
    by_node = {node.node: node for node in found.nodes}
    assert by_node["Ingest"].state is lineage.State.CACHED
    assert by_node["Ingest"].why == "as in first"
    assert (by_node["Transform"].error, by_node["Transform"].seconds) == ("no memory", 2.0)
    assert found.not_run == ("Trainer", "Evaluator", "Probe", "Report", "Pusher")


def test_artifacts_have_their_size_and_digest(store: stores.Store) -> None:
    world.build(store)
    found = {f"{shown.node}.{shown.key}": shown for shown in _details(store).artifacts}
    schema = found["Schema.schema"]
    assert schema.size is not None
    assert (schema.size.bytes, schema.size.files) == (len('feature { name: "text" }\n'), 1)
    assert schema.made_in == "first"
    assert schema.size.sha256 != found["Transform.transform_graph"].size.sha256


def test_an_artifact_that_is_gone_has_no_size(store: stores.Store) -> None:
    made = world.build(store)
    shutil.rmtree(made.made["Schema"]["schema"][0].uri)
    [schema] = [shown for shown in _details(store).artifacts if shown.key == "schema"]
    assert schema.size is None


def test_digests_may_be_left_out(store: stores.Store) -> None:
    world.build(store)
    sizes = [shown.size for shown in _details(store, digest=False).artifacts]
    assert all(size is not None and size.sha256 is None for size in sizes)


def _artifact(directory: pathlib.Path) -> lineage.Artifact:
    when = datetime.datetime.fromtimestamp(stores.STARTED, datetime.timezone.utc)
    return lineage.Artifact(1, "Model", str(directory), {}, when)


def test_a_digest_is_of_names_and_contents(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("one")
    first = files.measure(_artifact(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    renamed = files.measure(_artifact(tmp_path))
    (tmp_path / "b").write_text("two")
    changed = files.measure(_artifact(tmp_path))
    assert len({each.sha256 for each in (first, renamed, changed) if each}) == 3


def test_what_is_on_no_disk_here_is_not_measured() -> None:
    assert files.measure(_artifact(pathlib.Path("gs://bucket/model"))) is None
    assert files.text(None, "verdict.json") is None


def test_a_torn_file_is_no_document(tmp_path: pathlib.Path) -> None:
    (tmp_path / "verdict.json").write_text("{torn")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert files.document(_artifact(tmp_path), "verdict.json") is None
    assert files.text(_artifact(tmp_path), "bytes") is None
