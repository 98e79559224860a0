"""What a resolver asks of the records of earlier runs."""

import re
from collections.abc import Sequence

from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as spec_pb2

from pipeline.spec_runner import placeholders

_TERM = re.compile(r"(?P<field>[a-z_]+(?:\.\w+)*)\s*=\s*(?P<value>\"[^\"]*\"|[\w.+-]+)")
_KINDS = {"number_value": float, "string_value": str}


class QueryError(Exception):
    """A filter that is not understood."""


def find(
    filter_: str, artifacts: Sequence[spec_pb2.RuntimeArtifact]
) -> spec_pb2.RuntimeArtifact | None:
    """Finds the newest artifact that a filter lets pass.

    Args:
        filter_: Comparisons joined by AND, such as `schema_title="tfx.Model" AND state=LIVE`, with
            no placeholder in it.
        artifacts: What earlier tasks have put out and what is still there, the oldest first.

    Raises:
        QueryError: If the filter is none of these.
    """
    terms = [_parse(term) for term in filter_.split(" AND ")]
    return next((a for a in reversed(artifacts) if all(_holds(a, *term) for term in terms)), None)


def _parse(term: str) -> tuple[str, str]:
    match = _TERM.fullmatch(term.strip())
    if match is None:
        raise QueryError(f"A resolver's filter must be comparisons by `=`. Received: {term}")
    return match["field"], match["value"].strip('"')


def _holds(artifact: spec_pb2.RuntimeArtifact, field: str, value: str) -> bool:
    if field == "state":
        return value == "LIVE"  # all that are known here are
    if field == "schema_title":
        return placeholders.title(artifact.type) == value
    if field == "name":
        return artifact.name == value
    section, _, rest = field.partition(".")
    key, _, kind = rest.rpartition(".")
    if section != "metadata" or kind not in _KINDS:
        raise QueryError(f"A resolver's filter must not ask for {field}")
    metadata = json_format.MessageToDict(artifact.metadata)
    return key in metadata and _KINDS[kind](metadata[key]) == _KINDS[kind](value)
