import pathlib

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.ingest import columns, settings
from pipeline import config, graph, ingest_settings


def _build(*overrides: str) -> settings.Settings:
    made = config.from_columns("a.csv", "review", "stars", overrides)
    return ingest_settings.build(made, "/w/quarantine")


def test_text_and_label_get_the_names_that_everything_after_ingest_knows() -> None:
    assert _build().columns.by_feature == {
        "text": columns.Column("review", "text"),
        "label": columns.Column("stars", "text"),
    }


def test_numbers_to_learn_are_read_as_numbers_and_rows_dealt_out_by_both_texts() -> None:
    made = _build("task=regression", "data.text=[a, b]", "data.label=[joy, heat]")
    assert made.columns.by_feature == {
        "text": columns.Column("a", "text"),
        "text_pair": columns.Column("b", "text"),
        "joy": columns.Column("joy", "number"),
        "heat": columns.Column("heat", "number"),
    }
    assert made.split.content == ("text", "text_pair")


def test_slices_are_kept_as_text_and_others_as_they_are_asked_for() -> None:
    wanted = _build("evaluate.slices=[shop]", "data.keep={age: number, shop: text, city: text}")
    assert {name: column.kind for name, column in wanted.columns.by_feature.items()} == {
        "text": "text",
        "label": "text",
        "shop": "text",
        "age": "number",
        "city": "text",
    }
    assert all(wanted.columns.by_feature[name].name == name for name in ("shop", "age", "city"))


def test_rows_are_dealt_out_by_the_text_in_the_parts_asked_for() -> None:
    split = _build("data.split.train=3", "data.split.test=2").split
    assert split == settings.Split({"train": 3, "eval": 1, "test": 2}, ("text",))


def test_rows_are_dealt_out_by_a_column() -> None:
    assert _build("data.split.group=user").split.group == "user"
    assert _build("data.split.time=date").split.time == "date"


def test_the_dialect_and_the_rest_are_handed_on() -> None:
    made = _build("data.format=csv", "data.delimiter=;", "data.header=[review, stars]")
    assert made.dialect == settings.Dialect("csv", ";", ("review", "stars"))
    assert (made.max_bad_fraction, made.quarantine_dir) == (0.01, "/w/quarantine")
    assert _build("data.max_bad_fraction=0.5").max_bad_fraction == 0.5


def test_the_settings_survive_their_way_through_json() -> None:
    made = _build("data.header=[review, stars, age]", "data.keep={age: number}")
    assert settings.Settings.from_json(made.to_json()) == made


def test_answers_come_with_their_places_which_the_task_judges() -> None:
    made = _build("task=question_answering", "data.text=[a, b]", "data.answer_start=at")
    assert made.columns.by_feature == {
        "text": columns.Column("a", "text"),
        "text_pair": columns.Column("b", "text"),
        "label": columns.Column("stars", "text"),
        "answer_start": columns.Column("at", "text"),
    }
    assert made.columns.task is not None
    assert made.columns.task.name == "question_answering"
    assert made.split.content == ("text_pair",)
    assert settings.Settings.from_json(made.to_json()) == made
    assert _build().columns.task is None


def test_what_the_schema_of_a_preset_describes_is_read() -> None:
    # A column that a curated schema asks for and nobody reads is missing in every row.
    described, read = {}, {}
    for path in config.PRESETS.glob("*.yaml"):
        preset = config.load(path)
        if source := graph.schema_source(preset):
            schema = text_format.Parse(pathlib.Path(source).read_text(), schema_pb2.Schema())
            described[path.stem] = {feature.name for feature in schema.feature}
            read[path.stem] = set(ingest_settings.columns(preset).by_feature)
    assert {"sentiment", "fine_tuning"} <= set(described)
    assert described == read
