"""The command line: `meritline lineage`."""

import click

from pipeline.lineage_commands import (
    asking,
    diff,
    export,
    find,
    gc,
    runs,
    show,
    site,
    trace,
    why,
)


@click.group(context_settings=asking.HELP)
def lineage() -> None:
    """Ask runs what they made, of what, and why; nothing but `gc --delete` changes anything."""


lineage.add_command(runs.runs)
lineage.add_command(diff.diff)
lineage.add_command(show.show)
lineage.add_command(site.site)
lineage.add_command(trace.trace)
lineage.add_command(why.why)
lineage.add_command(find.find)
lineage.add_command(gc.gc)
lineage.add_command(export.export)
