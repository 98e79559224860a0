"""Lineage: what runs have made and of what, asked of ML Metadata without a cluster.

    from pipeline import lineage, workspace

    history = lineage.read(workspace.Workspace.at("workspace", "sentiment"))
    for run in history.runs:
        print(run.id, lineage.facts(run).verdict)

All of it but `delete` is read-only, and none imports TFX.
"""

from pipeline.lineage.conditions import OWN as OWN_KEYS
from pipeline.lineage.conditions import Condition, spell
from pipeline.lineage.conditions import read as condition
from pipeline.lineage.facts import Facts
from pipeline.lineage.facts import of as facts
from pipeline.lineage.finding import Found, find
from pipeline.lineage.garbage import Directory, Plan, Unknown, delete
from pipeline.lineage.garbage import plan as garbage
from pipeline.lineage.properties import Value
from pipeline.lineage.reading import pipelines, read
from pipeline.lineage.records import Artifact, Execution, History, Run, State

__all__ = [
    "OWN_KEYS",
    "Artifact",
    "Condition",
    "Directory",
    "Execution",
    "Facts",
    "Found",
    "History",
    "Plan",
    "Run",
    "State",
    "Unknown",
    "Value",
    "condition",
    "delete",
    "facts",
    "find",
    "garbage",
    "pipelines",
    "read",
    "spell",
]
