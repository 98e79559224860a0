"""From a version back to the very files, and forward."""

import pathlib
import shutil

import pytest

from pipeline import errors, lineage
from pipeline.lineage import trace
from tests.pipeline.lineage import stores, world


@pytest.fixture
def made(store: stores.Store) -> world.World:
    return world.build(store)


def _trace(made: world.World, version: str = "17") -> trace.Trace:
    return trace.of(lineage.read(made.store.workspace), version)


def test_a_version_leads_back_to_the_very_files(made: world.World) -> None:
    found = _trace(made)
    assert (found.version, found.run, found.destination) == ("17", "first", str(made.version))
    [source] = found.sources
    assert (source.origin.path, source.origin.rows, source.origin.aside) == (str(made.table), 3, 1)
    assert source.now == "unchanged"
    assert found.rows == {"train": 1, "eval": 0, "test": 1}
    assert found.aside == 1
    assert found.schema == ('feature { name: "text" }',)
    assert found.vocabulary == 3


def test_a_version_tells_what_was_trained_and_how(made: world.World) -> None:
    found = _trace(made)
    assert found.architecture == "transformer"
    assert found.hyperparameters == {
        **{"model.num_layers": 2, "model.init_from": None},
        **{"train.epochs": 3, "tokenizer.kind": "words"},
    }
    assert found.training["best_epoch"] == 2


def test_the_steps_are_all_that_it_was_made_of(made: world.World) -> None:
    steps = [(step.node, step.key) for step in _trace(made).steps]
    assert set(steps) == {
        *(("Trainer", "model"), ("Evaluator", "blessing"), ("Transform", "transform_graph")),
        *(("Ingest", "examples"), ("Schema", "schema")),
    }
    assert steps[0] == ("Trainer", "model")


@pytest.mark.parametrize(("change", "now"), [("more\n", "changed"), (None, "gone")])
def test_a_file_that_is_other_than_it_was_is_told(
    made: world.World, change: str | None, now: str
) -> None:
    if change is None:
        made.table.unlink()
    else:
        made.table.write_text(change)
    assert [source.now for source in _trace(made).sources] == [now]


def test_a_file_of_the_same_size_is_told_from_another(made: world.World) -> None:
    made.table.write_bytes(made.table.read_bytes().replace(b"fine", b"poor"))
    assert [source.now for source in _trace(made).sources] == ["changed"]


def test_a_version_is_held_against_what_was_pushed(made: world.World) -> None:
    assert _trace(made).state == "as pushed"
    (made.version / "saved_model.pb").write_bytes(b"A graph")
    assert _trace(made).state == "changed since: saved_model.pb"
    shutil.rmtree(made.version / "assets.extra")
    assert _trace(made).state == "has no lineage.json to hold it against"
    shutil.rmtree(made.version)
    assert _trace(made).state == "gone"


def test_what_was_cleaned_up_is_left_out(made: world.World) -> None:
    for outputs in made.made.values():
        for [artifact] in outputs.values():
            shutil.rmtree(artifact.uri)
    found = _trace(made)
    assert (found.sources, found.schema, found.vocabulary, found.training) == ((), (), None, {})
    assert found.rows == {"train": 1, "eval": 0, "test": 1}
    assert found.hyperparameters["train.epochs"] == 3


def test_what_came_of_it_is_told(made: world.World) -> None:
    model = made.made["Trainer"]["model"]
    blessing = made.store.artifact("ModelBlessing", properties={"blessed": 0})
    compared = {"baseline_model": model}
    made.store.put("second", "Evaluator", inputs=compared, outputs={"blessing": [blessing]})
    again = made.store.artifact("PushedModel", properties={"pushed": 1, "pushed_version": "18"})
    made.store.put("third", "Pusher", inputs={"model": model}, outputs={"pushed_model": [again]})
    made.store.put("fourth", "Pretrained", properties={"source": str(made.version)})
    assert [(use.run, use.what) for use in _trace(made).uses] == [
        ("second", "a model was compared with it: not blessed"),
        ("third", "pushed as version 18 too"),
        ("fourth", "Pretrained started from it"),
    ]


def test_what_a_model_had_to_beat_is_no_part_of_it(made: world.World) -> None:
    other = made.store.artifact("Model")
    made.store.put("before", "Trainer", outputs={"model": [other]})
    blessing = made.store.artifact("ModelBlessing", properties={"blessed": 1})
    given = {"model": made.made["Trainer"]["model"], "baseline_model": [other]}
    made.store.put("second", "Evaluator", inputs=given, outputs={"blessing": [blessing]})
    pushed = made.store.artifact("PushedModel", properties={"pushed": 1, "pushed_version": "18"})
    given = {"model": made.made["Trainer"]["model"], "model_blessing": [blessing]}
    made.store.put("second", "Pusher", inputs=given, outputs={"pushed_model": [pushed]})
    assert other.id not in {step.id for step in _trace(made, "18").steps}


def test_of_a_trial_the_settings_are_the_winners(made: world.World) -> None:
    rival = made.store.artifact("Model")
    told = {"custom_config": '{"architecture": "linear", "model": {"order": 2}}'}
    made.store.put("second", "Trainer_linear", outputs={"model": [rival]}, properties=told)
    winner = made.store.artifact("Model", properties={"trainer": "Trainer_linear"})
    given = {"transformer_1": made.made["Trainer"]["model"], "linear_1": [rival]}
    made.store.put("second", "Trial", inputs=given, outputs={"model": [winner]})
    pushed = made.store.artifact("PushedModel", properties={"pushed": 1, "pushed_version": "18"})
    made.store.put(
        "second", "Pusher", inputs={"model": [winner]}, outputs={"pushed_model": [pushed]}
    )
    found = _trace(made, "18")
    assert (found.architecture, found.hyperparameters) == ("linear", {"model.order": 2})


def test_a_version_that_nobody_pushed_is_an_error(made: world.World) -> None:
    with pytest.raises(errors.ConfigError, match="must be a version that a run has pushed"):
        _trace(made, "16")
    assert _trace(made, "latest").version == "17"


def test_a_file_that_is_not_here_is_not_looked_at(made: world.World) -> None:
    examples = pathlib.Path(made.made["Ingest"]["examples"][0].uri)
    text = (examples / "sources.json").read_text().replace(str(made.table), "gs://bucket/a.csv")
    (examples / "sources.json").write_text(text)
    assert [source.now for source in _trace(made).sources] == ["not looked at"]


def test_a_torn_list_of_files_is_left_out(made: world.World) -> None:
    examples = pathlib.Path(made.made["Ingest"]["examples"][0].uri)
    (examples / "sources.json").write_text('[{"path": ')
    assert _trace(made).sources == ()
