"""Files that examples came from."""

from components.ingest import origins
from pipeline.lineage.diff import rows


def _origin(path: str, sha256: str, source: str = "all") -> origins.Origin:
    return origins.Origin(path, source, bytes=10, sha256=sha256, rows=2, aside=0)


def test_files_are_the_same_changed_moved_added_or_gone() -> None:
    kept = _origin("kept.csv", "1")
    old = [kept, _origin("changed.csv", "2"), _origin("old/moved.csv", "3"), _origin("x.csv", "4")]
    new = [_origin("new/moved.csv", "3"), _origin("y.csv", "5"), _origin("changed.csv", "6"), kept]
    assert rows.compare(old, new) == rows.Files(
        added=(new[1],),
        gone=(old[3],),
        changed=((old[1], new[2]),),
        moved=((old[2], new[0]),),
        kept=1,
    )


def test_a_file_of_two_splits_is_two() -> None:
    train, test = _origin("a.csv", "1", "train"), _origin("a.csv", "1", "test")
    found = rows.compare([train], [train, test])
    assert (found.added, found.gone, found.moved, found.kept) == ((test,), (), (), 1)


def test_one_file_moves_to_one_place() -> None:
    old = [_origin("a.csv", "1")]
    new = [_origin("b.csv", "1"), _origin("c.csv", "1")]
    found = rows.compare(old, new)
    assert found.moved == ((old[0], new[0]),)
    assert found.added == (new[1],)
