"""What the other run's schema allows or asks."""

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.schema import wording
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, statistics

_FILE = "schema.pbtxt"
_WHAT = "schema"


def lines(old: records.Run, new: records.Run) -> tuple[str, ...] | None:
    """Tells what the new run's schema allows or asks, a line a change; None if it is the same.

    Raises:
        AbsentError: If a run has no schema, or its file is gone.
    """
    found = absent.pair(old, new, facts.SCHEMA, _WHAT)
    if found is None:
        return None
    before, after = (
        absent.parsed(run, made, _FILE, _WHAT, _parse)
        for run, made in zip((old, new), found, strict=True)
    )
    if before == after:
        return None
    try:
        counted = statistics.read(new)
    except absent.AbsentError:
        counted = {}  # a new value is told without its rows
    return tuple(wording.describe(before, after, counted)) or ("other in what people do not see",)


def _parse(content: bytes) -> schema_pb2.Schema:
    return text_format.Parse(content, schema_pb2.Schema())
