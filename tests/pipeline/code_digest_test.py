"""A changed line is another digest, and nothing else is."""

import pathlib
import re

import pytest

from pipeline import code_digest


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A project of two rooms."""
    for name in ("a/one.py", "a/deep/two.py", "a/page.html.jinja", "b/three.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"NAME = {name!r}\n")
    monkeypatch.setattr(code_digest, "_ROOT", tmp_path)
    return tmp_path


def _of(*rooms: str) -> str:
    """The digest as the next process would compute it."""
    code_digest.of.cache_clear()
    digest = code_digest.of(*rooms)
    code_digest.of.cache_clear()
    return digest


def test_the_same_code_has_the_same_digest(root: pathlib.Path) -> None:
    assert _of("a", "b") == _of("a", "b") == _of("b", "a")
    assert re.fullmatch("[0-9a-f]{16}", _of("a"))


@pytest.mark.parametrize("name", ["a/one.py", "a/deep/two.py", "a/page.html.jinja"])
def test_a_changed_file_changes_it(root: pathlib.Path, name: str) -> None:
    before, of_other_room = _of("a"), _of("b")
    (root / name).write_text("NAME = 'other'\n")
    assert _of("a") != before
    assert _of("b") == of_other_room


def test_a_new_a_moved_and_a_lost_file_change_it(root: pathlib.Path) -> None:
    digests = [_of("a")]
    (root / "a/new.py").touch()
    digests.append(_of("a"))
    (root / "a/new.py").rename(root / "a/deep/new.py")
    digests.append(_of("a"))
    (root / "a/one.py").rename(root / "a/one_more.py")  # the order of the files stays
    digests.append(_of("a"))
    (root / "a/deep/two.py").unlink()
    digests.append(_of("a"))
    assert len(set(digests)) == 5


def test_text_that_moves_from_file_to_file_changes_it(root: pathlib.Path) -> None:
    (root / "a/one.py").write_text("xy")
    (root / "a/deep/two.py").write_text("")
    before = _of("a")
    (root / "a/one.py").write_text("x")
    (root / "a/deep/two.py").write_text("y")
    assert _of("a") != before


def test_what_python_leaves_behind_does_not_change_it(root: pathlib.Path) -> None:
    before = _of("a")
    (root / "a/__pycache__").mkdir()
    (root / "a/__pycache__/one.cpython-310.pyc").write_bytes(b"\0")
    (root / "a/notes.md").write_text("for people")
    assert _of("a") == before


def test_the_digest_of_the_real_code_is_of_the_real_code() -> None:
    rooms = ("components/ingest", "components/transform", "components/evaluator", "trainer")
    nothing = code_digest.of("no such room")
    assert len({nothing, *(code_digest.of(room) for room in rooms)}) == 1 + len(rooms)


def test_content_is_told_from_other_content() -> None:
    assert code_digest.of_content("schema") == code_digest.of_content("schema")
    assert code_digest.of_content("schema") != code_digest.of_content("another schema")
