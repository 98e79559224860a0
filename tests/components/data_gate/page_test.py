"""The page, read back with a parser as a browser would read it."""

import dataclasses
import re
from html import parser

import pytest
from tensorflow_metadata.proto.v0 import schema_pb2

from components.data_gate import findings, page, page_data
from components.statistics import text_statistics

_Row, _Share = text_statistics.RowExample, text_statistics.Share
_VOID = {"meta"}
_APART = {"td", "th", "dt", "dd", "caption", "table"}  # what a browser sets apart
_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table></details></main><h1>mine</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202etxet live\x00\x1b[31m",
    "half \ud800 of a pair",
    "W" * 5000,
    "مرحبا بالعالم",
)


class _Reader(parser.HTMLParser):
    """Reads elements with their texts; fails where tags do not close in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in _APART:
            self.handle_data(" ")
        if tag not in _VOID:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[str]:
        return [" ".join(text.split()) for text in self.texts.get(tag, [])]


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def schema():
    made = schema_pb2.Schema()
    made.feature.add(name="text", type=schema_pb2.BYTES)
    return made


@pytest.fixture(scope="module")
def shown(make_split, make_statistics, schema):
    """A refused run with one of everything."""
    rows = (_Row("reviews.csv:17", "A fine film.", "also reviews.csv:3"),)
    splits = {
        "train": make_split(80, duplicates=_Share(1, 80, rows)),
        "eval": make_split(10),
        "test": make_split(8),
    }
    overlap = text_statistics.Overlap("test", "train", _Share(2, 8, rows), _Share(3, 8, rows))
    errors = findings.Finding(
        *("leakage", "error", "25 % of test stand in train"),
        rows=rows,
        remedy="--set validate.leakage.limit=0.25",
    )
    table = {"text": ["a", "b", "c"], "domain": ["x", "x", "y"], "stars": [1.0, 2.0, 5.0]}
    return page_data.PageData(
        name="reviews",
        statistics={split: make_statistics(table) for split in splits},
        text=text_statistics.TextStatistics(splits, (overlap,)),
        findings=findings.Findings(
            (errors, findings.Finding("skew", "warn", "`domain` differs")),
            *(("leakage", "skew"), {"drift": "no blessed model"}),
        ),
        quarantine=page_data.QuarantineSummary(
            *(100, 98, 2),
            ({"file": "reviews.csv", "line": 41, "reason": "no label", "raw": "Nice,\n"},),
        ),
        schema=schema,
    )


@pytest.fixture(scope="module")
def reader(shown):
    return _read(page.render(shown))


def test_sections_stand_in_order(reader):
    assert reader.all("h1") == ["Data of reviews"]
    assert reader.all("h2") == [
        *("Findings", "Rows", "Features", "Texts", "Worst rows", "Labels"),
        *("Most frequent words of train", "Schema"),
    ]


def test_every_link_leads_to_a_section(reader):
    links = [attributes["href"] for tag, attributes in reader.elements if tag == "a"]
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    sections = [attributes["id"] for tag, attributes in reader.elements if tag == "section"]
    assert links == [f"#{section}" for section in sections]
    assert len(set(ids)) == len(ids)
    labelled = [each["aria-labelledby"] for _, each in reader.elements if "aria-labelledby" in each]
    assert set(labelled) <= set(ids)


def test_findings_are_told_with_rows_and_remedy(reader):
    leakage, skew = reader.all("article")[:2]
    assert leakage.startswith("error leakage 25 % of test stand in train")
    assert "reviews.csv:17 A fine film. also reviews.csv:3" in leakage
    assert leakage.endswith("--set validate.leakage.limit=0.25")
    assert skew == "warning skew `domain` differs"
    assert "2 checks made, 1 not made Made leakage, skew Not made: drift no blessed model" in (
        reader.all("details")
    )


def test_rows_are_accounted_for(reader):
    counted = next(table for table in reader.all("table") if table.startswith("Where the rows"))
    assert counted.endswith(
        "train 80 80.0 % eval 10 10.0 % test 8 8.0 % quarantined 2 2.0 % read from the files 100"
    )
    quarantined = next(table for table in reader.all("table") if table.startswith("The first"))
    assert quarantined.startswith("The first 1 of 2 rows that could not be used")
    assert quarantined.endswith(r"reviews.csv 41 no label Nice,\n")


def test_features_are_told(reader):
    assert reader.all("h3")[3:6] == ["text text", "domain text", "stars number"]
    domain, stars = reader.all("article")[3:5]
    assert "Most frequent values of domain Value train eval test x 66.7 % 2" in domain
    assert "Median 2 2 2" in stars
    assert "1 to 5" in stars


def test_tables_have_captions_and_heads_that_say_of_what(reader):
    tables = reader.all("table")
    assert len(tables) == len(reader.all("caption")) > 10
    assert all(reader.all("caption"))
    heads = [attributes for tag, attributes in reader.elements if tag == "th"]
    assert all("scope" in head or head.get("role") == "columnheader" for head in heads)


def test_plots_have_titles(reader):
    images = [each for tag, each in reader.elements if tag == "svg" and each.get("role") == "img"]
    hidden = [each for tag, each in reader.elements if tag == "svg" and "aria-hidden" in each]
    assert len(images) >= 10
    assert len(images) + len(hidden) == len(reader.all("svg"))
    assert all(title for title in reader.all("title"))


def test_nothing_is_fetched_and_nothing_runs(shown):
    html = page.render(shown)
    reader = _read(html)
    tags = {tag for tag, _ in reader.elements}
    names = {name for _, attributes in reader.elements for name in attributes}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "style"})
    assert re.findall(r"(?i)\w+://|url\(|@import", html) == []
    policy = [each for tag, each in reader.elements if each.get("http-equiv")]
    assert policy[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def _hostile(shown: page_data.PageData, make_split, make_statistics, text: str):
    """Puts a text wherever the page shows one."""
    row = _Row(text, text, text)
    split = make_split(
        3,
        **{name: _Share(1, 3, (row,)) for name in ("near_empty", "conflicts", "truncated")},
        labels={text: 3},
        top_words={text: 3},
    )
    written = text.encode("utf-8", "replace").decode()
    table = {written: [written, written, written], "n": [1.0, 2.0, 3.0]}
    schema = schema_pb2.Schema()
    schema.feature.add(name=written).annotation.comment.append(written)
    finding = findings.Finding(text, "error", text, (row,), text)
    return page_data.PageData(
        name=text,
        statistics={"train": make_statistics(table), written: make_statistics(table)},
        text=text_statistics.TextStatistics(
            {"train": split, written: split},
            (text_statistics.Overlap(written, text, _Share(1, 3, (row,)), _Share(1, 3)),),
        ),
        findings=findings.Findings((finding,), (text,), {text: text}),
        quarantine=page_data.QuarantineSummary(
            *(7, 6, 1), ({"file": text, "line": 1, "reason": text, "raw": text},)
        ),
        schema=schema,
    )


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_texts_are_shown_and_do_nothing(shown, make_split, make_statistics, text):
    html = page.render(_hostile(shown, make_split, make_statistics, text))
    honest = page.render(_hostile(shown, make_split, make_statistics, "honest"))
    html.encode()
    # The same elements as with an honest text: nothing in the text became one.
    marks = ({"class": "unseen"}, {"class": "more"})
    elements, expected = (
        [tag for tag, attributes in _read(each).elements if attributes not in marks]
        for each in (html, honest)
    )
    assert elements == expected
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", html)
    assert "W" * 1001 not in re.sub("(?s)<title>.*?</title>|<pre>.*?</pre>", "", html)


def test_hostile_texts_are_readable(shown, make_split, make_statistics):
    told = {
        text: _read(page.render(_hostile(shown, make_split, make_statistics, text))).all("td")
        for text in _HOSTILE
    }
    assert all(text in cells for text, cells in list(told.items())[:4])
    assert r"\u202etxet live\x00\x1b[31m" in told[_HOSTILE[4]]
    assert r"half \ud800 of a pair" in told[_HOSTILE[5]]
    assert "W" * 240 + "… 4,761 more characters" in told[_HOSTILE[6]]
    assert _HOSTILE[7] in told[_HOSTILE[7]]


@pytest.mark.parametrize(
    ("levels", "checked", "verdict"),
    [
        ((), ("skew", "drift"), "✓ Passed: 2 checks, nothing found"),
        ((), (), "✓ Passed: nothing was checked"),
        (("warn",), ("skew",), "✓ Passed: 1 warning"),
        (("error", "error", "warn"), ("skew",), "✗ Refused: 2 errors, 1 warning"),
    ],
)
def test_the_verdict_stands_first(shown, levels, checked, verdict):
    found = tuple(findings.Finding("skew", level, "x") for level in levels)
    judged = dataclasses.replace(shown, findings=findings.Findings(found, checked, {}))
    reader = _read(page.render(judged))
    assert reader.all("p")[0] == verdict
    assert reader.all("title")[0] == f"{verdict[2:]} – data of reviews"


def test_data_without_anything_has_sections_that_say_so(make_split, schema):
    empty = make_split(
        0,
        characters=text_statistics.Histogram((0.0, 1.0), (0,), 0.0, 0.0, 0.0, 0.0),
        tokens=text_statistics.Histogram((), (), 0.0, 0.0, 0.0, 0.0),
        unigrams=(),
    )
    shown = page_data.PageData(
        name="nothing",
        statistics={},
        text=text_statistics.TextStatistics({"train": empty}, ()),
        findings=findings.Findings((), (), {}),
        quarantine=page_data.QuarantineSummary(0, 0, 0),
        schema=schema,
    )
    reader = _read(page.render(shown))
    assert len(reader.all("section")) == 8
    told = reader.all("p")
    assert "Every row that the files have could be used." in told
    assert "The statistics know no feature." in told
    assert told.count("There is no text.") == 2
    assert "There are no two splits to compare." in told
    assert told[-3:] == ["No measure names a row.", "The data has no label.", "Train has no word."]


def test_the_schema_stands_as_text(reader):
    assert reader.all("pre")[-1] == 'feature { name: "text" type: BYTES }'


def test_the_page_is_written_as_utf_8_and_is_the_same_each_time(tmp_path, shown):
    named = dataclasses.replace(shown, name="Größe")
    page.write(str(tmp_path), named)
    written = (tmp_path / "index.html").read_bytes()
    assert "Data of <bdi>Größe</bdi>" in written.decode("utf-8")
    page.write(str(tmp_path), named)
    assert (tmp_path / "index.html").read_bytes() == written
    assert written.startswith(b"<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
