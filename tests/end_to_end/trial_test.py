"""A run with rivals, as a user has it: the transformer on trial, and the winner served."""

import json
import pathlib
import re
from collections.abc import Iterator

import pytest
from ml_metadata import metadata_store, proto
from tfx.orchestration import metadata

from components.trial import outcome
from tests.end_to_end import user as user_lib

_SETTINGS = (
    "rivals=[linear, embeddings]",
    # Two rows of the little there is make no difference that matters.
    "trial={policy: cheapest, tolerance: 0.2, bootstrap: 500, measure_seconds: 3}",
    "train={batch_size: 16, epochs: 4, patience: 4}",
    "evaluate.floor={auc: 0.0}",
    "probe.enabled=false",
)


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    return user_lib.User(tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def first(user: user_lib.User) -> user_lib.Run:
    return user.run(*_SETTINGS)


@pytest.fixture(scope="module")
def again(user: user_lib.User, first: user_lib.Run) -> user_lib.Run:
    assert first.status == 0, first.out + first.err
    return user.run(*_SETTINGS)


@pytest.fixture(scope="module")
def store(user: user_lib.User, first: user_lib.Run) -> Iterator[metadata_store.MetadataStore]:
    config = metadata.sqlite_metadata_connection_config(str(user.root / "metadata.db"))
    with metadata.Metadata(config) as handle:
        yield handle.store


@pytest.fixture(scope="module")
def found(store: metadata_store.MetadataStore) -> outcome.Outcome:
    [report] = store.get_artifacts_by_type("components.TrialReport")
    return outcome.read(report.uri)


def _winner(store: metadata_store.MetadataStore) -> proto.Artifact:
    """The model that the trial has put out."""
    [model] = [m for m in store.get_artifacts_by_type("Model") if "trainer" in m.custom_properties]
    return model


def test_every_candidate_has_a_node_and_the_trial_stands_before_the_evaluator(
    first: user_lib.Run,
) -> None:
    names = list(first.states)
    trainers = {"Trainer", "Trainer_linear", "Trainer_embeddings"}  # none needs another
    assert set(names[-7:-4]) == trainers
    assert names[-4:] == ["Trial", "Evaluator", "Report", "Pusher"]


def test_the_verdict_stands_in_the_summary_before_the_table(first: user_lib.Run) -> None:
    summary = first.out[first.out.index("\nreviews  ") :]
    [verdict] = re.findall(r"^Transformer (warranted|not warranted|not decided)", summary, re.M)
    assert verdict
    rows = re.findall(r"^  (transformer|linear|embeddings) +[01]\.\d{4}", summary, re.MULTILINE)
    assert sorted(rows) == ["embeddings", "linear", "transformer"]
    assert summary.index("Transformer ") < summary.index("  candidate")


def test_the_cheapest_candidate_that_will_do_goes_on(
    first: user_lib.Run, found: outcome.Outcome
) -> None:
    assert found.policy == "cheapest"
    # Words tell the labels, so a model of words alone will do; which one may be a close race.
    assert found.winner != "transformer"
    costs = {each.name: each.cost_of_a_million for each in found.candidates}
    best = max(
        (value.value, -costs[value.candidate], value.candidate)
        for value in found.compared.values
        if (value.metric, value.slice) == (found.metric, "all rows")
    )
    assert costs[found.winner] <= costs[best[-1]]
    told = json.loads(pathlib.Path(first.pushed, "assets.extra", "model.json").read_text())
    assert (
        told["architecture"]
        == {"linear": "linear", "embeddings": "averaged_embeddings"}[found.winner]
    )


def test_the_winner_tells_which_trainer_made_it(
    store: metadata_store.MetadataStore, found: outcome.Outcome
) -> None:
    properties = _winner(store).custom_properties
    assert properties["candidate"].string_value == found.winner
    assert properties["trainer"].string_value == f"Trainer_{found.winner}"
    assert properties["verdict"].string_value == found.verdict.decision


def test_the_lineage_leads_from_the_winner_to_every_trainer(
    store: metadata_store.MetadataStore,
) -> None:
    made = store.get_events_by_artifact_ids([_winner(store).id])
    [trial] = {event.execution_id for event in made if event.type == proto.Event.OUTPUT}
    taken = [e for e in store.get_events_by_execution_ids([trial]) if e.type == proto.Event.INPUT]
    keys = {event.path.steps[0].key: event.artifact_id for event in taken}
    assert set(keys) == {
        *("examples", "transform_graph", "transformer_1", "linear_1", "embeddings_1")
    }
    makers = store.get_events_by_artifact_ids([keys["linear_1"]])
    [trainer] = {e.execution_id for e in makers if e.type == proto.Event.OUTPUT}
    contexts = store.get_contexts_by_execution(trainer)
    assert any(context.name.endswith("Trainer_linear") for context in contexts)


def test_what_each_candidate_costs_is_measured(found: outcome.Outcome) -> None:
    for candidate in found.candidates:
        assert candidate.export_bytes > 10_000
        assert candidate.measured.parameters > 0
        assert candidate.trainings[0].seconds > 0
        assert candidate.cost_of_a_million > 0
        timings = candidate.measured.timings
        assert set(timings) == {"batch 1", "batch 32", "length 16", "length 24"}
        assert timings["batch 1"].p50_seconds <= timings["batch 1"].p95_seconds
        # More rows in a call are fewer calls.
        assert timings["batch 32"].rows_per_second > timings["batch 1"].rows_per_second


def test_metrics_are_compared_on_every_slice(found: outcome.Outcome) -> None:
    assert {d.slice for d in found.compared.differences} == {"all rows", "shop=Köln", "shop=Rome"}
    assert {d.second for d in found.compared.differences} == {"linear", "embeddings"}
    assert {v.candidate for v in found.compared.values} == {"transformer", "linear", "embeddings"}


def test_the_report_tells_the_verdict_and_the_card_is_pushed(
    user: user_lib.User, first: user_lib.Run, found: outcome.Outcome
) -> None:
    page = (user.root / "report" / "index.html").read_text(encoding="utf-8")
    assert f"transformer is {found.verdict.decision}" in page or "is not decided" in page
    assert "Quality against cost" in page
    assert re.search(r"^Report +.*/report/index.html$", first.out, re.MULTILINE)
    card = pathlib.Path(first.pushed, "assets.extra", "model_card.md").read_text(encoding="utf-8")
    assert "3 labels: neutre, négatif, positif" in card


def test_a_second_run_is_cached_and_knows_the_blessed_winner(again: user_lib.Run) -> None:
    states = again.states
    for node in ("Trainer", "Trainer_linear", "Trainer_embeddings", "Trial"):
        assert states[node] == "HIT"
    # There is a blessed model now, the winner of the first trial, to compare with.
    assert states["Evaluator"] == "MISS"
    assert "there was no blessed model" not in again.out
    assert "so it was not compared" not in again.out
    assert re.search(r"^  accuracy +[01]\.\d{4} +pass +baseline", again.out, re.MULTILINE)
