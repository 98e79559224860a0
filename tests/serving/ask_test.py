"""Asking a model whose answers are known."""

import json
import pathlib
import subprocess
import sys

import pytest
import tensorflow as tf

from serving import ask

_ROOT = pathlib.Path(ask.__file__).resolve().parents[1]


class _Model(tf.Module):
    """Answers with the text, its length in bytes, and a row of strings."""

    def answer(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        length = tf.strings.length(text)
        return {
            "echo": text,
            "length": tf.cast(length, tf.float32) / 2.0,
            "labels": tf.tile([["négatif", "positif"]], [tf.size(text), 1]),
        }


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A serving directory whose version 8 is the model, and whose version 7 cannot be loaded."""
    directory = tmp_path_factory.mktemp("serving")
    model = _Model()
    text = tf.TensorSpec([None], tf.string, name="text")
    signatures = {"serving_default": tf.function(model.answer).get_concrete_function(text=text)}
    tf.saved_model.save(model, str(directory / "00000008"), signatures=signatures)
    (directory / "7").mkdir()
    (directory / "7" / "saved_model.pb").write_bytes(b"torn")
    return directory


def test_each_text_gets_the_newest_versions_answer(directory: pathlib.Path) -> None:
    assert ask.ask(directory, ["hi", "größer"]) == [
        {"echo": "hi", "length": 1.0, "labels": ["négatif", "positif"]},
        {"echo": "größer", "length": 4.0, "labels": ["négatif", "positif"]},
    ]


def test_a_versions_own_directory_is_asked_as_well(directory: pathlib.Path) -> None:
    [answer] = ask.ask(directory / "00000008", ["hi"])
    assert answer["echo"] == "hi"


class _Pairs(tf.Module):
    """Answers with both texts; the alphabet has their names in the wrong order."""

    def answer(self, question: tf.Tensor, context: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"joined": tf.strings.join([question, context], "+")}


def test_a_model_of_pairs_takes_two_texts_for_each_answer(tmp_path: pathlib.Path) -> None:
    model = _Pairs()
    specs = {name: tf.TensorSpec([None], tf.string, name) for name in ("question", "context")}
    answer = tf.function(model.answer).get_concrete_function(**specs)
    version = tmp_path / "1"
    tf.saved_model.save(model, str(version), signatures={"serving_default": answer})

    assert ask.ask(tmp_path, ["a", "b"]) == [{"joined": "b+a"}]
    (version / "assets.extra").mkdir()
    (version / "assets.extra" / "task.json").write_text('{"texts": ["question", "context"]}')
    assert ask.ask(tmp_path, ["a", "b", "c", "d"]) == [{"joined": "a+b"}, {"joined": "c+d"}]
    with pytest.raises(ValueError, match=r"2 texts for each answer \(question, context\)"):
        ask.ask(tmp_path, ["a", "b", "c"])


def test_a_line_of_json_for_each_text(
    directory: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main([str(directory), "one\ntwo", "größer"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["echo"] for line in lines] == ["one\ntwo", "größer"]
    assert "größer" in lines[1]  # for people, not escaped


@pytest.mark.parametrize("arguments", [[], ["somewhere"]])
def test_too_few_arguments(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.main(arguments) == 2
    assert capsys.readouterr().err == "usage: python -m serving.ask DIR TEXT [TEXT ...]\n"


def test_a_directory_without_a_model_is_told_in_one_line(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main([str(tmp_path), "hi"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: A serving directory must hold a version")
    assert told.err.count("\n") == 1


def test_nothing_but_the_answer_is_printed(
    directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "serving.ask", str(directory), "größer"],
        cwd=_ROOT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["echo"] == "größer"
    assert done.stdout.count(b"\n") == 1


def test_a_broken_model_is_told_in_one_line(
    directory: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.main([str(directory / "7"), "hi"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1
