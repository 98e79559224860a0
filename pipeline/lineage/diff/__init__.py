"""What differs between two runs: results, settings, data, vocabulary, code.

    from pipeline import lineage, workspace

    history = lineage.read(workspace.Workspace.at("workspace", "sentiment"))
    found = lineage.diff.of(history, history.run("latest~1"), history.run("latest"))
    print(found.config, found.metrics)

A part is a module. Each reads what two runs have noted or put out, as long as it is there; what it
cannot compare is told with the reason.
"""

from pipeline.lineage.diff.comparing import Diff, of

__all__ = ["Diff", "of"]
