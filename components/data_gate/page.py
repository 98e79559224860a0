"""The page of the data: one HTML file that opens from a disk, without network or script.

The template (`page.html.jinja`) and its style (`page.css`) stand beside this file. What the page
shows is anyone's text, so everything is escaped, and a policy in the page's head forbids scripts
and requests even where that should fail.
"""

import dataclasses
import os
from collections.abc import Iterable, Sequence

import jinja2
import markupsafe
from google.protobuf import text_format
from tfx.dsl.io import fileio

from components.data_gate import (
    page_bars,
    page_charts,
    page_data,
    page_features,
    page_text,
)
from components.pages import environment as environment_lib
from components.pages import spelling

FILE_NAME = "index.html"


@dataclasses.dataclass(frozen=True)
class SplitRows:
    """How many rows went where.

    Attributes:
        name: A split, or `quarantined`.
        kind: Class of its colour.
        rows: How many.
    """

    name: str
    kind: str
    rows: int


@dataclasses.dataclass(frozen=True)
class _View:
    """All that the template prints, in the order of the page."""

    name: str
    verdict: str
    passed: bool
    splits: tuple[str, ...]
    page: page_data.PageData
    rows: tuple[SplitRows, ...]
    stack: markupsafe.Markup
    features: Sequence[page_features.Feature]
    measures: Sequence[page_text.Measure]
    overlaps: Sequence[page_text.Overlap]
    lengths: Sequence[page_text.Lengths]
    worst: Sequence[page_text.Worst]
    labels: page_bars.Bars
    words: page_bars.Bars
    schema: str


def write(directory: str, page: page_data.PageData) -> None:
    """Writes `index.html` into a directory.

    Args:
        directory: A local path or a URI; must exist.
        page: What to show.
    """
    path = os.path.join(directory, FILE_NAME)  # noqa: PTH118 - may be a URI
    with fileio.open(path, "wb") as file:
        file.write(render(page).encode())


def render(page: page_data.PageData) -> str:
    """Renders the page; the same data gives the same text."""
    template = _environment().get_template("page.html.jinja")
    view = _view(page)
    shown = {field.name: getattr(view, field.name) for field in dataclasses.fields(view)}
    return template.render(shown).lstrip()  # the macros leave empty lines before the doctype


def _environment() -> jinja2.Environment:
    environment = environment_lib.make(__package__)
    environment.filters |= {"beginning": page_text.beginning, "bar": page_charts.bar}
    return environment


def _view(page: page_data.PageData) -> _View:
    splits = page_features.order({*page.statistics, *page.text.splits})
    rows = _rows(page, splits)
    return _View(
        name=page.name,
        verdict=_verdict(page),
        passed=not page.findings.errors,
        splits=splits,
        page=page,
        rows=rows,
        stack=page_charts.stack([(each.kind, each.name, each.rows) for each in rows], "Rows"),
        features=page_features.gather(page.statistics, splits),
        measures=page_text.measures(page.text, splits),
        overlaps=page_text.overlaps(page.text),
        lengths=page_text.lengths(page.text, splits),
        worst=page_text.worst(page.text, splits),
        labels=page_text.labels(page.text, splits),
        words=page_text.words(page.text),
        schema=text_format.MessageToString(page.schema, as_utf8=True),
    )


def _verdict(page: page_data.PageData) -> str:
    found = page.findings
    if not found.findings:
        checks = spelling.plural(len(found.checked), "check")
        return (
            f"Passed: {checks}, nothing found" if found.checked else "Passed: nothing was checked"
        )
    told = ((found.errors, "error"), (found.warnings, "warning"))
    words = ", ".join(spelling.plural(len(each), name) for each, name in told if each)
    return f"{'Refused' if found.errors else 'Passed'}: {words}"


def _rows(page: page_data.PageData, splits: Iterable[str]) -> tuple[SplitRows, ...]:
    rows = [
        SplitRows(split, f"s{index}", _split_rows(page, split))
        for index, split in enumerate(splits)
    ]
    return (*rows, SplitRows("quarantined", "bad", page.quarantine.rows))


def _split_rows(page: page_data.PageData, split: str) -> int:
    if split in page.text.splits:
        return page.text.splits[split].rows
    return sum(dataset.num_examples for dataset in page.statistics[split].datasets[:1])
