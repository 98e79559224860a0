"""Rules between the sections that go by the task, as a user meets them."""

import pathlib

import click.testing
import pytest

from pipeline import cli, data_section
from pipeline import config as config_lib

_RESERVED = ", ".join(data_section.RESERVED)
_NUMBERS = "name: demo\ntask: regression\n"
_KNOWN = "mse, mae, pearson, spearman, r2"

_QUESTIONS = "name: demo\ntask: question_answering\n"

_BAD_CONFIGS = [
    (
        "a single fold",
        "name: demo\ndata: {path: a.csv}\nevaluate: {folds: 1}\n",
        "c.yaml:3: `evaluate.folds` must be at least 2, or 0 for none. Received: 1",
    ),
    (
        "folds of groups that no row brings along",
        "name: demo\ndata: {path: a.csv, split: {group: shop}}\nevaluate: {folds: 5}\n",
        "c.yaml:2: `data.split.group` must be a column that `data.keep` has as text, as "
        "`evaluate.folds` keeps its rows together. Received: shop",
    ),
    (
        "a rival that nobody knows, and one of another task",
        "name: demo\ndata: {path: a.csv}\nrivals: [cnn, lnear, ngram]\n",
        "c.yaml:3: `rivals` must name models of classification (linear, embeddings, cnn, lstm). "
        "Received: lnear. Did you mean `linear`?\n"
        "c.yaml:3: `rivals` must name models of classification (linear, embeddings, cnn, lstm). "
        "Received: ngram",
    ),
    (
        "a rival twice",
        "name: demo\ndata: {path: a.csv}\nrivals: [cnn, cnn]\n",
        "c.yaml:3: `rivals` must not hold anything twice. Received: cnn twice",
    ),
    (
        "rivals of a task that has none",
        _QUESTIONS + "data: {path: a.csv, text: [q, c], answer_start: s}\nrivals: [linear]\n",
        'c.yaml:4: `rivals` must be left out for question_answering. Received: ["linear"]',
    ),
    (
        "settings that no rival has",
        "name: demo\ndata: {path: a.csv}\n"
        "rival_settings: {cnn: {width: [3], learning_rate: 0}, svm: {}}\n",
        "c.yaml:3: `rival_settings.cnn.learning_rate` must be above 0. Received: 0\n"
        "c.yaml:3: `rival_settings.cnn.width` is not a known key. "
        "Did you mean `rival_settings.cnn.widths`?\n"
        "c.yaml:3: `rival_settings.svm` is not a known key. "
        "Known keys: linear, embeddings, cnn, lstm, ngram",
    ),
    (
        "no filters",
        "name: demo\ndata: {path: a.csv}\nrival_settings: {cnn: {widths: []}}\n",
        "c.yaml:3: `rival_settings.cnn.widths` must not be empty. Received: []",
    ),
    (
        "a question without a context, and without the answer's place",
        _QUESTIONS + "data: {path: a.csv, text: q}\n",
        'c.yaml:3: `data.text` must name at least 2 columns for question_answering. Received: ["q"]'
        "\nc.yaml:3: `data.answer_start` must name a column for question_answering",
    ),
    (
        "the answer for its own place",
        _QUESTIONS + "data: {path: a.csv, text: [q, c], label: a, answer_start: a}\n",
        "c.yaml:3: `data.answer_start` must be a column other than the text and the label. "
        "Received: a",
    ),
    (
        "tokens that know no place",
        _QUESTIONS + "data: {path: a.csv, text: [q, c], answer_start: s}\n"
        "tokenizer: {kind: characters}\n",
        "c.yaml:4: `tokenizer.kind` must be one of wordpiece, words for question_answering. "
        "Received: characters",
    ),
    (
        "what only answers have",
        "name: demo\ndata: {path: a.csv, answer_start: s}\ntokenizer: {stride: 8}\n",
        "c.yaml:2: `data.answer_start` must be left out for classification. Received: s\n"
        "c.yaml:3: `tokenizer.stride` must be left out for classification. Received: 8",
    ),
    (
        "what only tasks that write have",
        "name: demo\ndata: {path: a.csv}\nserve: {beam_size: 4, length_penalty: 0.6}\n",
        "c.yaml:3: `serve.beam_size` must be left out for classification. Received: 4\n"
        "c.yaml:3: `serve.length_penalty` must be left out for classification. Received: 0.6",
    ),
    (
        "a beam of nothing",
        "name: demo\ntask: translation\ndata: {path: a.csv}\nserve: {beam_size: 0}\n",
        "c.yaml:4: `serve.beam_size` must be at least 1. Received: 0",
    ),
    (
        "what a translation is not learned with",
        "name: demo\ntask: translation\ndata: {path: a.csv, text: [a, b], labels: [c, d]}\n"
        "model: {init_from: other}\ntrain: {class_weights: balanced}\n",
        "c.yaml:3: `data.text` must name one column for translation. "
        'Received: ["a", "b"]\n'
        'c.yaml:3: `data.labels` must be left out for translation. Received: ["c", "d"]\n'
        "c.yaml:5: `train.class_weights` must be left out for translation. Received: balanced\n"
        "c.yaml:4: `model.init_from` must be left out for translation. Received: other",
    ),
    (
        "three texts",
        "name: demo\ndata: {path: a.csv, text: [a, b, c]}\n",
        "c.yaml:2: `data.text` must name at most 2 columns for classification. "
        'Received: ["a", "b", "c"]',
    ),
    (
        "two columns of labels",
        "name: demo\ndata: {path: a.csv, label: [a, b]}\n",
        'c.yaml:2: `data.label` must name one column for classification. Received: ["a", "b"]',
    ),
    (
        "one text twice",
        "name: demo\ndata: {path: a.csv, text: [a, a]}\n",
        "c.yaml:2: `data.text` must not hold anything twice. Received: a twice",
    ),
    (
        "no text",
        "name: demo\ndata: {path: a.csv, text: []}\n",
        "c.yaml:2: `data.text` must name at least one column. Received: []",
    ),
    (
        "a column without a name",
        "name: demo\ndata: {path: a.csv, text: [a, '']}\n",
        'c.yaml:2: `data.text[1]` must not be empty. Received: ""',
    ),
    (
        "the second text as the label",
        "name: demo\ndata: {path: a.csv, text: [a, b], label: b}\n",
        "c.yaml:2: `data.text` and `data.label` must be different columns. Received: b for both",
    ),
    (
        "a number by a name of our own",
        _NUMBERS + "data: {path: a.csv, text: t, label: [score, text]}\n",
        f"c.yaml:3: `data.label` must not name features of our own ({_RESERVED}) in a list. "
        "Received: text",
    ),
    (
        "labels of numbers",
        _NUMBERS + "data: {path: a.csv, labels: [a, b], label_separator: '|'}\n",
        "c.yaml:3: `data.label_separator` must be left out for regression. Received: |\n"
        'c.yaml:3: `data.labels` must be left out for regression. Received: ["a", "b"]',
    ),
    (
        "what only labels have",
        _NUMBERS + "data: {path: a.csv}\ntrain:\n  label_smoothing: 0.1\n"
        "  class_weights: balanced\n",
        "c.yaml:5: `train.label_smoothing` must be left out for regression. Received: 0.1\n"
        "c.yaml:6: `train.class_weights` must be left out for regression. Received: balanced",
    ),
    (
        "what only blocks have",
        "name: demo\ndata: {path: a.csv}\ntrain: {epoch_batches: 9}\n",
        "c.yaml:3: `train.epoch_batches` must be left out for classification. Received: 9",
    ),
    (
        "fewer entries than there are bytes",
        "name: demo\ndata: {path: a.csv}\ntokenizer: {kind: bytes_bpe, vocabulary_size: 200}\n",
        "c.yaml:3: `tokenizer.vocabulary_size` must be at least 247 for bytes_bpe: each byte is an "
        "entry. Received: 200",
    ),
    (
        "labels of a language model",
        "name: demo\ntask: language_model\ndata: {path: a.txt, labels: [a, b]}\n"
        "evaluate: {floor: {perplexity: 0.5}, ceiling: {perplexity: 0.5}}\n",
        'c.yaml:3: `data.labels` must be left out for language_model. Received: ["a", "b"]\n'
        "c.yaml:4: `evaluate.floor.perplexity` must stand in `evaluate.ceiling`: lower is better. "
        "Received: 0.5\n"
        "c.yaml:4: `evaluate.ceiling.perplexity` must be at least 1. Received: 0.5",
    ),
    (
        "a weight of no label",
        "name: demo\ndata: {path: a.csv, labels: [a, b]}\ntrain: {class_weights: {c: 2}}\n",
        "c.yaml:3: `train.class_weights` must name labels of `data.labels` (a, b). Received: c",
    ),
    (
        "a metric of another task",
        _NUMBERS + "data: {path: a.csv}\nevaluate: {floor: {accuracy: 0.5}}\n",
        f"c.yaml:4: `evaluate.floor` must name a metric of regression ({_KNOWN}). "
        "Received: accuracy",
    ),
    (
        "a metric of one label for several",
        "name: demo\ndata: {path: a.csv, label_separator: ','}\nevaluate: {metric: f1}\n",
        "c.yaml:3: `evaluate.metric` must name a metric of classification (subset_accuracy, "
        "f1_micro, f1_macro, auc, cross_entropy). Received: f1",
    ),
    (
        "a correlation beyond -1",
        _NUMBERS + "data: {path: a.csv}\nevaluate: {floor: {pearson: -1.5}}\n",
        "c.yaml:4: `evaluate.floor.pearson` must be from -1 to 1. Received: -1.5",
    ),
    (
        "more than all of the variance",
        _NUMBERS + "data: {path: a.csv}\nevaluate: {floor: {r2: 2}}\n",
        "c.yaml:4: `evaluate.floor.r2` must be at most 1. Received: 2",
    ),
    (
        "an error below 0",
        _NUMBERS + "data: {path: a.csv}\nevaluate: {ceiling: {mae: -1}}\n",
        "c.yaml:4: `evaluate.ceiling.mae` must be at least 0. Received: -1",
    ),
    (
        "a drop wider than a correlation can fall",
        _NUMBERS + "data: {path: a.csv}\nevaluate: {metric: pearson, max_drop: 3}\n",
        "c.yaml:4: `evaluate.max_drop` must be at most 2. Received: 3",
    ),
    (
        "numbers of texts alone",
        _NUMBERS + "data: {path: a.txt}\n",
        "c.yaml:3: `data.path` must be of a format with labels "
        f"({', '.join(data_section.LABELLED_FORMATS)}) for regression. "
        "Received: a.txt, text alone",
    ),
]


@pytest.mark.parametrize(
    ("text", "lines"), [case[1:] for case in _BAD_CONFIGS], ids=[case[0] for case in _BAD_CONFIGS]
)
def test_what_the_task_cannot_take_is_told_in_exact_lines(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, text: str, lines: str
) -> None:
    monkeypatch.chdir(tmp_path)
    pathlib.Path("c.yaml").write_text(text, encoding="utf-8")
    result = click.testing.CliRunner().invoke(cli.main, ["run", "c.yaml"])
    assert result.stderr == "".join(f"error: {line}\n" for line in lines.splitlines())
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("overrides", "floor", "metric"),
    [
        ([], {"auc": 0.5}, "accuracy"),
        (["data.label_separator='|'"], {"auc": 0.5}, "f1_micro"),
        (["task=regression"], {"r2": 0.0, "pearson": 0.0}, "r2"),
        (["task=regression", "evaluate.metric=mae"], {"r2": 0.0, "pearson": 0.0}, "mae"),
        (["evaluate.floor={}"], {}, "accuracy"),
    ],
)
def test_what_is_not_said_of_the_verdict_goes_by_the_task(
    overrides: list[str], floor: dict[str, float], metric: str
) -> None:
    evaluate = config_lib.from_columns("a.csv", overrides=overrides).evaluate
    assert (evaluate.floor, evaluate.metric) == (floor, metric)


def test_lists_of_columns_come_back_from_a_dump(tmp_path: pathlib.Path) -> None:
    overrides = ["data.text=[a, b]", "task=regression", "data.label=[v, w]"]
    made = config_lib.from_columns("a.csv", overrides=overrides)
    path = tmp_path / "dumped.yaml"
    path.write_text(config_lib.dump(made))
    assert config_lib.load(path) == made
    assert "text: text\n" in config_lib.dump(config_lib.from_columns("a.csv"))
