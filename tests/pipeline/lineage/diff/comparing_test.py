"""Two runs beside each other, part by part."""

import shutil

import pytest

from pipeline import errors, lineage
from pipeline.lineage.diff import changes, vocabulary
from tests.pipeline.lineage import stores
from tests.pipeline.lineage.diff import pairs


def _diff(store: stores.Store) -> lineage.diff.Diff:
    return lineage.diff.of(pairs.history(store), *pairs.runs(store))


@pytest.fixture
def other(store: stores.Store) -> stores.Store:
    """A store with two runs that differ in most."""
    b = pairs.Side(
        epochs=3,
        tokens=("[PAD]", "so", "fine"),
        labels=("bad", "good", "so so"),
        schema='feature { name: "text" type: BYTES } feature { name: "label" type: BYTES }',
        sources={"a.csv": "2", "b.csv": "3"},
        accuracy=(0.7, 0.66, 0.82),
    )
    pairs.write(store, pairs.Side(), b)
    pairs.note_rows(store, {pairs.A: {"rows_train": 8, "rows_test": 40}})
    pairs.note_rows(store, {pairs.B: {"rows_train": 9, "rows_test": 40}})
    return store


def test_every_part_is_compared(other: stores.Store) -> None:
    pairs.change_environment(other, pairs.B, versions={"tensorflow": "2.21.0"})
    found = _diff(other)
    assert (found.a.run, found.b.run) == (pairs.A, pairs.B)
    assert found.config == (changes.Change("train.epochs", 1, 3),)
    assert found.rows == (changes.Change("train", 8, 9), changes.Change("test", 40, 40))
    assert [each.path for each in found.files.added] == ["b.csv"]
    assert [new.sha256 for _, new in found.files.changed] == ["2"]
    assert found.schema == ("`label`: a new column, text",)
    assert found.tokens == vocabulary.Vocabulary(2, 3, 2, 1, ("so",), ())
    assert found.labels == vocabulary.Vocabulary(2, 3, 2, 0, ("so so",), ())
    assert found.versions == (
        changes.Change("tensorflow", "2.16.2", "2.21.0"),
        changes.Change("python", "3.10.13", None, missing="b"),
    )
    assert found.metrics.rows[0].difference.value == pytest.approx(0.2)
    assert found.same == ("parameters", "code", "machine")
    assert set(found.not_compared) == {"statistics", "texts"}


def test_a_task_without_target_texts_tells_nothing_of_their_vocabulary(other) -> None:
    found = _diff(other)
    assert found.targets is None
    assert "targets" not in {*found.same, *found.not_compared}


def test_what_the_cache_has_answered_with_is_the_same_without_its_files(store) -> None:
    first = store.run(pairs.A)
    store.run(pairs.B, cached=first)
    shutil.rmtree(store.workspace.artifacts, ignore_errors=True)
    found = _diff(store)
    named = {"metrics", "config", "rows", "files", "statistics", "texts", "schema", "tokens"}
    assert named <= set(found.same)
    # Nothing but these two is noted in files alone.
    assert set(found.not_compared) == {"versions", "machine"}


def test_a_run_is_the_same_as_itself(other: stores.Store) -> None:
    run = pairs.history(other).run(pairs.A)
    found = lineage.diff.of(pairs.history(other), run, run)
    assert found.metrics is None
    assert found.not_compared == {}


def test_files_that_are_gone_hide_nothing_that_is_noted(other: stores.Store) -> None:
    shutil.rmtree(other.workspace.artifacts)
    found = _diff(other)
    assert found.config == (changes.Change("train.epochs", 1, 3),)
    assert found.rows == (changes.Change("train", 8, 9), changes.Change("test", 40, 40))
    [row] = found.metrics.rows
    assert (row.old.value, row.new.value) == (0.5, 0.7)
    assert found.not_compared["tokens"] == "the files of the vocabulary of first are gone"
    assert set(found.not_compared) == {
        *("files", "statistics", "texts", "schema", "tokens", "targets", "labels"),
        *("versions", "machine"),
    }


def test_files_elsewhere_are_told_with_their_place(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side(tokens=("x",)))
    for artifact in store.opened.get_artifacts_by_type("TransformGraph"):
        artifact.uri = f"gs://bucket/{artifact.id}"
        store.opened.put_artifacts([artifact])
    told = _diff(store).not_compared["tokens"]
    assert told.startswith("the files of the vocabulary of first are not on this machine (gs://")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errors.ExitStatus.REFUSED, "was refused by DataGate"),
        (errors.ExitStatus.CRASHED, "failed in DataGate"),
    ],
)
def test_a_run_that_ended_early_has_no_model_and_says_why(store, code: int, words: str) -> None:
    stopped = {"until": "DataGate", "error": "x", "code": code}
    pairs.write(store, pairs.Side(), pairs.Side(epochs=3), **stopped)
    found = _diff(store)
    assert found.config == (changes.Change("train.epochs", 1, 3),)
    assert found.not_compared["metrics"] == f"second has no evaluation: it {words}"
    assert found.not_compared["tokens"] == f"second has no vocabulary: it {words}"


def test_a_file_that_a_run_has_not_written_is_named(store: stores.Store) -> None:
    pairs.write(store, pairs.Side(), pairs.Side(labels=None))
    told = _diff(store).not_compared["labels"]
    assert told == (
        "second has no transform_fn/assets/label_vocabulary among the files of its vocabulary"
    )
