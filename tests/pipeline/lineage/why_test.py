"""What decided on a model."""

import json
import pathlib
import shutil

import pytest

from pipeline import errors, lineage
from pipeline.lineage import why
from tests.pipeline.lineage import stores, world


def _why(store: stores.Store, run: str = "latest") -> why.Why:
    history = lineage.read(store.workspace)
    return why.of(history, history.run(run))


def test_a_pushed_model_has_its_bounds(store: stores.Store) -> None:
    world.build(store)
    found = _why(store)
    assert found.reasons == ("all bounds hold",)
    assert [(b.metric, b.slice, b.kind, b.value, b.bound, b.baseline) for b in found.bounds] == [
        ("accuracy", "all rows", "floor", 0.8, 0.7, None),
        ("accuracy", "shop=Rome", "max_drop", 0.6, 0.01, 0.7),
    ]
    assert found.pushed == "version 17: the model was blessed"
    assert (found.baseline, found.stopped, found.error) == (None, None, "")


def test_reasons_outlive_the_files(store: stores.Store) -> None:
    made = world.build(store, blessed=False)
    shutil.rmtree(made.made["Evaluator"]["evaluation"][0].uri)
    found = _why(store)
    assert (found.reasons, found.bounds) == (("as noted",), ())
    assert found.pushed == "nothing: not blessed"


def test_what_was_compared_with_is_named(store: stores.Store) -> None:
    made = world.build(store)
    given = {"baseline_model": made.made["Trainer"]["model"]}
    store.put("second", "Evaluator", inputs=given, started=stores.STARTED + 60)
    baseline = _why(store, "second").baseline
    assert baseline is not None
    assert (baseline.run, baseline.version) == ("first", "17")


@pytest.mark.parametrize(
    ("code", "pushed"),
    [
        (errors.ExitStatus.REFUSED, "nothing: the run was refused"),
        (errors.ExitStatus.CRASHED, "nothing: the run was failed"),
    ],
)
def test_a_run_that_ended_early_says_where_and_why(
    store: stores.Store, code: errors.ExitStatus, pushed: str
) -> None:
    store.run("first", until="DataGate", error="the data gate refused: min_rows", code=code)
    found = _why(store)
    assert (found.stopped, found.error) == ("DataGate", "the data gate refused: min_rows")
    assert found.pushed == pushed
    assert found.reasons == ()


def test_findings_of_gate_and_probe_are_told(store: stores.Store) -> None:
    for node, key, file, findings in (
        ("DataGate", "report", "findings.json", [{"check": "skew", "message": "far apart"}]),
        ("Probe", "probe", "probe.json", [{"message": "too slow"}]),
    ):
        made = store.put("first", node, outputs={key: [store.artifact("Report")]})
        directory = pathlib.Path(made[key][0].uri)
        directory.mkdir(parents=True)
        (directory / file).write_text(json.dumps({"findings": findings}))
    found = _why(store)
    assert found.data == ("skew: far apart",)
    assert found.probe == ("too slow",)


def test_a_trial_is_told_with_its_winner(store: stores.Store) -> None:
    made = store.put("first", "Trial", outputs={"trial": [store.artifact("components.Trial")]})
    directory = pathlib.Path(made["trial"][0].uri)
    directory.mkdir(parents=True)
    told = {
        "verdict": {"decision": "not warranted", "reasons": ["linear is enough"]},
        "winner": "transformer",
        "winner_reason": "the policy is advise",
    }
    (directory / "trial.json").write_text(json.dumps(told))
    assert _why(store).trial == (
        "not warranted: linear is enough",
        "transformer went on: the policy is advise",
    )


def test_a_push_that_the_cache_answered_names_the_run_that_made_it(store: stores.Store) -> None:
    first = store.run("first", pushed="17")
    store.run("second", cached=first)
    assert _why(store).pushed == ("version 17, which run first pushed: nothing has changed since")


def test_a_pipeline_without_a_pusher_says_so(store: stores.Store) -> None:
    blessing = store.artifact("ModelBlessing", properties={"blessed": 1})
    store.put("first", "Evaluator", outputs={"blessing": [blessing]})
    assert _why(store).pushed == "nothing: the pipeline has no Pusher"


def test_of_a_torn_verdict_the_noted_reasons_are_told(store: stores.Store) -> None:
    made = world.build(store)
    evaluation = pathlib.Path(made.made["Evaluator"]["evaluation"][0].uri)
    (evaluation / "verdict.json").write_text('{"blessed": tr')
    found = _why(store)
    assert (found.reasons, found.bounds) == (("as noted",), ())
