"""Data in a diff, as lines."""

from components.data_gate import distances
from components.ingest import origins
from pipeline.lineage.diff import changes, rows, statistics, texts
from pipeline.lineage_commands import diff_data


def _distance(value: float, allowance: float = 0.05) -> distances.Distance:
    return distances.Distance("shop", "L-infinity distance", value, allowance, "`Rome` 1 % → 9 %")


def _column(name: str, value: float | None, *numbers: changes.Change) -> statistics.Column:
    distance = None if value is None else _distance(value)
    return statistics.Column("train", name, numbers, (), distance)


def test_columns_beyond_chance_are_told_and_others_are_named() -> None:
    columns = (_column("near", 0.04), _column("far", 0.08), _column("further", 0.2))
    found = statistics.Statistics(("new",), ("old",), columns)
    assert list(diff_data.statistics(found)) == [
        "Columns",
        "  added: new",
        "  gone: old",
        "  column         distance  by chance  moved most",
        "  train further    0.2000     0.0500  `Rome` 1 % → 9 %",
        "  train far        0.0800     0.0500  `Rome` 1 % → 9 %",
        "  no further apart than by chance: train near",
    ]


def test_missing_values_are_told_where_one_sees_the_change() -> None:
    columns = (
        _column("a", None, changes.Change("missing", 0.0, 0.125)),
        _column("b", None, changes.Change("missing", 0.0, 0.0001)),
        _column("c", None, changes.Change("mean bytes", 4.0, 5.0)),
    )
    lines = list(diff_data.statistics(statistics.Statistics((), (), columns)))
    assert lines == ["Columns  train a: missing 0.0 % → 12.5 %"]


def test_texts_have_a_line_a_split() -> None:
    lengths = (changes.Change("mean tokens", 12.34, 1234.5), changes.Change("most tokens", 1, 2))
    shares = (
        changes.Change("truncated", 0.01, 0.03),
        changes.Change("conflicts", 0.01001, 0.01002),
        changes.Change("nearly in train", None, 0.5, missing="a"),
    )
    found = [texts.Texts("eval", lengths, shares, _distance(0.01))]
    assert list(diff_data.texts(found)) == [
        "Texts",
        "  no further apart than by chance: eval",
        "  eval: mean tokens 12.3 → 1,234.5, truncated 1.0 % → 3.0 %, nearly in train - → 50.0 %",
    ]


def test_columns_that_are_all_within_chance_are_one_line() -> None:
    found = statistics.Statistics((), (), (_column("a", 0.01), _column("b", 0.02)))
    line = "Columns  no further apart than by chance: train a, train b"
    assert list(diff_data.statistics(found)) == [line]


def test_what_is_too_little_to_be_seen_is_said_to_be_there() -> None:
    little = _column("a", None, changes.Change("mean bytes", 4.0, 5.0))
    [line] = diff_data.statistics(statistics.Statistics((), (), (little,)))
    assert line == "Columns  other by less than is shown here; --json has all"


def test_many_files_are_counted() -> None:
    many = tuple(origins.Origin(f"{i:02}.csv", "all", 10, "1", 2, 0) for i in range(12))
    changed = (many[0], origins.Origin("00.csv", "all", 20_000, "2", 1, 0))
    found = rows.Files(many, (), (changed,), ((many[1], many[2]),), 5)
    lines = [" ".join(line.split()) for line in diff_data.files(found)]
    assert lines[:2] == ["Files 5 the same", "added 00.csv 2 rows, 0.0 kB"]
    assert lines[11:] == [
        "added 2 more; --json has all",
        "changed 00.csv 2 rows, 0.0 kB → 1 row, 20.0 kB",
        "moved 02.csv 01.csv",
    ]


def test_what_is_the_same_has_no_lines() -> None:
    assert list(diff_data.rows(())) == []
    assert list(diff_data.texts(())) == []
