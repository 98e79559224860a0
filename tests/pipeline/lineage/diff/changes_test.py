"""What two mappings tell otherwise."""

from pipeline.lineage.diff import changes


def test_what_differs_is_listed_and_who_lacks_it() -> None:
    found = changes.of({"a": 1, "b": None, "gone": 3}, {"new": None, "a": 1, "b": 2})
    assert found == (
        changes.Change("new", None, None, missing="a"),
        changes.Change("b", None, 2),
        changes.Change("gone", 3, None, missing="b"),
    )


def test_what_is_the_same_is_told_beside_what_is_not() -> None:
    assert changes.all_of({"a": 1, "b": 2}, {"a": 1, "b": 3}) == (
        changes.Change("a", 1, 1),
        changes.Change("b", 2, 3),
    )
    assert changes.all_of({"a": 1}, {"a": 1}) == ()


def test_values_are_named_by_path_and_lists_are_values() -> None:
    values = {"train": {"epochs": 2, "more": {"x": None}}, "rivals": ["linear"], "serve": {}}
    assert changes.flat(values) == {
        "train.epochs": 2,
        "train.more.x": None,
        "rivals": ["linear"],
        "serve": {},
    }


def test_the_largest_change_is_the_first() -> None:
    found = changes.of({"a": 0.1, "b": 0.5, "c": 0.2}, {"a": 0.2, "b": 0.1, "d": 0.35})
    assert [each.name for each in changes.largest_first(found)] == ["b", "d", "c", "a"]
