"""The graph as TFX has it, without running it."""

import json
import pathlib
import re

import pytest
from tfx.dsl.compiler import compiler
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.utils import dependency_utils, json_utils

from components.cross_validation import settings as cross_validation_settings
from components.evaluator import component as evaluator
from components.ingest import columns
from components.ingest import executor as ingest_executor
from components.probe import settings as probe_settings
from components.report import settings as report_settings
from components.trial import settings as trial_settings
from pipeline import code_digest, graph, pipeline, target, workspace
from pipeline import config as config_lib
from tests.pipeline import reviews
from trainer import exported

_SLICES = "evaluate.slices=[shop]"
_NO_PUSH = "push.enabled=false"
_RIVALS = "rivals=[linear, embeddings, cnn, lstm]"
_FOLDS = "evaluate.folds=3"
_TUNE = "tune={method: random, trials: 4, epochs: 2}"
_CURATED = f"data.schema={config_lib.PROJECT / 'schemas' / 'classification' / 'schema.pbtxt'}"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the directory that TFX makes for its records out of the project."""
    monkeypatch.chdir(tmp_path)


def _edges(created: tfx_pipeline.Pipeline) -> dict[str, set[graph.Edge]]:
    """Node to the outputs that it takes; what a resolver finds is its own output."""
    edges = {}
    for node in created.components:
        inputs = [] if node.id == "latest_blessed" else node.inputs.values()
        edges[node.id] = {(channel.producer_component_id, channel.output_key) for channel in inputs}
    return edges


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        (_SLICES,),
        (_CURATED,),
        (_SLICES, _CURATED),
        (_NO_PUSH,),
        (_SLICES, _NO_PUSH),
        (_RIVALS,),
        (_RIVALS, "trial.seeds=3"),
        (_TUNE,),
        (_TUNE, _RIVALS, "trial.seeds=2"),
        (_FOLDS,),
        (_FOLDS, _TUNE, _RIVALS),
    ],
    ids=lambda overrides: " ".join(o.partition("=")[0] for o in overrides) or "defaults",
)
def test_nodes_and_edges_are_those_that_a_dry_run_shows(overrides: tuple[str, ...]) -> None:
    shown = {node.id: set(node.inputs) for node in graph.nodes(reviews.config(*overrides))}
    created = reviews.create(*overrides)
    assert _edges(created) == shown
    needs = {node.id: node.needs for node in graph.nodes(reviews.config(*overrides))}
    waits = {node.id: {other.id for other in node.upstream_nodes} for node in created.components}
    assert waits == needs


@pytest.fixture
def pushed(tmp_path: pathlib.Path) -> pathlib.Path:
    """What is looked at of a model that another run has pushed."""
    version = tmp_path / "workspace" / "other" / "serving" / "other" / "7"
    (version / "assets.extra").mkdir(parents=True)
    (version / "saved_model.pb").write_bytes(b"graph")
    made = exported.Exported("transformer", reviews.config().model, {}, {})
    (version / exported.FILE).write_text(made.to_json(), encoding="utf-8")
    return version


def test_a_model_to_start_from_is_read_by_transform_and_trainer(pushed: pathlib.Path) -> None:
    settings = ("model.init_from=other", "train.freeze=1")
    created = reviews.create(*settings)
    assert _edges(created) == {n.id: set(n.inputs) for n in graph.nodes(reviews.config(*settings))}
    readers = {name for name, edges in _edges(created).items() if ("Pretrained", "model") in edges}
    assert readers == {"Transform", "Trainer"}
    assert all(
        node.inputs["base_model"].producer_component_id == "Pretrained"
        for node in created.components
        if node.id in readers
    )
    assert {n.pipeline_node.node_info.id for n in compiler.Compiler().compile(created).nodes} > {
        "Pretrained"
    }


def test_a_changed_model_to_start_from_is_another_input(pushed: pathlib.Path) -> None:
    before = reviews.node("Pretrained", "model.init_from=other").exec_properties
    assert before["source"] == str(pushed)
    (pushed / "saved_model.pb").write_bytes(b"grapf")
    after = reviews.node("Pretrained", "model.init_from=other").exec_properties
    assert before["source"] == after["source"]
    assert before["digest"] != after["digest"]


@pytest.mark.parametrize(
    "overrides",
    [(), (_SLICES,), (_NO_PUSH,), (_RIVALS,), (_RIVALS, "trial.seeds=2"), (_RIVALS, _TUNE)],
)
def test_tfx_compiles_it(overrides: tuple[str, ...]) -> None:
    compiled = compiler.Compiler().compile(reviews.create(*overrides))
    ids = {node.pipeline_node.node_info.id for node in compiled.nodes}
    assert ids == {node.id for node in graph.nodes(reviews.config(*overrides))}
    assert all(
        node.pipeline_node.execution_options.caching_options.enable_cache for node in compiled.nodes
    )


def test_the_workspace_holds_all_that_is_written(tmp_path: pathlib.Path) -> None:
    here = target.local(workspace.Workspace.at(tmp_path, "reviews"))
    created = pipeline.create_pipeline(reviews.config(), here)
    [pusher] = [node for node in created.components if node.id == "Pusher"]
    destination = json.loads(pusher.exec_properties["push_destination"])
    root = tmp_path.resolve() / "reviews"
    assert created.pipeline_info.pipeline_name == "reviews"
    assert created.pipeline_info.pipeline_root == str(root / "artifacts")
    assert created.metadata_connection_config.sqlite.filename_uri == str(root / "metadata.db")
    assert destination["filesystem"]["base_directory"] == str(root / "serving" / "reviews")


def test_ingest_reads_the_columns_under_the_features_names() -> None:
    node = reviews.node("Ingest", _SLICES, "data.keep={votes: number}")
    assert node.exec_properties["input_base"] == "/data"
    settings = ingest_executor.settings_of(dict(node.exec_properties))
    assert settings.columns.by_feature == {
        "text": columns.Column("review"),
        "label": columns.Column("stars"),
        "shop": columns.Column("shop"),
        "votes": columns.Column("votes", "number"),
    }


def test_what_people_look_at_lies_in_the_workspace(tmp_path: pathlib.Path) -> None:
    place = workspace.Workspace.at("workspace", "reviews")
    settings = ingest_executor.settings_of(dict(reviews.node("Ingest").exec_properties))
    assert settings.quarantine_dir == str(place.quarantine)
    assert reviews.node("DataGate").exec_properties["report_dir"] == str(place.data_report)


def test_transform_learns_from_train_alone_and_never_sees_test() -> None:
    splits = json.loads(reviews.node("Transform").exec_properties["splits_config"])
    assert splits == {"analyze": ["train"], "transform": ["train", "eval"]}


def test_a_rival_starts_from_no_other_model(pushed: pathlib.Path) -> None:
    settings = ("model.init_from=other", "train.freeze=1", "rivals=[linear]")
    created = reviews.create(*settings)
    assert _edges(created) == {n.id: set(n.inputs) for n in graph.nodes(reviews.config(*settings))}
    assert ("Pretrained", "model") not in _edges(created)["Trainer_linear"]
    custom = json_utils.loads(
        reviews.node("Trainer_linear", *settings).exec_properties["custom_config"]
    )
    assert custom["train"]["freeze"] is None


def test_the_evaluator_judges_on_test_alone() -> None:
    settings = reviews.node("Evaluator").exec_properties
    assert json_utils.loads(settings["example_splits"]) == ["test"]


def test_the_evaluator_is_ours() -> None:
    assert isinstance(reviews.node("Evaluator"), evaluator.Evaluator)


@pytest.mark.parametrize(
    ("node_id", "rooms"),
    [
        ("Ingest", ["components/ingest", "schemas"]),
        ("StatisticsGen", ["components/statistics", "components/transform", "schemas"]),
        ("Schema", ["components/schema", "schemas"]),
        ("DataGate", ["components/data_gate", "components/statistics", "schemas"]),
        ("DataGate", ["components/pages", "components/trainer"]),
        ("Transform", ["components/transform", "schemas", "trainer/tasks"]),
        ("Trainer", ["trainer", "schemas"]),
        ("Tuner", ["trainer", "schemas"]),
        ("Trial", ["components/trial", "schemas", "trainer"]),
        ("CrossValidation", ["components/cross_validation", "components/ingest", "trainer"]),
        ("Evaluator", ["components/evaluator", "schemas", "trainer/tasks"]),
        ("Probe", ["components/probe", "components/evaluator", "schemas"]),
        ("Report", ["components/report", "components/pages", "components/trial", "schemas"]),
        ("Pusher", ["components/pusher", "components/report", "components/probe"]),
    ],
)
def test_changed_code_is_another_setting(
    monkeypatch: pytest.MonkeyPatch, node_id: str, rooms: list[str]
) -> None:
    before = _settings(node_id)
    assert _settings(node_id) == before
    for room in rooms:
        monkeypatch.setattr(
            code_digest,
            "of",
            lambda *of, changed=room: "-".join("new" if r == changed else r for r in of),
        )
        changed = _settings(node_id)
        assert "new" in changed
        assert changed != before


@pytest.mark.parametrize(
    ("node_id", "room"),
    [
        ("Ingest", "ingest"),
        ("StatisticsGen", "statistics"),
        ("DataGate", "data_gate"),
        ("Transform", "transform"),
        ("CrossValidation", "cross_validation"),
        ("Trial", "trial"),
        ("Evaluator", "evaluator"),
        ("Probe", "probe"),
        ("Report", "report"),
        ("Pusher", "pusher"),
    ],
)
def test_changed_code_of_a_room_that_is_imported_is_another_setting(
    monkeypatch: pytest.MonkeyPatch, node_id: str, room: str
) -> None:
    monkeypatch.setattr(code_digest, "of", lambda *of: "|".join(f"<{name}>" for name in of))
    digested = _settings(node_id)
    for path in (config_lib.PROJECT / "components" / room).rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for imported in re.findall(r"^ *from components\.(\w+)", code, re.MULTILINE):
            assert f"<components/{imported}>" in digested, path


def _settings(node_id: str) -> str:
    """All settings that TFX's cache compares; columns to slice by, so that a schema is inferred."""
    node = reviews.node(node_id, _SLICES, "rivals=[linear]", _TUNE, _FOLDS)
    return repr(sorted(node.exec_properties.items()))


def test_a_changed_schema_is_another_setting(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "schema.pbtxt"
    path.write_text('feature { name: "text" }')
    before = dict(reviews.node("Schema", f"data.schema={path}").exec_properties)
    path.write_text('feature { name: "label" }')
    after = dict(reviews.node("Schema", f"data.schema={path}").exec_properties)
    assert before != after
    assert before["schema_file"] == after["schema_file"] == str(path)


def test_settings_of_one_node_leave_the_others_cached() -> None:
    before = {node.id: repr(node.exec_properties) for node in reviews.create().components}
    after = {
        node.id: repr(node.exec_properties)
        for node in reviews.create("train.epochs=3", "evaluate.max_drop=0.5").components
    }
    assert {node_id for node_id in before if before[node_id] != after[node_id]} == {
        "Config",
        "Trainer",
        "Evaluator",
        "Report",  # which shows the config
    }


def test_tfx_does_not_pack_itself_up_for_workers_elsewhere() -> None:
    options = reviews.create().beam_pipeline_args
    assert dependency_utils.make_beam_dependency_flags(options) == options


def _trial_settings(*overrides: str) -> trial_settings.Settings:
    return trial_settings.Settings.from_json(
        reviews.node("Trial", *overrides).exec_properties["settings"]
    )


def test_a_run_without_rivals_has_no_trial() -> None:
    assert "Trial" not in {node.id for node in reviews.create().components}


def test_the_trial_is_given_every_candidate_under_a_name_of_its_own() -> None:
    node = reviews.node("Trial", "rivals=[linear, lstm]")
    sources = {key: channel.producer_component_id for key, channel in node.inputs.items()}
    assert sources == {
        "examples": "Ingest",
        "transform_graph": "Transform",
        "transformer_1": "Trainer",
        "linear_1": "Trainer_linear",
        "lstm_1": "Trainer_lstm",
    }
    trainers = {k: v for k, v in sources.items() if k.endswith("_1")}
    assert _trial_settings("rivals=[linear, lstm]").trainers == trainers


def test_the_winner_goes_to_evaluator_probe_and_pusher() -> None:
    for node_id in ("Evaluator", "Probe", "Report", "Pusher"):
        assert (
            reviews.node(node_id, "rivals=[linear]").inputs["model"].producer_component_id
            == "Trial"
        )


def test_the_report_is_given_the_trial_where_there_is_one() -> None:
    tried = reviews.node("Report", "rivals=[linear]").inputs
    assert tried["trial"].producer_component_id == "Trial"
    assert "trial" not in reviews.node("Report").inputs


def test_the_report_is_told_what_the_config_says() -> None:
    given = reviews.node("Report", _SLICES, "evaluate.metric=f1", "trial.alpha=0.1").exec_properties
    told = report_settings.Settings.from_json(given["settings"])
    assert (told.metric, told.slices, told.alpha) == ("f1", ("shop",), 0.1)
    assert "metric: f1" in told.config
    assert told.report_dir.endswith("/report")


def test_the_card_is_pushed_with_the_model() -> None:
    assert reviews.node("Pusher").inputs["report"].producer_component_id == "Report"


def test_the_probe_is_told_what_the_config_says() -> None:
    given = reviews.node("Probe", "probe={rows: 7, max_p95_ms: 2.5}").exec_properties
    told = probe_settings.Settings.from_json(given["settings"])
    assert (told.name, told.probe.rows, told.probe.max_p95_ms) == ("reviews", 7, 2.5)


def test_what_the_probe_says_goes_to_the_pusher() -> None:
    inputs = reviews.node("Pusher").inputs
    of_probe = {key for key in inputs if inputs[key].producer_component_id == "Probe"}
    assert of_probe == {"infra_blessing", "probe"}


def test_the_trial_is_told_what_the_config_says() -> None:
    told = _trial_settings(
        "rivals=[linear]", _SLICES, "trial={policy: best, tolerance: 0.02}", "evaluate.metric=f1"
    )
    assert (told.trial.policy, told.trial.tolerance) == ("best", 0.02)
    assert (told.metric, told.slices, told.max_length) == ("f1", ("shop",), 128)


@pytest.mark.parametrize(
    ("setting", "node_id"), [("trial.policy=best", "Trial"), ("probe.max_p95_ms=3", "Probe")]
)
def test_settings_of_trial_and_probe_train_nothing_anew(setting: str, node_id: str) -> None:
    rivals = "rivals=[linear]"
    before = {node.id: repr(node.exec_properties) for node in reviews.create(rivals).components}
    changed = reviews.create(rivals, setting).components
    after = {node.id: repr(node.exec_properties) for node in changed}
    assert {name for name in before if before[name] != after[name]} == {"Config", node_id, "Report"}


def test_only_the_transformer_is_searched_from_a_model_to_start_from(
    pushed: pathlib.Path,
) -> None:
    settings = ("model.init_from=other", "rivals=[linear]", _TUNE)
    made = {node.id: node for node in reviews.create(*settings).components}
    assert made["Tuner"].inputs["base_model"].producer_component_id == "Pretrained"
    assert "base_model" not in made["Tuner_linear"].inputs


def _custom(node_id: str, *overrides: str) -> dict:
    custom: dict = json_utils.loads(
        reviews.node(node_id, *overrides).exec_properties["custom_config"]
    )
    return custom


def _validated(*overrides: str) -> cross_validation_settings.Settings:
    settings = reviews.node("CrossValidation", *overrides).exec_properties["settings"]
    return cross_validation_settings.Settings.from_json(settings)


def test_a_cross_validation_trains_as_the_trainers_do() -> None:
    settings = ("rivals=[linear]", _FOLDS, "trial.alpha=0.1", "train.seed=7")
    told = _validated(*settings)
    assert (told.folds, told.metric, told.alpha, told.seed) == (3, "accuracy", 0.1, 7)
    assert list(told.trainings) == ["transformer", "linear"]
    assert told.trainings["transformer"] == _custom("Trainer", *settings)
    assert told.trainings["linear"] == _custom("Trainer_linear", *settings)
    assert told.transform == _custom("Transform", *settings)


def test_what_keeps_rows_together_in_a_split_does_in_folds() -> None:
    told = _validated(_FOLDS)
    assert (told.unit_by, told.is_group) == (("text",), False)
    told = _validated(_FOLDS, "data.split.group=shop", "data.keep={shop: text}")
    assert (told.unit_by, told.is_group) == (("shop",), True)


def test_each_candidate_is_validated_with_the_best_values_of_its_search() -> None:
    inputs = reviews.node("CrossValidation", _FOLDS, _TUNE, "rivals=[linear]").inputs
    sources = {key: channel.producer_component_id for key, channel in inputs.items()}
    assert sources == {
        **{"examples": "Ingest", "schema": "Schema", "transform_graph": "Transform"},
        **{"best_transformer": "Tuner", "best_linear": "Tuner_linear"},
    }
