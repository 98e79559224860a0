"""Lineage: what runs have made and of what, asked of ML Metadata without a cluster.

    from pipeline import lineage, workspace

    history = lineage.read(workspace.Workspace.at("workspace", "sentiment"))
    for run in history.runs:
        print(run.id, lineage.facts.of(run).verdict)
    print(lineage.trace.of(history, "latest").sources)

A question is a module, and `of` answers it. All of it but `garbage.delete` is read-only, and none
of it imports TFX. `events`, which tells all in OpenLineage's words, is imported by itself, since
OpenLineage's client takes as long to import as a question to answer.
"""

from pipeline.lineage import (
    conditions,
    details,
    diff,
    everything,
    facts,
    finding,
    garbage,
    trace,
    why,
)
from pipeline.lineage.reading import pipelines, read
from pipeline.lineage.records import Artifact, Execution, History, Run, State

__all__ = [
    "Artifact",
    "Execution",
    "History",
    "Run",
    "State",
    "conditions",
    "details",
    "diff",
    "everything",
    "facts",
    "finding",
    "garbage",
    "pipelines",
    "read",
    "trace",
    "why",
]
