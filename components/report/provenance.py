"""Where a report came from, as tables: versions, the machine, and ids that ML Metadata knows."""

import dataclasses
import json
from collections.abc import Mapping, Sequence

from tfx import types

from components import artifact_properties
from components.report import contents, parts


def artifacts(inputs: Mapping[str, Sequence[types.Artifact]]) -> tuple[contents.Artifact, ...]:
    """Lists what the report was made of."""
    return tuple(
        contents.Artifact(
            key, artifact.type_name, artifact.id, artifact.uri, artifact_properties.of(artifact)
        )
        for key, given in inputs.items()
        for artifact in given
    )


def to_json(found: contents.Lineage) -> str:
    """Renders it for whoever takes the model along."""
    return json.dumps(dataclasses.asdict(found), indent=1)


def lineage(found: contents.Lineage) -> parts.Table:
    """Lists artifacts with their ids in ML Metadata."""
    rows = tuple((each.key, each.type, f"{each.id}", each.uri) for each in found.artifacts)
    made = "" if found.execution is None else f", execution {found.execution}"
    caption = f"What this report was made of, by ids of ML Metadata{made}"
    return parts.Table(caption, ("Input", "type", "id", "where"), rows, texts=(0, 1, 3))


def software(found: contents.Lineage) -> parts.Table:
    """Lists versions."""
    return parts.Table("Versions", ("Package", "version"), tuple(found.versions.items()), (0, 1))


def hardware(found: contents.Lineage) -> parts.Table:
    """Lists facts of the machine."""
    caption = "The machine that made this report"
    return parts.Table(caption, ("Part", "is"), tuple(found.machine.items()), (0, 1))
