"""The life of one model's versions: found, loaded, available, let go, unloaded.

What the version policy asks for is loaded before what it no longer asks for is let go, so that
there is always an answer; a version that cannot be loaded changes nothing for the others. What is
wrong with its files is looked for first, and not tried again until they change.
"""

import dataclasses
import enum
import functools
import itertools
import logging
import pathlib
import time
from collections.abc import Iterator, Mapping

from serving import (
    background,
    config,
    errors,
    integrity,
    memory,
    metrics,
    servable,
    version,
    versions,
    warmup,
)

_LOG = logging.getLogger(__name__)
_REMEMBERED = 32  # versions of a model that have ended, and still stand in its status
# What may be better the next time; all other codes tell of the version's files.
_PASSING = (
    errors.Code.CANCELLED,
    errors.Code.UNKNOWN,
    errors.Code.DEADLINE_EXCEEDED,
    errors.Code.RESOURCE_EXHAUSTED,
    errors.Code.ABORTED,
    errors.Code.INTERNAL,
    errors.Code.UNAVAILABLE,
)


class State(enum.IntEnum):
    """States of a version; the numbers are those of `get_model_status.proto`."""

    START = 10
    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclasses.dataclass
class VersionStatus:
    """What is known of a version.

    Attributes:
        number: The version's number.
        path: Its directory.
        state: Where in its life it is.
        error: Why it could not be loaded, if so.
        attempts: How often loading was tried.
        due: When it is tried next, by the monotonic clock.
        changed_at: When its files had last changed as it was tried.
        served: Answers, while it is available or unloading.
    """

    number: int
    path: pathlib.Path
    state: State = State.START
    error: errors.ServingError | None = None
    attempts: int = 0
    due: float = 0.0
    changed_at: float = 0.0
    served: version.ServedVersion | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it was given up."""
        return self.state is State.END and self.error is not None


class Model:
    """One model, and what becomes of its versions. Only the manager's thread changes it.

    Attributes:
        config: As told.
        statuses: Versions by number, the ended ones of late among them.
        available: Those that answer; replaced as a whole, so that others may read it at any time.
        is_stood_in_for: Whether another model answers under its name meanwhile.
    """

    def __init__(
        self,
        model_config: config.ModelConfig,
        server: config.ServerConfig,
        counted: metrics.Metrics,
    ) -> None:
        self.config = model_config
        self._counted = counted
        self.statuses: dict[int, VersionStatus] = {}
        self.available: Mapping[int, version.ServedVersion] = {}
        self.is_stood_in_for = False
        self._server = server
        self._retiring: list[VersionStatus] = []

    def update(self, now: float) -> None:
        """Looks at the directory once, and does what is due."""
        for number, path in sorted(self._wanted().items(), reverse=True):
            status = self.statuses.get(number)
            if status is None or status.state is State.END:
                status = VersionStatus(number, path)
                self.statuses = {**self.statuses, number: status}
            if status.state in (State.START, State.LOADING) and status.due <= now:
                self._load(status)
        wanted = self._wanted()  # without what was given up just now
        # Nothing is let go for what does not answer yet; nor for nothing at all.
        if wanted and all(number in self.available for number in wanted):
            for number in set(self.available) - set(wanted):
                self._retire(self.statuses[number])
        self._unload()
        self._forget()

    def let_go(self, is_end: bool) -> bool:
        """Sends no more requests to any version; whether all are unloaded.

        Args:
            is_end: Of the process, which takes all memory with it.
        """
        for number in list(self.available):
            self._retire(self.statuses[number])
        self._unload(is_end)
        return not self._retiring

    def _wanted(self) -> dict[int, pathlib.Path]:
        """Finds the versions that the policy asks for, by number."""
        policy = self.config.version_policy
        if policy.all is not None:
            return dict(self._usable())
        if policy.specific is not None:
            asked = policy.specific.versions
            return {number: path for number, path in self._usable() if number in asked}
        count = policy.latest.num_versions if policy.latest else 1
        newest = dict(itertools.islice(self._usable(), count))
        if not self.available and all(map(self._is_failing, newest)):
            # An older one stands in until the newest can be loaded.
            older = (found for found in self._usable() if not self._is_failing(found[0]))
            newest.update(itertools.islice(older, 1))
        return newest

    def _usable(self) -> Iterator[tuple[int, pathlib.Path]]:
        """Finds versions that are whole and not given up, the newest first.

        One after the other, since looking through a directory of each old version takes time.
        """
        settle_seconds = self._server.loading.settle_seconds
        for number, path in sorted(versions.find(self.config.base_path).items(), reverse=True):
            is_known = number in self.available
            if is_known or (
                not self._is_given_up(number) and versions.is_whole(path, settle_seconds)
            ):
                yield number, path

    def _is_failing(self, number: int) -> bool:
        return number in self.statuses and self.statuses[number].attempts > 0

    def _is_given_up(self, number: int) -> bool:
        """Whether a version was given up, and its files are still what they were then."""
        status = self.statuses.get(number)
        if status is None or not status.has_failed:
            return False
        try:
            return versions.changed_at(status.path) <= status.changed_at
        except OSError:
            return True

    def _load(self, status: VersionStatus) -> None:
        """Tries to load a version; what fails is tried again if that may help, or given up."""
        loading, name = self._server.loading, self.config.name
        status.state = State.LOADING
        status.attempts += 1
        try:
            status.changed_at = versions.changed_at(status.path)
            integrity.check(status.path)
            # Who answers goes first; where nobody does, there is no time to lose.
            is_answered = self.available or self.is_stood_in_for
            make = functools.partial(self._make, status)
            status.served = background.run(make) if is_answered else make()
        except Exception as error:  # noqa: BLE001 - whatever is in a directory, its status tells it
            status.error = servable.translate(error)
            may_pass = status.error.code in _PASSING
            if not may_pass or status.attempts > loading.max_num_load_retries:
                status.state = State.END
                _LOG.error("%s: version %d is given up: %s", name, status.number, error)
                return
            status.due = time.monotonic() + loading.retry_seconds * 2 ** (status.attempts - 1)
            _LOG.warning("%s: version %d cannot be loaded: %s", name, status.number, error)
            return
        status.state, status.error, status.attempts = State.AVAILABLE, None, 0
        self.available = {**self.available, status.number: status.served}
        _LOG.info("%s: version %d is available", name, status.number)

    def _make(self, status: VersionStatus) -> version.ServedVersion:
        model = servable.Servable(status.path)
        try:
            warmup.run(model, self._server.loading, self._server.batching)
        except Exception:
            model.close()
            raise
        return version.ServedVersion(
            status.number,
            model,
            self._server.batching,
            self._server.limits,
            functools.partial(self._counted.batch, self.config.name),
        )

    def _retire(self, status: VersionStatus) -> None:
        """Sends no more requests to a version."""
        self.available = {
            number: served for number, served in self.available.items() if number != status.number
        }
        status.state = State.UNLOADING
        if status.served is not None:
            status.served.retire()
        self._retiring.append(status)

    def _unload(self, is_end: bool = False) -> None:
        """Unloads what nobody holds any more."""
        for status in list(self._retiring):
            if status.served is None or status.served.retire().is_set():
                if status.served is not None:
                    status.served.close()
                status.served, status.state = None, State.END
                self._retiring.remove(status)
                if not is_end:
                    memory.give_back()
                _LOG.info("%s: version %d is unloaded", self.config.name, status.number)

    def _forget(self) -> None:
        """Forgets the oldest versions that have ended."""
        ended = [
            number
            for number, status in sorted(self.statuses.items())
            if status.state is State.END and not status.path.is_dir()
        ]
        gone = ended[:-_REMEMBERED]
        if gone:
            self.statuses = {
                number: status for number, status in self.statuses.items() if number not in gone
            }
