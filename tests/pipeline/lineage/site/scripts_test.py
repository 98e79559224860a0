"""Data as scripts: nothing in it may end a script, be seen by nobody, or be no JavaScript."""

import json
import pathlib

import pytest

from pipeline.lineage.site import scripts

_HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--",
    "]]>",
    "'\"`${x}\\",
    "\u2028\u2029",
    "é😀",
]


def _value(text: str) -> object:
    return json.loads(text.split("\n")[1])


@pytest.mark.parametrize("text", _HOSTILE)
def test_texts_of_anyone_come_through_and_end_nothing(text: str) -> None:
    made = scripts.render("told", {text: [text]})
    assert made.isascii()
    assert not set(made) & set("<>&")
    assert len(made.split("\n")) == 4
    shown = text.replace("\u2028\u2029", r"\u2028\u2029")
    assert _value(made) == {shown: [shown]}


def test_what_people_could_not_see_is_spelled_out() -> None:
    made = scripts.render("told", ["a\u202eb", "\ud800", "\x00"])
    assert _value(made) == [r"a\u202eb", r"\ud800", r"\x00"]


def test_numbers_that_are_none_become_none() -> None:
    made = scripts.render("told", [float("nan"), float("inf"), 1.5, {"a": float("-inf")}, True])
    assert _value(made) == [None, None, 1.5, {"a": None}, True]


def test_it_is_a_call() -> None:
    assert scripts.render("told.run", {"a": 1}) == 'told.run(\n{"a":1}\n);\n'


def test_a_value_is_read_back(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.js"
    path.write_text(scripts.render("told", {"a": ["<b>", 1, None]}), encoding="utf-8")
    assert scripts.read(path) == {"a": ["<b>", 1, None]}


@pytest.mark.parametrize("content", ["", "told(\n{}", "told(\nx\n);\n"])
def test_what_is_no_such_script_is_a_value_error(tmp_path: pathlib.Path, content: str) -> None:
    path = tmp_path / "x.js"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError):
        scripts.read(path)
