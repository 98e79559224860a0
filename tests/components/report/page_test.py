"""The page, read back with a parser as a browser would read it, and with hostile texts."""

import dataclasses
import re
from html import parser

import numpy as np
import pytest

from components.evaluator import verdict as evaluator_verdict
from components.report import contents, page
from schemas import tasks
from trainer import training_record

_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table></main><h1>mine</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202etxet live\x00\x1b[31m",
    "half \ud800 of a pair",
    "W" * 5000,
)
_VOID = {"meta", "img"}
_MAX_BYTES = 3_000_000


class _Reader(parser.HTMLParser):
    """Reads elements and headings; fails where tags do not close in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag in ("h1", "h2"):
            self.headings.append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and {"h1", "h2"} & set(self.open):
            self.headings[-1] += data


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def html(tried) -> str:
    return page.render(tried)


def test_the_verdict_comes_first(html):
    body = html[html.index("<body>") :]
    assert "A transformer is not warranted" in body[:600]
    assert body.index("not warranted") < body.index("Blessed: linear may serve")
    assert body.index("Blessed: linear may serve") < body.index("<h2")
    assert "<title>A transformer is not warranted – report of reviews</title>" in html


def test_every_section_has_a_heading_and_a_link(html):
    reader = _read(html)
    assert reader.headings == [
        *("Report of reviews", "The transformer on trial", "Beside people", "Training"),
        *("Answers to the test split", "Slices", "Worst answers", "Attention", "Probe"),
        *("Data", "Model card", "Where this came from"),
    ]
    ids = {each["id"] for _, each in reader.elements if "id" in each}
    links = [each["href"] for tag, each in reader.elements if tag == "a"]
    assert {link for link in links if link.startswith("#")} <= {f"#{each}" for each in ids}
    assert "../data/index.html" in links


def test_a_run_without_a_trial_has_no_section_of_it(many_labels):
    reader = _read(page.render(many_labels))
    assert "The transformer on trial" not in reader.headings
    assert "Beside people" not in reader.headings
    assert "Answers to the test split" in reader.headings


def test_a_model_that_was_not_blessed_is_reported(tried):
    judgement = dataclasses.replace(tried.judgement, blessed=False, reasons=("auc is too low",))
    told = page.render(dataclasses.replace(tried, judgement=judgement))
    assert "Not blessed: linear is not served" in told
    assert "auc is too low" in told


def test_nothing_is_fetched_and_nothing_runs(html):
    reader = _read(html)
    tags = {tag for tag, _ in reader.elements}
    names = {name for _, each in reader.elements for name in each}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form"}
    assert not {name for name in names if name.startswith("on")}
    fetched = [each.get("src") or "" for _, each in reader.elements]
    fetched += [each.get("href") or "" for tag, each in reader.elements if tag != "a"]
    assert {each[:22] for each in fetched if each} == {"data:image/png;base64,"}
    assert re.findall(r"(?i)https?:", html) == []
    [policy] = [each for _, each in reader.elements if each.get("http-equiv")]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_every_picture_says_what_it_shows(html):
    elements = _read(html).elements
    drawings = [each for tag, each in elements if tag == "svg"]
    pictures = [each for tag, each in elements if tag == "img"]
    assert len(drawings) >= 10
    assert len(pictures) >= 8
    assert all(each["aria-label"] and each["role"] == "img" for each in drawings)
    assert all(each["alt"] for each in pictures)


def test_what_may_be_wider_than_a_screen_is_reached_by_the_keyboard(html):
    wide = [each for _, each in _read(html).elements if each.get("class") in ("scroll", "heads")]
    assert wide
    assert all(each["tabindex"] == "0" and each["aria-label"] for each in wide)


def _with(found: contents.Contents, text: str) -> contents.Contents:
    """Puts a text wherever the page shows one of anyone."""
    answers = dataclasses.replace(
        found.answers,
        texts=[(text,)] * len(found.answers.texts),
        origins=[text] * len(found.answers.origins),
        labels=(text, "positive"),
    )
    slices = {text if name == "shop=Rome" else name: n for name, n in found.slices.items()}
    values = [
        dataclasses.replace(each, slice=text) if each.slice == "shop=Rome" else each
        for each in found.values
    ]
    attention = contents.Attention((text,) * 12, found.attention[3].weights)
    lineage = contents.Lineage(
        None, (contents.Artifact(text, text, 1, text),), {text: text}, {text: text}, text
    )
    return dataclasses.replace(
        found,
        name=text,
        answers=answers,
        slices=slices,
        values=values,
        judgement=dataclasses.replace(found.judgement, reasons=(text,)),
        attention={3: attention},
        lineage=lineage,
    )


@pytest.mark.parametrize("text", _HOSTILE)
def test_hostile_texts_change_nothing_of_the_page(tried, html, text):
    told = page.render(_with(tried, text))
    told.encode()  # half a pair would not be UTF-8
    assert len(told) < _MAX_BYTES
    expected, found = (_read(each) for each in (html, told))
    assert {tag for tag, _ in found.elements} <= {tag for tag, _ in expected.elements}
    assert len(found.headings) == len(expected.headings)
    names = [{name for _, each in reader.elements for name in each} for reader in (expected, found)]
    assert names[1] <= names[0]


def test_rows_of_numbers_are_drawn_against_the_truth(tried):
    rng = np.random.default_rng(3)
    true = rng.normal(size=(len(tried.answers.texts), 1))
    answers = dataclasses.replace(
        tried.answers, truths=true, given={"transformer": true + 0.1}, labels=()
    )
    task = tasks.Settings("regression")
    told = page.render(
        dataclasses.replace(
            tried, task=task, answers=answers, judged="transformer", trial=None, attention={}
        )
    )
    assert "Residuals of value: mean 0.1000, standard deviation 0.0000" in told


def test_a_search_and_folds_have_sections_where_there_were_any(searched, html):
    told = page.render(searched)
    for section in ("search", "folds"):
        assert f'<section id="{section}"' in told
        assert f'<a href="#{section}">' in told
        assert f'<section id="{section}"' not in html
    assert "&lt;b&gt;nan&lt;/b&gt;" in told
    assert "2 combinations refused before training" in told


def test_a_test_split_without_rows_has_a_page(tried):
    nothing = dataclasses.replace(
        tried.answers,
        truths=np.zeros((0, 0)),
        given={"transformer": np.zeros((0, 0))},
        texts=[],
        origins=[],
    )
    judgement = evaluator_verdict.judge(False, [], [], False)
    record = dataclasses.replace(tried.trainings["transformer"], epochs=[])
    told = page.render(
        dataclasses.replace(
            tried,
            answers=nothing,
            values=(),
            slices={"all rows": (0, 0)},
            judged="transformer",
            judgement=judgement,
            trainings={"transformer": record},
            trial=None,
            attention={},
        )
    )
    assert "Not blessed" in told
    assert isinstance(record, training_record.TrainingRecord)
