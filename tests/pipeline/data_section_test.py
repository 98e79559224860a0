"""Every way to get the data of a config wrong, through the command line: one line, status 2."""

import pathlib

import click.testing
import pytest

from pipeline import cli, data_section

_DATA = "name: demo\ndata: {path: a.csv}\n"  # two lines; what a case adds starts on the third
_RESERVED = ", ".join(data_section.RESERVED)

_BAD_CONFIGS = [
    # The files.
    (
        "no train split",
        "name: demo\ndata: {test: a.csv}\n",
        "c.yaml:2: `data.test` must stand beside `data.train`. Received: a.csv",
    ),
    (
        "a table and splits",
        "name: demo\ndata: {path: a.csv, train: b.csv, test: c.csv}\n",
        "c.yaml:2: `data.path` must not stand beside `data.train` and `data.test`. "
        "Received: a.csv, b.csv, c.csv",
    ),
    (
        "an empty file name for a split",
        "name: demo\ndata: {train: ''}\n",
        'c.yaml:2: `data.train` must not be empty. Received: ""',
    ),
    (
        "a format that there is not",
        "name: demo\ndata: {path: a.csv, format: xlsx}\n",
        "c.yaml:2: `data.format` must be one of csv, tsv, jsonl, parquet, tfrecord, txt, "
        "whole_txt. Received: xlsx",
    ),
    (
        "text files have no labels",
        "name: demo\ndata: {train: a.txt, test: b.txt.gz}\n",
        "c.yaml:2: `data.train` must be of a format with labels (csv, tsv, jsonl, parquet, "
        "tfrecord) for classification. Received: a.txt, text alone\n"
        "c.yaml:2: `data.test` must be of a format with labels (csv, tsv, jsonl, parquet, "
        "tfrecord) for classification. Received: b.txt.gz, text alone",
    ),
    (
        "a format without labels",
        "name: demo\ndata:\n  path: a.csv\n  format: whole_txt\n",
        "c.yaml:4: `data.format` must be of a format with labels (csv, tsv, jsonl, parquet, "
        "tfrecord) for classification. Received: whole_txt, text alone",
    ),
    (
        "a delimiter of two characters",
        "name: demo\ndata: {path: a.csv, delimiter: '||'}\n",
        "c.yaml:2: `data.delimiter` must be one ASCII character, no quote and no line end. "
        "Received: ||",
    ),
    (
        "a quote for a delimiter",
        "name: demo\ndata: {path: a.csv, delimiter: '\"'}\n",
        "c.yaml:2: `data.delimiter` must be one ASCII character, no quote and no line end. "
        'Received: "',
    ),
    (
        "a delimiter beyond ASCII",
        "name: demo\ndata: {path: a.csv, delimiter: ¦}\n",
        "c.yaml:2: `data.delimiter` must be one ASCII character, no quote and no line end. "
        "Received: ¦",
    ),
    (
        "a delimiter for what is not csv",
        "name: demo\ndata:\n  path: a.tsv.gz\n  delimiter: ;\n",
        "c.yaml:4: `data.delimiter` must be left out where no file is csv. Received: ; for tsv",
    ),
    (
        "names of columns for what has names",
        "name: demo\ndata: {train: a.jsonl, test: b.jsonl, header: [text, label]}\n",
        "c.yaml:2: `data.header` must be left out where no file is csv or tsv. "
        'Received: ["text", "label"] for jsonl',
    ),
    (
        "no names of columns",
        "name: demo\ndata: {path: a.csv, header: []}\n",
        "c.yaml:2: `data.header` must name at least one column. Received: []",
    ),
    (
        "two columns of one name",
        "name: demo\ndata: {path: a.csv, header: [text, label, text]}\n",
        "c.yaml:2: `data.header` must not hold anything twice. Received: text twice",
    ),
    # The columns.
    (
        "a column kept as what there is not",
        "name: demo\ndata:\n  path: a.csv\n  keep: {stars: int}\n",
        "c.yaml:4: `data.keep.stars` must be one of text, number. Received: int",
    ),
    (
        "a list of columns to keep",
        "name: demo\ndata: {path: a.csv, keep: [stars]}\n",
        'c.yaml:2: `data.keep` must hold `key: value` pairs. Received: ["stars"]',
    ),
    (
        "the label kept once more",
        "name: demo\ndata: {path: a.csv, label: stars, keep: {stars: number}}\n",
        "c.yaml:2: `data.keep` must name columns other than the text, the label and the features "
        f"of our own ({_RESERVED}). Received: stars",
    ),
    (
        "a column of a name of our own",
        "name: demo\ndata: {path: a.csv, keep: {origin: text}}\n",
        "c.yaml:2: `data.keep` must name columns other than the text, the label and the features "
        f"of our own ({_RESERVED}). Received: origin",
    ),
    (
        "a slice by a number",
        "name: demo\ndata: {path: a.csv, keep: {stars: number}}\nevaluate: {slices: [stars]}\n",
        "c.yaml:2: `data.keep.stars` must be text, as `evaluate.slices` has the column. "
        "Received: number",
    ),
    # How rows are dealt out.
    (
        "two ways to deal out",
        "name: demo\ndata: {path: a.csv, split: {group: user, time: date}}\n",
        "c.yaml:2: `data.split.group` and `data.split.time` must not both be given. "
        "Received: user and date",
    ),
    (
        "a group with nothing to deal out",
        "name: demo\ndata: {train: a.csv, eval: b.csv, test: c.csv, split: {group: user}}\n",
        "c.yaml:2: `data.split.group` must be left out where `data.eval` and `data.test` are files "
        "of their own. Received: user",
    ),
    (
        "a time that is the text",
        "name: demo\ndata: {path: a.csv, text: review, split: {time: review}}\n",
        "c.yaml:2: `data.split.time` must be a column other than the text and the label. "
        "Received: review",
    ),
    (
        "a group that is the label",
        "name: demo\ndata: {path: a.csv, split: {group: label}}\n",
        "c.yaml:2: `data.split.group` must be a column other than the text and the label. "
        "Received: label",
    ),
    (
        "a way to deal out that there is not",
        "name: demo\ndata: {path: a.csv, split: {groups: user}}\n",
        "c.yaml:2: `data.split.groups` is not a known key. Did you mean `data.split.group`?",
    ),
    (
        "a table that is to be parted by position",
        "name: demo\ndata: {path: a.csv, split: {contiguous: true}}\n",
        "c.yaml:2: `data.split.contiguous` must stand beside `data.format: whole_txt`. "
        "Received: no format",
    ),
    (
        "a text that is to be parted by a column",
        "name: demo\ntask: language_model\ndata:\n  path: a.txt\n  format: whole_txt\n"
        "  split: {contiguous: true, group: user}\n",
        "c.yaml:6: `data.split.contiguous` must not stand beside `data.split.group`. "
        "Received: user",
    ),
    # The checks of the data.
    (
        "a share of bad rows in per cent",
        "name: demo\ndata: {path: a.csv, max_bad_fraction: 5}\n",
        "c.yaml:2: `data.max_bad_fraction` must be at most 1. Received: 5",
    ),
    (
        "a check that there is not",
        _DATA + "validate: {leak: off}\n",
        "c.yaml:3: `validate.leak` is not a known key. Did you mean `validate.leakage`?",
    ),
    (
        "a level that there is not",
        _DATA + "validate:\n  leakage: {level: fatal}\n",
        "c.yaml:4: `validate.leakage.level` must be one of error, warn, off. Received: fatal",
    ),
    (
        "a limit in per cent",
        _DATA + "validate: {leakage: {limit: 5}}\n",
        "c.yaml:3: `validate.leakage.limit` must be at most 1. Received: 5",
    ),
    (
        "the attribute's name for the section of checks",
        _DATA + "validate_section: {leakage: off}\n",
        "c.yaml:3: `validate_section` is not a known key. Did you mean `validate`?",
    ),
]


@pytest.mark.parametrize(
    ("text", "lines"), [case[1:] for case in _BAD_CONFIGS], ids=[case[0] for case in _BAD_CONFIGS]
)
def test_bad_data_is_told_in_exact_lines(
    text: str, lines: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pathlib.Path("c.yaml").write_text(text, encoding="utf-8")
    result = click.testing.CliRunner().invoke(cli.main, ["run", "c.yaml"])
    assert result.stderr == "".join(f"error: {line}\n" for line in lines.splitlines())
    assert (result.stdout, result.exit_code) == ("", 2)
    assert not pathlib.Path("workspace").exists()
