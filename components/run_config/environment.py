"""What a run runs on: versions of packages, and the machine."""

import importlib.metadata
import os
import platform

_PACKAGES = (
    *("meritline", "tfx", "tensorflow", "tensorflow-text", "tensorflow-transform", "keras"),
    *("tensorflow-data-validation", "tensorflow-model-analysis", "apache-beam", "numpy", "altair"),
)


def versions() -> dict[str, str]:
    """Tells the versions of Python and of what a run is made by."""
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


def _processor() -> str:
    """Names the processor; Linux tells it in a file alone."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123 - no file of a disk
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
