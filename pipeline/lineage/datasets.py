"""Artifacts, source files and pushed versions as datasets of OpenLineage.

Names follow OpenLineage's naming rules: namespace and name make a dataset unique, so that pipelines
meet where they have the same file.
"""

import urllib.parse
from collections.abc import Iterator

from openlineage.client import event_v2, facet_v2
from openlineage.client.naming import dataset as naming

from components.ingest import origins
from pipeline.lineage import facts, files, records

_EXAMPLES = "Examples"
_MODELS = ("Model", "PushedModel")
_BUCKETS = {"gs": naming.GCS, "s3": naming.S3}
_Facets = dict[str, facet_v2.DatasetFacet]


def inputs(execution: records.Execution) -> list[event_v2.InputDataset]:
    """Makes datasets of what an execution took; an Ingest takes the files of its sources."""
    found = [
        event_v2.InputDataset(*place, facets=_facets(artifact))
        for artifact in _artifacts(execution.inputs)
        if (place := name(artifact.uri))
    ]
    for origin in _sources(execution):
        facets: _Facets = {
            "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(origin.sha256),
            "datasetType": facet_v2.dataset_type_dataset.DatasetTypeDatasetFacet("FILE"),
        }
        read = facet_v2.input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
            rowCount=origin.rows, size=origin.bytes
        )
        if place := name(origin.path):
            found.append(
                event_v2.InputDataset(*place, facets=facets, inputFacets={"inputStatistics": read})
            )
    return found


def outputs(execution: records.Execution) -> list[event_v2.OutputDataset]:
    """Makes datasets of what an execution put out; a Pusher also puts out the version."""
    found = [
        event_v2.OutputDataset(
            *place, facets=_facets(artifact), outputFacets=_output_facets(artifact)
        )
        for artifact in _artifacts(execution.outputs)
        if (place := name(artifact.uri))
    ]
    for artifact in _artifacts(execution.outputs):
        told = artifact.properties
        destination = str(told.get("pushed_destination", "")) if told.get("pushed") else ""
        if place := name(destination):
            found.append(event_v2.OutputDataset(*place, facets=_facets(artifact)))
    return found


def name(uri: str) -> tuple[str, str] | None:
    """Names a dataset by where it lies: its namespace and its name; None without a place."""
    if not uri:
        return None
    parts = urllib.parse.urlsplit(uri)
    made: naming.DatasetNaming
    if not parts.scheme or (parts.scheme == "file" and not parts.netloc):
        made = naming.LocalFileSystem(uri.removeprefix("file://"))
    elif parts.scheme in _BUCKETS and parts.path.strip("/"):
        made = _BUCKETS[parts.scheme](parts.netloc, parts.path.lstrip("/"))
    else:
        return f"{parts.scheme}://{parts.netloc}", parts.path or "/"
    return made.get_namespace(), made.get_name()


def _artifacts(by_key: records.Artifacts) -> Iterator[records.Artifact]:
    for artifacts in by_key.values():
        yield from artifacts


def _sources(execution: records.Execution) -> tuple[origins.Origin, ...]:
    """Lists the files that examples came from, as long as that is noted beside them."""
    node, key = facts.EXAMPLES
    made = next(iter(execution.outputs.get(key, ())), None) if execution.node == node else None
    return files.parsed(made, origins.FILE_NAME, origins.from_json) or ()


def _facets(artifact: records.Artifact) -> _Facets:
    return {
        "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(str(artifact.id)),
        "datasetType": facet_v2.dataset_type_dataset.DatasetTypeDatasetFacet(
            "MODEL" if artifact.kind in _MODELS else "FILE", subType=artifact.kind
        ),
    }


def _output_facets(artifact: records.Artifact) -> dict[str, facet_v2.OutputDatasetFacet]:
    if artifact.kind != _EXAMPLES:
        return {}
    rows = artifact.properties.get("rows")
    size = files.measure(artifact, digest=False)
    if rows is None and size is None:
        return {}
    statistics = facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=int(rows) if isinstance(rows, int | float) else None,
        size=size.bytes if size else None,
        fileCount=size.files if size else None,
    )
    return {"outputStatistics": statistics}
