import pathlib

import pytest

import schemas
from pipeline import config, graph

_SCHEMAS = pathlib.Path(schemas.__file__).parent


def _nodes(*overrides: str) -> dict[str, graph.Node]:
    return {
        node.id: node for node in graph.nodes(config.from_columns("a.csv", "t", "l", overrides))
    }


def test_the_nodes_in_the_order_in_which_they_run() -> None:
    assert list(_nodes()) == [
        "Config",
        "Ingest",
        "StatisticsGen",
        "Schema",
        "ExampleValidator",
        "latest_blessed",
        "DataGate",
        "Transform",
        "Trainer",
        "Evaluator",
        "Probe",
        "Report",
        "Pusher",
    ]


def test_every_edge_comes_from_a_node_before() -> None:
    seen: set[str] = set()
    for node in _nodes().values():
        assert node.needs <= seen
        seen.add(node.id)


def test_what_decides_is_judged_before_it_is_pushed() -> None:
    assert set(_nodes()["Pusher"].inputs) == {
        *(("Trainer", "model"), ("Evaluator", "blessing"), ("Report", "report")),
        *(("Probe", "blessing"), ("Probe", "probe")),
    }


def test_the_report_tells_of_what_was_judged() -> None:
    judged = {("Evaluator", "evaluation"), ("Probe", "probe"), ("Trainer", "model")}
    data = {("Ingest", "examples"), ("StatisticsGen", "text_statistics")}
    assert set(_nodes()["Report"].inputs) == judged | data
    of_trial = judged - {("Trainer", "model")} | {("Trial", "model"), ("Trial", "trial")}
    assert set(_nodes("rivals=[linear]")["Report"].inputs) == of_trial | data


def test_the_trainer_is_not_given_what_the_evaluator_judges_on() -> None:
    assert "Ingest" not in {source for source, _ in _nodes()["Trainer"].inputs}


def test_a_run_without_a_probe_pushes_what_is_blessed() -> None:
    untried = _nodes("probe.enabled=false")
    assert "Probe" not in untried
    assert "Probe" not in untried["Pusher"].needs | untried["Report"].needs


def test_a_run_that_is_not_to_push_has_no_pusher() -> None:
    assert "Pusher" not in _nodes("push.enabled=false")


def test_each_rival_is_trained_by_a_node_of_its_own_on_what_the_transformer_is() -> None:
    nodes = _nodes("rivals=[linear, lstm]", "train.epochs=3")
    ids = list(nodes)
    after = ids.index("Trainer") + 1
    assert ids[after : after + 3] == ["Trainer_linear", "Trainer_lstm", "Trial"]
    for rival in ("linear", "lstm"):
        node = nodes[f"Trainer_{rival}"]
        assert node.inputs == nodes["Trainer"].inputs
        assert node.what == f"train the rival {rival}, up to 3 epochs"


def test_the_winner_of_a_trial_is_what_is_judged_and_pushed() -> None:
    nodes = _nodes("rivals=[linear, lstm]")
    assert nodes["Trial"].what == "compare the transformer with 2 rivals on the test split"
    assert ("Trial", "model") in nodes["Evaluator"].inputs
    assert ("Trial", "model") in nodes["Pusher"].inputs


def test_further_seeds_are_trained_by_further_nodes() -> None:
    nodes = _nodes("rivals=[linear]", "trial.seeds=2", "train.seed=5")
    assert nodes["Trainer_2"].what == "train the transformer with seed 6"
    assert nodes["Trainer_linear_2"].what == "train the rival linear with seed 6"
    assert {source for source, _ in nodes["Trial"].inputs} == {
        *("Ingest", "Transform", "Trainer", "Trainer_2", "Trainer_linear", "Trainer_linear_2")
    }


def test_the_tasks_schema_is_taken_where_it_describes_every_column() -> None:
    made = config.from_columns("a.csv")
    assert graph.schema_source(made) == str(_SCHEMAS / "classification" / "schema.pbtxt")
    assert _nodes()["Schema"] == graph.Node("Schema", "take schemas/classification/schema.pbtxt")


@pytest.mark.parametrize(
    "own", ["evaluate.slices=[domain]", "data.keep={words: number}", "data.text=[a, b]"]
)
def test_columns_of_ones_own_have_their_schema_inferred(own: str) -> None:
    assert graph.schema_source(config.from_columns("a.csv", overrides=[own])) is None
    schema = _nodes("evaluate.slices=[domain]")["Schema"]
    assert schema.inputs == (("StatisticsGen", "statistics"),)


def test_a_regression_of_one_number_has_a_schema_and_one_of_several_has_none() -> None:
    one = config.from_columns("a.csv", overrides=["task=regression"])
    assert graph.schema_source(one) == str(_SCHEMAS / "regression" / "schema.pbtxt")
    several = config.from_columns("a.csv", overrides=["task=regression", "data.label=[v, a]"])
    assert graph.schema_source(several) is None


def test_a_schema_of_ones_own_stands_above_both(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "s.pbtxt"
    made = config.from_columns(
        "a.csv", overrides=[f"data.schema={path}", "evaluate.slices=[domain]"]
    )
    assert graph.schema_source(made) == str(path)


def test_nothing_is_learned_before_the_gate_has_let_the_data_pass() -> None:
    nodes = _nodes()
    assert "DataGate" in nodes["Transform"].needs
    # Its outputs are nobody's inputs, so that another model to compare with trains nothing anew.
    assert not any(source == "DataGate" for node in nodes.values() for source, _ in node.inputs)


def test_a_schema_in_the_cloud_stays_where_it_is() -> None:
    made = config.from_columns("a.csv", overrides=["data.schema=gs://bucket/s.pbtxt"])
    assert graph.schema_source(made) == "gs://bucket/s.pbtxt"
    assert graph.nodes(made)[3].what == "take gs://bucket/s.pbtxt"


def test_what_a_node_does_is_said_in_the_configs_own_numbers() -> None:
    nodes = _nodes("tokenizer.kind=words", "model.num_layers=1", "train.epochs=1")
    assert nodes["Ingest"].what == "read a.csv, split 8:1:1"
    assert nodes["Transform"].what == "learn 8,000 words, tokenize"
    assert nodes["Trainer"].what == "train 1 layer of 128, up to 1 epoch"


def test_a_task_of_two_texts_has_a_schema_of_both() -> None:
    settings = ["task=question_answering", "data.text=[q, c]", "data.answer_start=s"]
    made = config.from_columns("a.csv", overrides=settings)
    assert graph.schema_source(made) == str(_SCHEMAS / "question_answering" / "schema.pbtxt")


def test_a_search_says_what_is_sought_and_at_what_cost() -> None:
    nodes = _nodes("rivals=[linear]", "tune={method: hyperband, trials: 18, epochs: 10}")
    assert nodes["Tuner"].what == (
        "search train.learning_rate, model.dropout in 18 trials of up to 10 epochs, hyperband"
    )
    assert nodes["Tuner_linear"].what == (
        "search learning_rate, token_dropout of the rival linear in 18 trials of up to 10 epochs, "
        "hyperband"
    )
    assert "Tuner" not in _nodes()


def test_a_cross_validation_says_who_is_trained_how_often() -> None:
    assert _nodes("evaluate.folds=5")["CrossValidation"].what == (
        "train transformer anew for each of 5 folds of the train split"
    )
    assert _nodes("evaluate.folds=5", "rivals=[linear, cnn]")["CrossValidation"].what == (
        "train 3 candidates anew for each of 5 folds of the train split"
    )
    assert "CrossValidation" not in _nodes()
