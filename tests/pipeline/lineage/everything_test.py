from pipeline import lineage
from tests.pipeline.lineage import stores


def test_it_is_all_there_and_refers_to_artifacts_by_id(store: stores.Store) -> None:
    made = store.run("first", pushed="17")
    store.run("second", cached={"Ingest": made["Ingest"]}, until="Transform", error="no memory")
    history = lineage.read(store.workspace)
    told = lineage.everything.of(history)
    assert (told.pipeline, told.store) == ("reviews", str(store.workspace.metadata_db))
    assert {each.id for each in told.artifacts} == {a.id for a in store.opened.get_artifacts()}
    first, second = told.runs
    assert (first.id, second.id) == ("first", "second")
    assert first.facts == lineage.facts.of(history.run("first"))
    assert len(first.executions) == len(first.planned) == 13
    by_node = {each.node: each for each in second.executions}
    examples = made["Ingest"]["examples"][0].id
    assert by_node["Ingest"].outputs["examples"] == (examples,)
    assert by_node["Transform"].inputs["examples"] == (examples,)
    assert by_node["Transform"].error == "no memory"
    assert (by_node["Transform"].state, second.state) == (lineage.State.FAILED,) * 2
    [made_by] = [each.run for each in told.artifacts if each.id == examples]
    assert made_by == "first"
