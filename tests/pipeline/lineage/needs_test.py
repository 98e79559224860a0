"""Which artifacts are needed, by records alone: no artifact here is on a disk."""

from collections.abc import Callable

from pipeline import lineage
from pipeline.lineage import needs
from tests.pipeline.lineage import stores

_MADE_OF = {
    "Ingest.examples",
    "Ingest.quarantine",  # put out with the examples
    "Schema.schema",
    "StatisticsGen.statistics",
    "StatisticsGen.text_statistics",
    "Trainer.model",
    "Transform.transform_graph",
    "Transform.transformed_examples",
}
_RECORDS = {
    "Config.config",
    "DataGate.report",
    "Evaluator.blessing",
    "Evaluator.evaluation",
    "ExampleValidator.anomalies",
    "Probe.blessing",
    "Probe.probe",
    "Report.report",
}


def _needed(
    store: stores.Store, run: str, keep: int = 1, stands: Callable[[str], bool] = lambda _: False
) -> set[str]:
    """Names what is needed of what a run has put out."""
    history = lineage.read(store.workspace)
    why = needs.Needs(history, keep, stands).why
    return {
        f"{execution.node}.{key}"
        for execution in history.run(run).executions
        for key, artifacts in execution.outputs.items()
        if artifacts[0].id in why
    }


def test_the_newest_runs_need_all_that_they_put_out(store: stores.Store) -> None:
    for run in ("first", "second", "third"):
        store.run(run, blessed=False)
    everything = _MADE_OF | _RECORDS | {"Pusher.pushed_model"}
    assert _needed(store, "third") == _needed(store, "second", keep=2) == everything
    assert _needed(store, "second") == set()
    assert _needed(store, "first", keep=9) == everything


def test_what_the_cache_answered_the_newest_run_with_is_needed(store: stores.Store) -> None:
    first = store.run("first", blessed=False)
    del first["Evaluator"], first["Pusher"]
    store.run("second", cached=first, blessed=False)
    # The Evaluator of the first run told of a model that the second has taken.
    assert _needed(store, "first") == _MADE_OF | _RECORDS


def test_a_blessed_model_needs_what_it_was_made_of_and_what_tells_of_it(
    store: stores.Store,
) -> None:
    store.run("first", blessed=True)
    store.run("second", blessed=False)
    store.run("third", blessed=False)
    assert _needed(store, "first") == _MADE_OF | _RECORDS
    assert _needed(store, "second") == set()


def test_a_version_that_stands_needs_its_model_and_its_push(store: stores.Store) -> None:
    for run, version in (("first", "17"), ("second", "18"), ("third", None)):
        store.run(run, blessed=False, pushed=version)

    def stands(destination: str) -> bool:
        return destination == str(store.workspace.serving / "17")

    assert _needed(store, "first", stands=stands) == _MADE_OF | _RECORDS | {"Pusher.pushed_model"}
    assert _needed(store, "second", stands=stands) == set()


def _trial(store: stores.Store, run: str, blessed: bool, **known: stores.Artifacts) -> None:
    """Writes a trial of a transformer, which wins, and a rival."""
    models = {
        node: known.get(node) or store.put(run, node, outputs={"model": [store.artifact("Model")]})
        for node in ("Trainer", "Trainer_linear")
    }
    tried = store.put(
        *(run, "Trial"),
        inputs={node: made["model"] for node, made in models.items()},
        outputs={
            "model": [store.artifact("Model")],
            "trial": [store.artifact("components.TrialReport")],
        },
    )
    told = {"blessed": int(blessed)}
    store.put(
        *(run, "Evaluator"),
        inputs={"model": tried["model"]},
        outputs={"blessing": [store.artifact("ModelBlessing", properties=told)]},
    )


def test_what_was_not_pushed_stands_nowhere(store: stores.Store) -> None:
    store.run("first", blessed=False, pushed=None)
    store.run("second", blessed=False)
    assert _needed(store, "first", stands=lambda _: True) == set()


def test_a_model_of_a_trial_needs_all_candidates(store: stores.Store) -> None:
    _trial(store, "first", blessed=True)
    store.run("second", blessed=False)
    assert _needed(store, "first") == {
        *("Trainer.model", "Trainer_linear.model"),
        *("Trial.model", "Trial.trial", "Evaluator.blessing"),
    }


def test_a_copy_that_was_not_blessed_is_not_needed_for_its_original(store: stores.Store) -> None:
    first = store.run("first", blessed=True)
    _trial(store, "second", blessed=False, Trainer=first["Trainer"])
    store.run("third", blessed=False)
    # The trial told of the blessed model, too; the Evaluator only of the copy.
    assert _needed(store, "second") == {"Trial.trial"}


def test_what_only_compared_with_a_blessed_model_is_not_needed(store: stores.Store) -> None:
    [blessed] = store.run("first", blessed=True)["Trainer"]["model"]
    candidate = store.put("second", "Trainer", outputs={"model": [store.artifact("Model")]})
    judged = {"evaluation": [store.artifact("ModelEvaluation")]}
    store.put(
        "second", "Evaluator", inputs={**candidate, "baseline_model": [blessed]}, outputs=judged
    )
    store.run("third", blessed=False)
    assert _needed(store, "second") == set()


def test_the_model_that_another_was_started_from_is_needed(store: stores.Store) -> None:
    start = store.put("first", "Pretrained", outputs={"model": [store.artifact("Model")]})
    model = store.put(
        *("first", "Trainer"),
        inputs={"base_model": start["model"]},
        outputs={"model": [store.artifact("Model")]},
    )
    blessing = [store.artifact("ModelBlessing", properties={"blessed": 1})]
    store.put("first", "Evaluator", inputs=model, outputs={"blessing": blessing})
    store.run("second", blessed=False)
    assert _needed(store, "first") == {"Pretrained.model", "Trainer.model", "Evaluator.blessing"}


def test_types_of_compiled_pipelines_are_known(store: stores.Store) -> None:
    model = store.put("first", "Trainer", outputs={"model": [store.artifact("tfx.Model")]})
    told = {"blessed": 1.0}
    blessing = [store.artifact("tfx.ModelBlessing", properties=told)]
    store.put("first", "Evaluator", inputs=model, outputs={"blessing": blessing})
    store.run("second", blessed=False)
    assert _needed(store, "first") == {"Trainer.model", "Evaluator.blessing"}


def test_it_is_said_what_needs_it(store: stores.Store) -> None:
    made = store.run("first", blessed=True)
    newest = store.run("second", blessed=False)
    why = needs.Needs(lineage.read(store.workspace), 1, lambda _: False).why
    model = made["Trainer"]["model"][0].id
    assert why[model] == "it is a blessed model"
    assert why[made["Transform"]["transform_graph"][0].id] == f"Model {model} was made of it"
    assert why[made["Report"]["report"][0].id] == f"it tells of model {model}"
    assert why[newest["Report"]["report"][0].id] == "run second is one of the newest 1"
