"""A serving directory whose models are not really loaded, and what is asked of their manager."""

import pathlib
from collections.abc import Callable

from serving import config, errors, manager, versions

NAME = "m"
Make = Callable[..., manager.Manager]
BROKEN = {"broken": errors.Code.DATA_LOSS, "too large": errors.Code.RESOURCE_EXHAUSTED}


class Fake:
    """Stands for a loaded model; fails where its file says so."""

    loaded: list[int] = []  # noqa: RUF012 - reset by the fixture
    closed: list[int] = []  # noqa: RUF012

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.number = int(path.name)
        self.signatures: dict = {}
        self.loaded.append(self.number)
        content = (path / versions.MODEL_FILE).read_text()
        if content in BROKEN:
            raise errors.ServingError(BROKEN[content], f"it is {content}")

    def close(self) -> None:
        self.closed.append(self.number)


def settings(
    directory: pathlib.Path,
    policy: dict | None = None,
    labels: dict | None = None,
    **loading: float,
) -> config.ServerConfig:
    model = {
        "name": NAME,
        "base_path": str(directory),
        "version_policy": policy or {"latest": {}},
        "version_labels": labels or {},
    }
    given = {"settle_seconds": 0, "retry_seconds": 0, **loading}
    return config.build({"models": [model], "loading": given}, "test")


def put(directory: pathlib.Path, number: int | str, content: str = "whole") -> pathlib.Path:
    path = directory / str(number)
    path.mkdir(exist_ok=True)
    (path / versions.MODEL_FILE).write_text(content)
    return path


def answers(models: manager.Manager, number: int | None = None, label: str | None = None) -> int:
    with models.lease(NAME, number, label) as served:
        return served.number


def states(models: manager.Manager) -> dict[int, str]:
    return {status.number: status.state.name for status in models.statuses(NAME)}
