"""Every way to get a config wrong, through the command line: one line, exit status 2."""

import pathlib

import click.testing
import pytest

from pipeline import cli, config_errors, data_section
from schemas import tasks

_DATA = "name: demo\ndata: {path: a.csv}\n"  # two lines; what a case adds starts on the third
_RESERVED = ", ".join(data_section.RESERVED)

_BAD_CONFIGS = [
    # Keys.
    (
        "empty file",
        "",
        "c.yaml: `name` must be given\nc.yaml: `data.path` or `data.train` must be given",
    ),
    ("no name", "data: {path: a.csv}\n", "c.yaml: `name` must be given"),
    ("no data", "name: demo\n", "c.yaml: `data.path` or `data.train` must be given"),
    (
        "no path",
        "name: demo\ndata: {text: t}\n",
        "c.yaml:2: `data.path` or `data.train` must be given",
    ),
    (
        "unknown key",
        _DATA + "train: {epoch: 3}\n",
        "c.yaml:3: `train.epoch` is not a known key. Did you mean `train.epochs`?",
    ),
    (
        "unknown section",
        _DATA + "modle: {num_heads: 2}\n",
        "c.yaml:3: `modle` is not a known key. Did you mean `model`?",
    ),
    (
        "key of another section",
        _DATA + "model: {epochs: 2}\n",
        "c.yaml:3: `model.epochs` is not a known key. Did you mean `train.epochs`?",
    ),
    (
        "key outside of its section",
        _DATA + "batch_size: 2\n",
        "c.yaml:3: `batch_size` is not a known key. Did you mean `train.batch_size`?",
    ),
    (
        "key near to none",
        _DATA + "push: {zzz: 1}\n",
        "c.yaml:3: `push.zzz` is not a known key. Known keys: enabled",
    ),
    (
        "attribute's name for a key",
        "name: demo\ndata: {path: a.csv, schema_path: s}\n",
        "c.yaml:2: `data.schema_path` is not a known key. Did you mean `data.schema`?",
    ),
    (
        "key given twice",
        _DATA + "train:\n  epochs: 1\n  epochs: 2\n",
        "c.yaml:5: `train.epochs` is given twice; first: c.yaml:4",
    ),
    # The shape of the file.
    ("a list", "- a\n", "c.yaml: must hold `key: value` lines. Received: a list"),
    ("a word", "demo\n", "c.yaml: must hold `key: value` lines. Received: a single value"),
    (
        "not YAML",
        _DATA + "train: {epochs: 1\n",
        "c.yaml:4: is not YAML: expected ',' or '}', but got '<stream end>'",
    ),
    (
        "a section that is a number",
        _DATA + "train: 5\n",
        "c.yaml:3: `train` must hold `key: value` pairs. Received: 5",
    ),
    (
        "a section that is a list",
        _DATA + "model: [a]\n",
        'c.yaml:3: `model` must hold `key: value` pairs. Received: ["a"]',
    ),
    # Types.
    (
        "a fraction for a count",
        _DATA + "train: {epochs: 1.5}\n",
        "c.yaml:3: `train.epochs` must be a whole number. Received: 1.5",
    ),
    (
        "a word for a count",
        _DATA + "train: {epochs: many}\n",
        "c.yaml:3: `train.epochs` must be a whole number. Received: many",
    ),
    (
        "a truth value for a count",
        _DATA + "train: {epochs: true}\n",
        "c.yaml:3: `train.epochs` must be a whole number. Received: true",
    ),
    (
        "null for a count",
        _DATA + "train: {epochs: null}\n",
        "c.yaml:3: `train.epochs` must be a whole number. Received: null",
    ),
    (
        "a huge count",
        _DATA + f"train: {{epochs: {'9' * 5000}}}\n",
        f"c.yaml:3: `train.epochs` must be a whole number of usual size. Received: {'9' * 79}…",
    ),
    (
        "a word for a number",
        _DATA + "train: {learning_rate: fast}\n",
        "c.yaml:3: `train.learning_rate` must be a number. Received: fast",
    ),
    (
        "a word for a truth value",
        _DATA + "tokenizer: {lowercase: maybe}\n",
        "c.yaml:3: `tokenizer.lowercase` must be true or false. Received: maybe",
    ),
    (
        "a list for text",
        "name: demo\ndata:\n  path: [a.csv]\n",
        'c.yaml:3: `data.path` must be text. Received: ["a.csv"]',
    ),
    (
        "text for a list",
        _DATA + "evaluate: {slices: domain}\n",
        "c.yaml:3: `evaluate.slices` must be a list, such as [a, b]. Received: domain",
    ),
    (
        "a number for bounds",
        _DATA + "evaluate: {floor: 0.7}\n",
        "c.yaml:3: `evaluate.floor` must hold `key: value` pairs. Received: 0.7",
    ),
    (
        "not one of the choices",
        _DATA + "model: {norm: before}\n",
        "c.yaml:3: `model.norm` must be one of pre, post. Received: before",
    ),
    (
        "a task that there is not",
        _DATA + "task: regresion\n",
        f"c.yaml:3: `task` must be one of {', '.join(tasks.names())}. Received: regresion",
    ),
    # Ranges.
    (
        "batch size 0",
        _DATA + "train:\n  batch_size: 0\n",
        "c.yaml:4: `train.batch_size` must be at least 1. Received: 0",
    ),
    (
        "learning rate 0",
        _DATA + "train: {learning_rate: 0}\n",
        "c.yaml:3: `train.learning_rate` must be above 0. Received: 0",
    ),
    (
        "dropout 1",
        _DATA + "model: {dropout: 1}\n",
        "c.yaml:3: `model.dropout` must be below 1. Received: 1",
    ),
    (
        "too large a batch",
        _DATA + "train: {batch_size: 2000000}\n",
        "c.yaml:3: `train.batch_size` must be at most 1,048,576. Received: 2000000",
    ),
    (
        "no test split",
        "name: demo\ndata: {path: a.csv, split: {train: 9, eval: 1, test: 0}}\n",
        "c.yaml:2: `data.split.test` must be at least 1. Received: 0",
    ),
    (
        "a bound that is no number",
        _DATA + "evaluate: {floor: {auc: nan}}\n",
        "c.yaml:3: `evaluate.floor.auc` must be a finite number. Received: nan",
    ),
    (
        "a name with a space",
        "name: My Model\ndata: {path: a.csv}\n",
        "c.yaml:1: `name` must be 1 to 63 of a-z, 0-9, `-` and `_`, the first a letter or digit. "
        "Received: My Model",
    ),
    (
        "a name that leaves its directory",
        "name: ../up\ndata: {path: a.csv}\n",
        "c.yaml:1: `name` must be 1 to 63 of a-z, 0-9, `-` and `_`, the first a letter or digit. "
        "Received: ../up",
    ),
    (
        "a name with an ending that is none",
        "name: demo/x\ndata: {path: a.csv}\n",
        "c.yaml:1: `name` must be 1 to 63 of a-z, 0-9, `-` and `_`, the first a letter or digit. "
        "Received: demo/x",
    ),
    (
        "an empty path",
        "name: demo\ndata: {path: ''}\n",
        'c.yaml:2: `data.path` must not be empty. Received: ""',
    ),
    # Rules about several keys.
    (
        "heads that do not divide",
        _DATA + "model: {num_heads: 3, hidden_dim: 64}\n",
        "c.yaml:3: `model.num_heads` must divide `model.hidden_dim`. "
        "Received: num_heads=3, hidden_dim=64",
    ),
    (
        "an odd width with sinusoids",
        _DATA + "model: {num_heads: 1, hidden_dim: 33}\n",
        "c.yaml:3: `model.hidden_dim` must be even for sinusoidal positions. "
        "Received: hidden_dim=33",
    ),
    (
        "one column for text and label",
        "name: demo\ndata: {path: a.csv, text: x, label: x}\n",
        "c.yaml:2: `data.text` and `data.label` must be different columns. Received: x for both",
    ),
    (
        "a single label",
        "name: demo\ndata: {path: a.csv, labels: [yes]}\n",
        'c.yaml:2: `data.labels` must have at least 2 entries. Received: ["yes"]',
    ),
    (
        "a label twice",
        "name: demo\ndata: {path: a.csv, labels: [a, b, a]}\n",
        "c.yaml:2: `data.labels` must not hold anything twice. Received: a twice",
    ),
    (
        "a null label",
        "name: demo\ndata: {path: a.csv, labels: [a, null]}\n",
        "c.yaml:2: `data.labels[1]` must be text. Received: null",
    ),
    (
        "an empty label",
        "name: demo\ndata: {path: a.csv, labels: [a, '']}\n",
        'c.yaml:2: `data.labels` must not hold an empty label. Received: ""',
    ),
    # What is judged.
    (
        "an unknown metric",
        _DATA + "evaluate: {metric: acuracy}\n",
        "c.yaml:3: `evaluate.metric` must name a metric of classification (accuracy, precision, "
        "recall, f1, auc, cross_entropy, calibration_error). Received: acuracy. "
        "Did you mean `accuracy`?",
    ),
    (
        "a floor on an unknown metric",
        _DATA + "evaluate: {floor: {zzz: 1}}\n",
        "c.yaml:3: `evaluate.floor` must name a metric of classification (accuracy, precision, "
        "recall, f1, auc, cross_entropy, calibration_error). Received: zzz",
    ),
    (
        "a floor where a ceiling is meant",
        _DATA + "evaluate: {floor: {calibration_error: 0.1}}\n",
        "c.yaml:3: `evaluate.floor.calibration_error` must stand in `evaluate.ceiling`: "
        "lower is better. Received: 0.1",
    ),
    (
        "a ceiling where a floor is meant",
        _DATA + "evaluate: {ceiling: {f1: 0.5}}\n",
        "c.yaml:3: `evaluate.ceiling.f1` must stand in `evaluate.floor`: higher is better. "
        "Received: 0.5",
    ),
    (
        "a floor in per cent",
        _DATA + "evaluate: {floor: {accuracy: 70}}\n",
        "c.yaml:3: `evaluate.floor.accuracy` must be from 0 to 1. Received: 70",
    ),
    (
        "a ceiling below 0",
        _DATA + "evaluate: {ceiling: {cross_entropy: -1}}\n",
        "c.yaml:3: `evaluate.ceiling.cross_entropy` must be at least 0. Received: -1",
    ),
    (
        "a negative drop",
        _DATA + "evaluate: {max_drop: -0.1}\n",
        "c.yaml:3: `evaluate.max_drop` must be at least 0. Received: -0.1",
    ),
    (
        "a drop in per cent",
        _DATA + "evaluate: {max_drop: 5}\n",
        "c.yaml:3: `evaluate.max_drop` must be at most 1. Received: 5",
    ),
    (
        "a slice by the label",
        _DATA + "evaluate: {slices: [label]}\n",
        "c.yaml:3: `evaluate.slices` must name columns other than the text, the label and the "
        f"features of our own ({_RESERVED}). Received: label",
    ),
    (
        "a slice by a column that Ingest's own name hides",
        "name: demo\ndata: {path: a.csv, text: review}\nevaluate: {slices: [text]}\n",
        "c.yaml:3: `evaluate.slices` must name columns other than the text, the label and the "
        f"features of our own ({_RESERVED}). Received: text",
    ),
    (
        "a slice by a feature that Transform makes",
        _DATA + "evaluate: {slices: [token_ids]}\n",
        "c.yaml:3: `evaluate.slices` must name columns other than the text, the label and the "
        f"features of our own ({_RESERVED}). Received: token_ids",
    ),
    (
        "a slice twice",
        _DATA + "evaluate: {slices: [a, a]}\n",
        "c.yaml:3: `evaluate.slices` must not hold anything twice. Received: a twice",
    ),
    (
        "a floor for a slice that is not asked for",
        _DATA + "evaluate: {slices: [a, b], slice_floor: {c: {auc: 0.5}}}\n",
        "c.yaml:3: `evaluate.slice_floor` must hold columns of `evaluate.slices` (a, b). "
        "Received: c",
    ),
    (
        "a floor for a slice in per cent",
        _DATA + "evaluate: {slices: [a], slice_floor: {a: {auc: 50}}}\n",
        "c.yaml:3: `evaluate.slice_floor.a.auc` must be from 0 to 1. Received: 50",
    ),
    (
        "two rules at once",
        _DATA + "evaluate: {metric: f2, slices: [label]}\n",
        "c.yaml:3: `evaluate.slices` must name columns other than the text, the label and the "
        f"features of our own ({_RESERVED}). Received: label\n"
        "c.yaml:3: `evaluate.metric` must name a metric of classification (accuracy, precision, "
        "recall, f1, auc, cross_entropy, calibration_error). Received: f2",
    ),
]


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _run(text: str, *arguments: str) -> click.testing.Result:
    pathlib.Path("c.yaml").write_text(text, encoding="utf-8")
    return click.testing.CliRunner().invoke(cli.main, ["run", "c.yaml", *arguments])


@pytest.mark.parametrize(
    ("text", "lines"), [case[1:] for case in _BAD_CONFIGS], ids=[case[0] for case in _BAD_CONFIGS]
)
def test_a_bad_config_is_told_in_exact_lines(text: str, lines: str) -> None:
    result = _run(text)
    assert result.stderr == "".join(f"error: {line}\n" for line in lines.splitlines())
    assert result.stdout == ""
    assert result.exit_code == 2
    assert not pathlib.Path("workspace").exists()


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("train.epochs=0", "--set: `train.epochs` must be at least 1. Received: 0"),
        ("epochs=3", "--set: `epochs` is not a known key. Did you mean `train.epochs`?"),
        ("name.x=3", '--set: `name` must be text. Received: {"x": "3"}'),
        (
            "model.num_heads=3",
            "--set: `model.num_heads` must divide `model.hidden_dim`. "
            "Received: num_heads=3, hidden_dim=128",
        ),
        (
            "data.labels.0=x",
            '--set: `data.labels` must be a list, such as [a, b]. Received: {"0": "x"}',
        ),
    ],
)
def test_a_bad_setting_is_blamed_on_the_command_line(setting: str, line: str) -> None:
    result = _run(_DATA + "model: {num_layers: 1}\n", "--set", setting)
    assert (result.stderr, result.exit_code) == (f"error: {line}\n", 2)


def test_a_rule_about_several_keys_is_blamed_on_the_one_that_was_set() -> None:
    result = _run(_DATA + "model: {num_heads: 4}\n", "--set", "model.hidden_dim=66")
    assert result.stderr == (
        "error: --set: `model.num_heads` must divide `model.hidden_dim`. "
        "Received: num_heads=4, hidden_dim=66\n"
    )


def test_every_rule_says_what_a_value_must_be() -> None:
    for kind, rule in config_errors._RULES.items():
        assert rule.startswith("must"), kind


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("word", "word"),
        ("", '""'),
        (" a", '" a"'),
        ("a\nb", '"a\\nb"'),
        (None, "null"),
        (True, "true"),
        (["é"], '["é"]'),
        ("x" * 81, "x" * 79 + "…"),
    ],
)
def test_a_value_is_shown_on_one_short_line(value: object, shown: str) -> None:
    assert config_errors.show(value) == shown


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert config_errors.nearest("TEXT", ["id", "Text"]) == "Text"
    assert config_errors.nearest("stars", ["id", "review"]) is None
