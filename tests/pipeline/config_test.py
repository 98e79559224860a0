import glob
import hashlib
import pathlib

import pytest

from pipeline import config, errors

_MINIMAL = "name: demo\ndata: {path: a.csv}\n"


def _load(tmp_path: pathlib.Path, text: str, *overrides: str) -> config.Config:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, overrides)


def test_a_name_and_a_path_are_enough(tmp_path: pathlib.Path) -> None:
    loaded = _load(tmp_path, _MINIMAL)
    assert (loaded.name, loaded.task, loaded.data.path) == ("demo", "classification", "a.csv")
    assert (loaded.data.text, loaded.data.label) == (("text",), ("label",))
    assert loaded.data.labels is None
    parts = loaded.data.split
    assert (parts.train, parts.eval, parts.test, parts.group, parts.time) == (8, 1, 1, None, None)
    assert (loaded.data.format, loaded.data.delimiter, loaded.data.header) == (None, ",", None)
    assert (loaded.data.keep, loaded.data.max_bad_fraction) == ({}, 0.01)
    assert loaded.validate_section.leakage.level == "error"
    assert loaded.evaluate.floor == {"auc": 0.5}
    assert (loaded.evaluate.metric, loaded.evaluate.max_drop) == ("accuracy", 0.0)


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("[no, yes]", ("no", "yes")),
        ("[0, 1]", ("0", "1")),
        ("[01, 1]", ("01", "1")),
        ("[1.0, 1.50]", ("1.0", "1.50")),
        ("[True, false]", ("True", "false")),
        ("['null', x]", ("null", "x")),
        ("null", None),
    ],
)
def test_labels_are_the_text_as_it_is_written(
    tmp_path: pathlib.Path, written: str, labels: tuple[str, ...] | None
) -> None:
    text = f"name: demo\ndata:\n  path: a.csv\n  labels: {written}\n"
    assert _load(tmp_path, text).data.labels == labels


def test_numbers_and_truth_values_are_read_by_the_key_that_they_stand_at(
    tmp_path: pathlib.Path,
) -> None:
    text = _MINIMAL + "train: {learning_rate: 1e-3, epochs: 7}\ntokenizer: {lowercase: no}\n"
    loaded = _load(tmp_path, text)
    assert loaded.train.learning_rate == 0.001
    assert loaded.train.epochs == 7
    assert loaded.tokenizer.lowercase is False


def test_a_section_with_all_its_keys_commented_out_has_its_defaults(
    tmp_path: pathlib.Path,
) -> None:
    assert _load(tmp_path, _MINIMAL + "train:\n  # epochs: 3\n") == _load(tmp_path, _MINIMAL)


def test_overrides_stand_above_the_file(tmp_path: pathlib.Path) -> None:
    loaded = _load(tmp_path, _MINIMAL, "train.clip_norm=null", "evaluate.floor.accuracy=0.6")
    assert loaded.train.clip_norm is None
    assert loaded.evaluate.floor == {"accuracy": 0.6}


def test_there_are_no_rivals_unless_the_config_names_some(tmp_path: pathlib.Path) -> None:
    assert _load(tmp_path, _MINIMAL).rivals == ()
    named = _load(
        tmp_path, _MINIMAL, "rivals=[linear, cnn]", "rival_settings.cnn.learning_rate=1e-4"
    )
    assert named.rivals == ("linear", "cnn")
    assert named.rival_settings.of("cnn").learning_rate == 1e-4
    assert named.rival_settings.of("cnn").weight_decay == 0.01


def test_a_config_cannot_be_changed(tmp_path: pathlib.Path) -> None:
    loaded = _load(tmp_path, _MINIMAL)
    with pytest.raises(ValueError, match="frozen"):
        loaded.data.path = "b.csv"


@pytest.mark.parametrize(
    "text",
    [
        _MINIMAL,
        """\
name: all-of_it9
data:
  path: "null"
  text: "1"
  label: "~"
  labels: ["null", "no", "", " x", "a: b", "línea\\n", "1e3"]
  schema: s.pbtxt
  header: ["1", "~"]
  delimiter: "\\t"
  keep: {"2021": number}
  max_bad_fraction: 0
  split: {train: 3, eval: 2, test: 2, group: user}
validate: {leakage: off, skew: {limit: 0.5}}
train: {clip_norm: null, learning_rate: 3e-5, precision: float32}
evaluate:
  floor: {f1: 0.1, accuracy: 0.2}
  ceiling: {cross_entropy: 2}
  slices: [domain, "2020"]
  slice_floor: {"2020": {recall: 0.3}}
push: {enabled: no}
""".replace('"", ', ""),
    ],
)
def test_a_dump_reads_back_to_an_equal_config(tmp_path: pathlib.Path, text: str) -> None:
    loaded = _load(tmp_path, text)
    again = _load(tmp_path, config.dump(loaded))
    assert again == loaded
    assert config.dump(again) == config.dump(loaded)


def test_a_dump_has_the_keys_as_they_are_written_in_a_config(tmp_path: pathlib.Path) -> None:
    dumped = config.dump(_load(tmp_path, _MINIMAL))
    assert dumped.startswith("name: demo\ntask: classification\ndata:\n  path: a.csv\n")
    assert "\n  schema: null\n" in dumped


def test_the_digest_follows_the_values_and_nothing_else(tmp_path: pathlib.Path) -> None:
    floor = "evaluate: {floor: {%s}}\n"
    one = _load(tmp_path, "name: demo\ndata: {path: a.csv, text: t}\n" + floor % "f1: 0, auc: 0")
    same = _load(
        tmp_path,
        floor % "auc: 0, f1: 0" + "data: {text: t, path: a.csv}\ntrain: {epochs: 10}\nname: demo\n",
    )
    other = _load(tmp_path, "name: demo\ndata: {path: a.csv, text: u}\n")
    assert config.digest(one) == config.digest(same) != config.digest(other)
    assert len(config.digest(one)) == 64


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("reviews.csv", "reviews"),
        ("/a/b/My Reviews (1).csv", "my-reviews-1"),
        # Names in another script do not come out alike, or two tables would share a workspace.
        ("отзывы.csv", "table-" + hashlib.sha256("отзывы".encode()).hexdigest()[:6]),
        ("новости.csv", "table-" + hashlib.sha256("новости".encode()).hexdigest()[:6]),
        ("café.csv", "caf-" + hashlib.sha256("café".encode()).hexdigest()[:6]),
        ("_x_.csv", "x"),
        (f"{'a' * 100}.csv", "a" * 63),
        ("reviews.csv.gz", "reviews"),
        ("Reviews.JSONL.GZ", "reviews"),
        ("reviews.2024.parquet", "reviews-2024"),
        ("a/reviews-*.csv", "reviews"),
        ("a/reviews/*.csv.gz", "reviews"),
        ("a/reviews/[0-9]?/*.tsv", "reviews"),
        ("gs://bucket/reviews/*.csv", "reviews"),
        ("gs://bucket/a.tfrecord.gz", "a"),
        ("gs://bucket/reviews/", "reviews"),
    ],
)
def test_a_table_gives_its_run_a_name(path: str, name: str) -> None:
    assert config.from_columns(path).name == name


def test_a_directory_gives_its_run_its_whole_name(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "reviews.2024"
    directory.mkdir()
    assert config.from_columns(str(directory)).name == "reviews-2024"
    monkeypatch.chdir(directory)
    assert config.from_columns(".").name == "reviews-2024"


def test_a_file_that_is_there_is_no_pattern(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pathlib.Path("[x].csv").touch()
    assert config.from_columns("[x].csv").name == "x"


def test_sources_hold_in_any_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.from_columns("a.csv").data.sources() == {"all": f"{tmp_path}/a.csv"}
    separate = _load(tmp_path, "name: d\ndata: {train: a/, test: /b/*.csv}\n").data
    assert separate.sources() == {"train": f"{tmp_path}/a", "test": "/b/*.csv"}
    assert separate.given() == {"data.train": "a/", "data.test": "/b/*.csv"}


def test_a_pattern_is_one_below_the_current_directory_whatever_that_is_called(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "[1]"
    directory.mkdir()
    monkeypatch.chdir(directory)
    pathlib.Path("a.csv").touch()
    assert config.from_columns("a.csv").data.sources() == {"all": f"{directory}/a.csv"}
    [pattern] = config.from_columns("*.csv").data.sources().values()
    assert glob.glob(pattern) == [f"{directory}/a.csv"]  # noqa: PTH207 - an absolute pattern


def test_a_uri_is_not_touched(tmp_path: pathlib.Path) -> None:
    text = "name: d\ndata: {path: 'gs://b//x/*.csv', schema: 'gs://b/s.pbtxt'}\n"
    loaded = _load(tmp_path, text).data
    assert loaded.sources() == {"all": "gs://b//x/*.csv"}
    assert loaded.schema_uri == "gs://b/s.pbtxt"


def test_a_schema_holds_in_any_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.from_columns("a.csv", overrides=["data.schema=s.pbtxt"]).data.schema_uri == (
        f"{tmp_path}/s.pbtxt"
    )
    assert config.from_columns("a.csv").data.schema_uri is None


@pytest.mark.parametrize(
    ("written", "delimiter"),
    [(";", ";"), (r"\t", "\t"), (r'"\t"', "\t"), ("'|'", "|"), ("' '", " ")],
)
def test_a_delimiter_is_one_character_however_it_is_written(written: str, delimiter: str) -> None:
    made = config.from_columns("a.csv", overrides=[f"data.delimiter={written}"])
    assert made.data.delimiter == delimiter


def test_settings_of_csv_files_are_allowed_where_names_do_not_tell(tmp_path: pathlib.Path) -> None:
    # A directory's files are looked at before the run; the config alone cannot tell.
    made = config.from_columns("somewhere", overrides=["data.delimiter=;", "data.header=[a, b]"])
    assert (made.data.delimiter, made.data.header) == (";", ("a", "b"))
    beside = _load(tmp_path, "name: d\ndata: {train: somewhere, test: b.tsv, delimiter: ;}\n")
    assert beside.data.delimiter == ";"


def test_the_short_form_of_a_check_sets_its_level(tmp_path: pathlib.Path) -> None:
    checks = _load(tmp_path, _MINIMAL + "validate: {leakage: off}\n").validate_section
    assert checks.leakage.level == "off"
    assert checks.leakage.limit == _load(tmp_path, _MINIMAL).validate_section.leakage.limit


def test_columns_of_a_table_of_ones_own() -> None:
    made = config.from_columns("r.csv", "review", "stars", ["train.epochs=2", "name=mine"])
    assert (made.name, made.data.text, made.data.label) == ("mine", ("review",), ("stars",))
    assert made.train.epochs == 2


def test_a_path_in_the_home_directory_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert config.from_columns("~/r.csv").data.path == "/home/somebody/r.csv"


def test_the_sentiment_preset_loads() -> None:
    loaded = config.load(config.PRESETS / "sentiment.yaml")
    assert loaded.name == "sentiment"
    assert loaded.data.labels == ("negative", "positive")
    assert loaded.evaluate.slices == ("domain",)


def test_every_preset_loads() -> None:
    for path in config.PRESETS.glob("*.yaml"):
        assert config.load(path).name == path.stem


def test_a_presets_paths_hold_in_any_directory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.PROJECT)
    assert config.load("pipeline/presets/sentiment.yaml").data.path == "data/sentences.csv"
    monkeypatch.chdir(tmp_path)
    elsewhere = config.load(config.PRESETS / "sentiment.yaml", ["data.path=mine.csv"]).data
    assert elsewhere.path == "mine.csv"
    assert elsewhere.schema_path == str(config.PROJECT / "schemas/sentiment/schema.pbtxt")


def test_a_config_made_in_code_obeys_the_same_rules() -> None:
    with pytest.raises(ValueError, match="must be different columns"):
        config.DataConfig(path="a.csv", text="x", label="x")


def test_no_problem_is_lost_where_there_are_several(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.ConfigError) as caught:
        _load(tmp_path, "name: X\ndata: {}\ntrain: {epochs: 0, seeds: 1}\n")
    assert len(caught.value.problems) == 4


def test_checks_that_a_task_does_not_need_are_off_unless_asked_for() -> None:
    settings = ["task=question_answering", "data.text=[q, c]", "data.answer_start=s"]
    made = config.from_columns("a.csv", overrides=[*settings, "validate.truncation=error"])
    checks = made.validate_section
    assert (checks.near_duplicates.level, checks.truncation.level) == ("off", "error")
    assert checks.leakage.level == "error"
    assert config.from_columns("a.csv").validate_section.near_duplicates.level == "warn"


def test_how_answers_are_found_is_as_the_task_does_unless_said() -> None:
    made = config.from_columns("a.csv", overrides=["task=translation", "serve.beam_size=1"])
    assert (made.serve.beam_size, made.serve.length_penalty) == (1, 0.6)
    assert config.from_columns("a.csv").serve == config.ServeConfig()
