"""Where a report came from: versions, the machine, and ids that ML Metadata knows."""

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence

from tfx import types

from components.report import contents, parts

_PACKAGES = (
    *("meritline", "tfx", "tensorflow", "tensorflow-text", "tensorflow-transform", "keras"),
    *("tensorflow-data-validation", "tensorflow-model-analysis", "apache-beam", "numpy", "altair"),
)


def versions() -> dict[str, str]:
    """Tells the versions of Python and of what the run was made by."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:  # not installed under that name
            continue
    return found


def machine() -> dict[str, str]:
    """Tells of the machine that this process runs on."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
    }
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return found | {"memory": f"{memory / 2**30:.1f} GiB"}


def artifacts(inputs: Mapping[str, Sequence[types.Artifact]]) -> tuple[contents.Artifact, ...]:
    """Lists what the report was made of."""
    return tuple(
        contents.Artifact(key, artifact.type_name, artifact.id, artifact.uri)
        for key, given in inputs.items()
        for artifact in given
    )


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


def _processor() -> str:
    """Names the processor; Linux tells it in a file alone."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - no file of a disk
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
