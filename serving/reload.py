"""A file of settings that is followed: its models, policies and labels change while it serves."""

import asyncio
import logging
import pathlib
from collections.abc import Callable, Sequence

from serving import config

_LOG = logging.getLogger(__name__)


class Watch:
    """Looks at a file again and again.

    Args:
        path: The file.
        reread: Reads the settings anew.
    """

    def __init__(self, path: pathlib.Path, reread: Callable[[], config.ServerConfig]) -> None:
        self._path = path
        self._reread = reread
        self._seen = self._changed_at()

    async def follow(
        self, seconds: float, apply: Callable[[Sequence[config.ModelConfig]], None]
    ) -> None:
        """Hands on the models of the file whenever it has changed; never returns.

        Args:
            seconds: Between two looks.
            apply: Takes the models.
        """
        while True:
            await asyncio.sleep(seconds)
            self.look(apply)

    def look(self, apply: Callable[[Sequence[config.ModelConfig]], None]) -> None:
        """Looks once; a file that cannot be used changes nothing."""
        changed_at = self._changed_at()
        if changed_at == self._seen:
            return
        self._seen = changed_at
        try:
            models = self._reread().models
        except config.ConfigError as error:
            _LOG.error("what was served stays: %s", error)
            return
        _LOG.info("%s: serving %s", self._path, ", ".join(model.name for model in models))
        apply(models)

    def _changed_at(self) -> int | None:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:  # it is being replaced
            return None
