"""The page of a run: one HTML file that opens from a disk, without network or script.

Each section of the page is a module here, from what is known of the run to plots and rows; the
template (`page.html.jinja`) and its style (`page.css`, after `components/pages/base.css`) stand
beside this file.
"""

from typing import Any

from components.pages import environment
from components.report import (
    attention,
    by_length,
    calibration,
    candidates,
    confusion,
    contents,
    data_summary,
    errors,
    folds,
    head,
    learning_curves,
    model_card,
    parts,
    people,
    probe,
    provenance,
    ranking,
    residuals,
    searches,
    slices,
)
from schemas import tasks


def render(found: contents.Contents) -> str:
    """Renders the page; the same contents give the same text."""
    template = environment.make(__package__).get_template("page.html.jinja")
    return template.render(_view(found)).lstrip()  # the macros leave empty lines before the doctype


def _view(found: contents.Contents) -> dict[str, Any]:
    """Gathers all that the template prints, in the order of the page."""
    return {
        "name": found.name,
        "judged": found.judged,
        "banners": head.banners(found),
        "facts": head.facts(found),
        "trial": candidates.build(found, found.trial) if found.trial else None,
        "people": people.build(found),
        "searches": searches.build(found.searches),
        "folds": folds.build(found.folds),
        "curves": learning_curves.build(found.trainings),
        "trainings": learning_curves.table(found.trainings),
        "quality": _quality(found),
        "confusion": confusion.build(found),
        "metrics": None if found.trial else candidates.metrics(found),
        "slices": slices.build(found),
        "errors": errors.build(found),
        "sentences": attention.build(found),
        "positions": attention.positions(found),
        "probe": probe.build(found.probe) if found.probe else None,
        "splits": data_summary.splits(found),
        "labels": data_summary.labels(found),
        "card": model_card.build(found),
        "tables": tuple(
            table(found.lineage)
            for table in (provenance.lineage, provenance.software, provenance.hardware)
        ),
        "config": found.lineage.config,
    }


def _quality(found: contents.Contents) -> tuple[parts.Plot, ...]:
    """Draws what tells how good the answers are, by their kind."""
    if not len(found.answers.truths):
        return ()
    if found.answers.labels:
        return (*ranking.build(found), *calibration.build(found))
    if tasks.contract(found.task.name).target_kind == "number":
        return residuals.build(found)
    if found.task.name == "language_model":
        plot = by_length.build(found)
        return (plot,) if plot else ()
    return ()
