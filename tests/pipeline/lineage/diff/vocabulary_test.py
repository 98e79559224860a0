"""Vocabularies beside each other."""

from pipeline.lineage.diff import vocabulary


def test_entries_are_told_by_their_rank() -> None:
    found = vocabulary.compare(["[PAD]", "a", "c", "b", "z", "y"], ["[PAD]", "b", "d", "c", "e"])
    # `[PAD]` has id 0 in both, `c` 2 and 3, `b` 3 and 1.
    assert found == vocabulary.Vocabulary(
        old=6, new=5, shared=3, moved=2, added=("d", "e"), dropped=("a", "z", "y")
    )
