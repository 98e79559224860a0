import pathlib

import pytest

from pipeline import errors, strict_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("true", "true"),
        ("1e-3", "1e-3"),
        ("007", "007"),
        ("1.50", "1.50"),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ('""', ""),
        ("[a, null, 'b c']", ["a", None, "b c"]),
        ("{a: {b: [1]}}", {"a": {"b": ["1"]}}),
    ],
)
def test_a_scalar_stays_as_it_was_written(text: str, value: object) -> None:
    assert strict_yaml.parse_value(text, "source") == value


def test_each_value_knows_its_line() -> None:
    document = strict_yaml.parse("# a comment\na:\n  b: 1\n  c: [x,\n    y]\n", "f.yaml")
    assert document.origins == {
        ("a",): "f.yaml:2",
        ("a", "b"): "f.yaml:3",
        ("a", "c"): "f.yaml:4",
        ("a", "c", 0): "f.yaml:4",
        ("a", "c", 1): "f.yaml:5",
    }


def test_an_empty_text_is_an_empty_mapping() -> None:
    assert strict_yaml.parse("# nothing\n", "f.yaml").values == {}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert strict_yaml.read(path).values == {"name": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f:3: `a` is given twice; first: f:1"),
        ("s:\n  k: 1\n  k: 2\n", "f:3: `s.k` is given twice; first: f:2"),
        ("a: [1, 2\n", "f:2: is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: 1\n\tb: 2\n", "f:2: is not YAML: found character '\\t' that cannot start any token"),
        ("- a\n- b\n", "f: must hold `key: value` lines. Received: a list"),
        ("word\n", "f: must hold `key: value` lines. Received: a single value"),
        ("a: 1\n---\nb: 2\n", "f:2: is not YAML: but found another document"),
        ("a: &x [1]\nb: *x\n", "f:1: aliases (`*name`) are not read; write the value out"),
        ("a: &x [*x]\n", "f:1: aliases (`*name`) are not read; write the value out"),
        ("a: !!python/name:os.system x\n", "f:1: tags are not read."),
        ("? [a, b]\n: 1\n", "f:1: a key must be text"),
        ("a: \x07\n", "f: is not YAML: special characters are not allowed"),
        ("[" * 1000, "f: is nested too deeply"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(text: str, message: str) -> None:
    with pytest.raises(errors.ConfigError) as caught:
        strict_yaml.parse(text, "f")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(message)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: x\n# caf\xe9\n".encode("latin-1"))
    with pytest.raises(errors.ConfigError) as caught:
        strict_yaml.read(path)
    assert str(caught.value) == f"{path}:2: must be UTF-8. Received: the byte 0xe9"
