"""`meritline lineage site`: pages to look at runs, in a browser and without a network."""

import click

from pipeline.lineage_commands import asking


@click.command("site", context_settings=asking.HELP)
@asking.question
def site(directory: str, name: str | None, as_json: bool) -> None:
    """Write a page on all runs: their metrics, their graphs, two of them side by side.

    It is DIR/<name>/lineage/index.html; a browser opens it from there. Each local run adds itself.
    """
    from pipeline.lineage.site import writing

    found = writing.write(
        asking.find(directory, name),
        asking.history(directory, name),
    )
    asking.answer(found, as_json, lambda: [found.page])
