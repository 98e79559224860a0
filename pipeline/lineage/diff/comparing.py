"""All parts of two runs, compared one by one, so that one that is gone hides no other."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, changes, told, vocabulary
from pipeline.lineage.diff import metrics as metrics_lib
from pipeline.lineage.diff import rows as rows_lib
from pipeline.lineage.diff import schema as schema_lib
from pipeline.lineage.diff import statistics as statistics_lib
from pipeline.lineage.diff import texts as texts_lib

Changes = tuple[changes.Change, ...] | None


@dataclasses.dataclass(frozen=True)
class Diff:
    """What differs between two runs, A and B; a part is None where nothing does.

    Attributes:
        pipeline: Its name.
        a: What came of A.
        b: What came of B.
        same: Names of the parts that are the same.
        not_compared: Part to why it could not be compared, one line.
        metrics: What the judged models are worth, slice by slice, with intervals.
        config: Keys of the config, by dotted path.
        parameters: Runtime parameters, of compiled pipelines.
        rows: Rows of each split, read, and put aside.
        files: Files that the examples came from.
        statistics: TFDV's of each column, and drift.
        texts: Lengths, shares and words of the texts of each split.
        schema: What B's allows or asks, a line a change.
        tokens: Entries of the vocabulary.
        targets: Entries of that of the texts that are to be written.
        labels: Labels.
        code: Rooms with another digest.
        versions: Packages of other versions.
        machine: What is other about the machine.
    """

    pipeline: str
    a: facts.Facts
    b: facts.Facts
    same: tuple[str, ...]
    not_compared: Mapping[str, str]
    metrics: metrics_lib.Metrics | None = None
    config: Changes = None
    parameters: Changes = None
    rows: Changes = None
    files: rows_lib.Files | None = None
    statistics: statistics_lib.Statistics | None = None
    texts: tuple[texts_lib.Texts, ...] | None = None
    schema: tuple[str, ...] | None = None
    tokens: vocabulary.Vocabulary | None = None
    targets: vocabulary.Vocabulary | None = None
    labels: vocabulary.Vocabulary | None = None
    code: Changes = None
    versions: Changes = None
    machine: Changes = None


# What matters most is told first.
_PARTS: Mapping[str, Callable[[records.Run, records.Run], Any]] = {
    "metrics": metrics_lib.of,
    "config": told.config,
    "parameters": told.parameters,
    "rows": rows_lib.rows,
    "files": rows_lib.files,
    "statistics": statistics_lib.of,
    "texts": texts_lib.of,
    "schema": schema_lib.lines,
    "tokens": vocabulary.tokens,
    "targets": vocabulary.targets,
    "labels": vocabulary.labels,
    "code": told.code,
    "versions": told.versions,
    "machine": told.machine,
}


def of(history: records.History, a: records.Run, b: records.Run) -> Diff:
    """Compares two runs of a pipeline.

    Args:
        history: Of the pipeline.
        a: What is compared with.
        b: What is other.
    """
    found: dict[str, Any] = {}
    not_compared: dict[str, str] = {}
    for part, compare in _PARTS.items():
        try:
            found[part] = compare(a, b)
        except absent.NothingError:
            continue
        except absent.AbsentError as error:
            not_compared[part] = str(error)
    return Diff(
        pipeline=history.pipeline,
        a=facts.of(a),
        b=facts.of(b),
        same=tuple(part for part, value in found.items() if value is None),
        not_compared=not_compared,
        **found,
    )
