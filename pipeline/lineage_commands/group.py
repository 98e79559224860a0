"""The command line: `meritline lineage`."""

import click

from pipeline.lineage_commands import asking, diff, runs, show, trace, why


@click.group(context_settings=asking.HELP)
def lineage() -> None:
    """Ask runs what they made, of what, and why; nothing is changed by asking."""


lineage.add_command(runs.runs)
lineage.add_command(diff.diff)
lineage.add_command(show.show)
lineage.add_command(trace.trace)
lineage.add_command(why.why)
