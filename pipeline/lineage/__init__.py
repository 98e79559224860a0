"""Lineage: what runs have made and of what, asked of ML Metadata without a cluster.

    from pipeline import lineage, workspace

    history = lineage.read(workspace.Workspace.at("workspace", "sentiment"))
    for run in history.runs:
        print(run.id, lineage.facts.of(run).verdict)
    print(lineage.trace.of(history, "latest").sources)

A question is a module, and `of` answers it. All of it is read-only, and imports no TFX.
"""

from pipeline.lineage import details, diff, facts, trace, why
from pipeline.lineage.reading import pipelines, read
from pipeline.lineage.records import Artifact, Execution, History, Run, State

__all__ = [
    "Artifact",
    "Execution",
    "History",
    "Run",
    "State",
    "details",
    "diff",
    "facts",
    "pipelines",
    "read",
    "trace",
    "why",
]
