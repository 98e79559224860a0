"""Rows put aside are all there byte for byte, and too many of them are refused in words."""

import base64
import pathlib

import hypothesis
import pytest
from hypothesis import strategies

from components.ingest import quarantine
from components.ingest.rows import row
from schemas import errors


def _tally(good: int, *bad: row.BadRow) -> quarantine.Tally:
    tally = quarantine.Tally(rows_out={"train": good})
    for of in bad:
        tally.add(f"reviews.csv:{of.line}", of)
    return tally


def _refusal(tally: quarantine.Tally, most: float) -> errors.DataError:
    with pytest.raises(errors.DataError) as refused:
        quarantine.check(tally, most, "/w/quarantine")
    assert "\n" not in str(refused.value)
    return refused.value


_EMPTY = "`stars` must not be empty. Received: ''"


def test_says_how_many_of_how_many_and_what_would_accept_them():
    bad = [row.BadRow(line, _EMPTY, b"fine,\n") for line in (17, 40)]
    bad.append(row.BadRow(44, "must have 2 fields, as the header has. Received: 1", b"caf\xe9\r\n"))
    refused = _refusal(_tally(117, *bad), 0.01)
    assert str(refused) == (
        "3 of 120 rows could not be used (2.5 %, at most 1 % may be): "
        "reviews.csv:17: `stars` must not be empty. Received: ''"
    )
    assert refused.details == (
        "reviews.csv:17: `stars` must not be empty. Received: '': fine,",
        "reviews.csv:40: `stars` must not be empty. Received: '': fine,",
        "reviews.csv:44: must have 2 fields, as the header has. Received: 1: caf\\xe9",
        "2 × `stars` must not be empty",
        "1 × must have 2 fields, as the header has",
        "all of them, with their bytes: /w/quarantine/rows.jsonl",
        "`--set data.max_bad_fraction=0.03` goes on without them",
    )


@pytest.mark.parametrize(("others", "is_told"), [(1, True), (2, False)])
def test_a_file_in_another_encoding_can_be_converted(others, is_told):
    with pytest.raises(row.RuleError) as caught:
        row.text_of(b"caf\xe9", "`text`")
    bad = [row.BadRow(2, str(caught.value), b"caf\xe9,1\n")] * 2
    bad += [row.BadRow(9, _EMPTY, b"fine,\n")] * others
    details = _refusal(_tally(5, *bad), 0.01).details
    assert any("iconv -f WINDOWS-1252 -t UTF-8" in line for line in details) == is_told


def test_names_the_first_rows_only():
    bad = [row.BadRow(line, _EMPTY, b"\n") for line in range(2, 100)]
    details = _refusal(_tally(2, *bad), 0.5).details
    places = [line.split(" ")[0] for line in details if line.startswith("reviews")]
    assert places == [f"reviews.csv:{line}:" for line in range(2, 7)]
    assert "98 × `stars` must not be empty" in details


@pytest.mark.parametrize(("good", "most"), [(99, 0.01), (3, 0.25), (1, 0.5)])
def test_a_share_that_is_just_allowed_is_accepted(good, most):
    quarantine.check(_tally(good, row.BadRow(2, _EMPTY, b"")), most, "/w")
    refused = _refusal(_tally(good - 1, row.BadRow(2, _EMPTY, b"")), most)
    assert str(refused).startswith(f"1 of {good} rows could not be used")


def test_shares_that_look_alike_get_more_digits():
    one_in_100 = _tally(99, row.BadRow(2, _EMPTY, b""))
    assert "(1 %, at most 0.99 % may be)" in str(_refusal(one_in_100, 0.0099))
    more = _tally(989_999, *[row.BadRow(2, _EMPTY, b"")] * 10_001)
    assert "(1.0001 %, at most 1 % may be)" in str(_refusal(more, 0.01))


@hypothesis.given(strategies.integers(1, 1000), strategies.integers(1, 1000))
def test_the_remedy_accepts(bad, good):
    tally = _tally(good, *[row.BadRow(2, _EMPTY, b"")] * bad)
    remedy = _refusal(tally, 0.0).details[-1]
    share = float(remedy.split("=")[1].split("`")[0])
    assert share <= 1.0
    quarantine.check(tally, share, "/w")


def test_a_small_remedy_is_spelled_out():
    remedy = _refusal(_tally(199_999, row.BadRow(2, _EMPTY, b"")), 0.0).details[-1]
    assert remedy == "`--set data.max_bad_fraction=0.000005` goes on without them"


def test_no_row_left_is_refused_whatever_is_allowed():
    refused = _refusal(_tally(0, row.BadRow(2, _EMPTY, b"x\n")), 1.0)
    assert str(refused).startswith("1 of 1 rows could not be used: reviews.csv:2: `stars`")
    assert not [line for line in refused.details if "max_bad_fraction" in line]
    assert str(_refusal(quarantine.Tally(), 1.0)) == "the files must have rows. Received: none"


def test_files_that_cannot_be_read_are_all_named():
    tally = quarantine.Tally(refused=[("a.csv: broken", ["why"]), ("b.csv: too", [])])
    refused = _refusal(tally, 1.0)
    assert str(refused) == "a.csv: broken"
    assert refused.details == ("why", "b.csv: too")


def test_a_row_can_do_nothing_to_a_terminal():
    raw = "\x1b[2J\u202eevil\ta\r\nb\x00\x9b".encode() + b"\xff" + b"x" * 100
    [first, *_] = _refusal(_tally(0, row.BadRow(2, "bad", raw)), 1.0).details
    shown = first.removeprefix("reviews.csv:2: bad: ")
    assert shown.startswith("\\x1b[2J\\u202eevil\\ta\\r\\nb\\x00\\x9b\\xffxxx")
    assert shown.endswith("x…")
    assert first.isprintable()


def test_tallies_add_up_in_order_and_survive_the_way():
    one = _tally(3, row.BadRow(2, _EMPTY, b"1"), row.BadRow(3, "other", b"2"))
    two = quarantine.Tally(rows_out={"train": 1, "test": 2}, refused=[("b.csv: no", ["why"])])
    for line in range(10):
        two.add(f"b.csv:{line}", row.BadRow(line, _EMPTY, b"3"))
    total = quarantine.Tally()
    for tally in (one, two):
        total.merge(quarantine.Tally.from_json(tally.to_json()))
    assert total.rows_out == {"train": 4, "test": 2}
    assert (total.rows, total.rows_in) == (12, 18)
    assert total.reasons == {"`stars` must not be empty": 11, "other": 1}
    assert [place.split(" ")[0] for place, _ in total.first] == [
        *("reviews.csv:2:", "reviews.csv:3:", "b.csv:0:", "b.csv:1:", "b.csv:2:")
    ]
    assert total.refused == [("b.csv: no", ["why"])]


def test_reasons_without_number_do_not_fill_the_memory():
    tally = quarantine.Tally()
    for i in range(1000):
        tally.add("a:1", row.BadRow(1, f"reason {i}", b""))
    assert len(tally.reasons) == quarantine.MAX_REASONS + 1
    assert sum(tally.reasons.values()) == 1000


@hypothesis.given(strategies.lists(strategies.binary(), max_size=5))
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_raw_bytes_come_back(tmp_path: pathlib.Path, raws: list[bytes]):
    parts = []
    for number, raw in enumerate(raws):
        part = tmp_path / f"part-{number}"
        part.write_text(
            f"{quarantine.render('ü.csv', row.BadRow(number, 'why', raw))}\n", encoding="utf-8"
        )
        parts.append(str(part))
    quarantine.join(parts, str(tmp_path))
    rows = list(quarantine.read(str(tmp_path)))
    assert [base64.b64decode(read["raw_base64"]) for read in rows] == raws
    assert [read["raw"] for read in rows] == [
        raw.decode("utf-8", "backslashreplace") for raw in raws
    ]
    assert [(read["file"], read["line"], read["reason"]) for read in rows] == [
        ("ü.csv", number, "why") for number in range(len(raws))
    ]


def test_what_people_look_into_is_replaced_and_nothing_else(tmp_path):
    source, directory = tmp_path / "artifact", tmp_path / "for people"
    source.mkdir()
    (source / "rows.jsonl").write_text("new\n")
    quarantine.publish(str(source), str(directory))
    (source / "rows.jsonl").write_text("newer\n")
    quarantine.publish(str(source), str(directory))
    assert (directory / "rows.jsonl").read_text() == "newer\n"
    quarantine.clear(str(directory))
    assert not directory.exists()
    quarantine.clear(str(directory))
    directory.mkdir()
    for name in ("rows.jsonl", "notes.txt"):
        (directory / name).write_text("mine\n")
    quarantine.clear(str(directory))
    assert [path.name for path in directory.iterdir()] == ["notes.txt"]
