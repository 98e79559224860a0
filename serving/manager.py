"""The models of a server: which there are, and who answers.

A thread looks at the directories every `poll_seconds` (`lifecycle`). Clients hold a version while
they ask it (`Manager.lease`), and it is unloaded when the last of them is done.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import core

from serving import config, errors, lifecycle, metrics, version

_LOG = logging.getLogger(__name__)
_MOMENT = 0.01  # seconds


class Manager:
    """All models of a server, and the thread that looks after them.

    Args:
        server: What is served, and how.
        counted: Counts what it does.
    """

    def __init__(self, server: config.ServerConfig, counted: metrics.Metrics | None = None) -> None:
        self._server = server
        self._counted = counted or metrics.Metrics()
        self._counted.watch(self._metrics)
        self._models: dict[str, lifecycle.Model] = {}
        # What takes the place of a model of its name, in another directory, once it answers.
        self._coming: dict[str, lifecycle.Model] = {}
        self._gone: list[lifecycle.Model] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="manager", daemon=True)
        self.apply(server.models)

    def start(self) -> None:
        """Begins to look after the models; what is there is loaded in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Unloads everything, once nobody holds it."""
        self._is_stopping = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._gone += [*self._models.values(), *self._coming.values()]
        while not self._unload():
            time.sleep(_MOMENT)

    def apply(self, models: Sequence[config.ModelConfig]) -> None:
        """Takes other models, policies or labels; the thread does the rest.

        A model whose directory is another now is loaded from there; the one before answers until
        that has been done.
        """
        with self._lock:
            kept, coming = {}, {}
            for model_config in models:
                name, model = model_config.name, self._at(model_config)
                model.config = model_config
                served = self._models.get(name)
                if served is None or served is model or not served.available:
                    kept[name] = model
                else:
                    kept[name], coming[name] = served, model
                    model.is_stood_in_for = True
            before = [*self._models.values(), *self._coming.values()]
            after = [*kept.values(), *coming.values()]
            self._gone += [model for model in before if model not in after]
            self._models, self._coming = kept, coming
        self._wake.set()

    def _at(self, model_config: config.ModelConfig) -> lifecycle.Model:
        """Finds the model of that name and directory, or makes it."""
        for models in (self._models, self._coming):
            model = models.get(model_config.name)
            if model is not None and model.config.base_path == model_config.base_path:
                return model
        return lifecycle.Model(model_config, self._server, self._counted)

    def update(self) -> None:
        """Looks at every model once; the thread does this by itself."""
        for model in [*self._models.values(), *self._coming.values()]:
            try:
                model.update(time.monotonic())
            except Exception:  # noqa: BLE001 - one model's trouble must not be the others'
                _LOG.exception("%s could not be looked after", model.config.name)
        self._replace()
        self._unload()

    def _replace(self) -> None:
        """Lets models of another directory answer that are ready to."""
        with self._lock:
            for name, model in list(self._coming.items()):
                if model.available:
                    model.is_stood_in_for = False
                    self._gone.append(self._models[name])
                    self._models = {**self._models, name: self._coming.pop(name)}

    def _unload(self) -> bool:
        """Lets models go that are served no more; whether all of them are unloaded."""
        with self._lock:
            self._gone = [
                model for model in self._gone if not model.let_go(is_end=self._is_stopping)
            ]
            return not self._gone

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            self.update()
            self._wake.wait(self._server.loading.poll_seconds)

    @property
    def names(self) -> list[str]:
        """Names of the models."""
        return list(self._models)

    def _metrics(self) -> Iterator[core.Metric]:
        """Tells at a scrape what there is just now."""
        waiting = core.GaugeMetricFamily(
            "meritline_waiting_rows", "Rows that wait for an answer.", labels=["model_name"]
        )
        states = core.GaugeMetricFamily(
            "meritline_version_state",
            "State of a version: 10 start, 20 loading, 30 available, 40 unloading, 50 end.",
            labels=["model_name", "version"],
        )
        for name, model in list(self._models.items()):
            available = model.available.values()
            waiting.add_metric([name], sum(served.waiting for served in available))
            for status in model.statuses.values():
                states.add_metric([name, str(status.number)], status.state)
        yield from (waiting, states)

    def is_ready(self, name: str | None = None) -> bool:
        """Whether a model, or every one, has a version that answers."""
        if name is not None:
            return name in self._models and bool(self._models[name].available)
        return all(model.available for model in self._models.values())

    def statuses(self, name: str, number: int | None = None) -> list[lifecycle.VersionStatus]:
        """Tells the versions of a model, the newest first, or a single one of them.

        Raises:
            ServingError: If there is none.
        """
        known = self._known(name)
        if number is not None:
            if number not in known:
                raise errors.ServingError(
                    errors.Code.NOT_FOUND, f"Could not find version {number} of model {name}"
                )
            return [known[number]]
        if not known:
            raise errors.ServingError(
                errors.Code.NOT_FOUND, f"Could not find any versions of model {name}"
            )
        return [known[number] for number in sorted(known, reverse=True)]

    def _known(self, name: str) -> Mapping[int, lifecycle.VersionStatus]:
        """Finds the versions of a model by number, also those that are to take its place."""
        served, coming = self._models.get(name), self._coming.get(name)
        if served is None or coming is None:
            return {} if served is None else served.statuses
        answering = {number: served.statuses[number] for number in served.available}
        return {**served.statuses, **coming.statuses, **answering}

    def resolve(self, name: str, label: str | None) -> int | None:
        """Finds the version that a label stands for; None without a label.

        Raises:
            ServingError: If there is no such label.
        """
        if label is None:
            return None
        model = self._models.get(name)
        if model is None or label not in model.config.version_labels:
            raise errors.invalid(f"Unrecognized servable version label: {label}")
        return model.config.version_labels[label]

    @contextlib.contextmanager
    def lease(
        self, name: str, number: int | None = None, label: str | None = None
    ) -> Iterator[version.ServedVersion]:
        """Holds a version while it is asked: the one of that number or label, or the newest.

        Raises:
            ServingError: If no such version answers.
        """
        served = self._hold(name, number if label is None else self.resolve(name, label))
        try:
            yield served
        finally:
            served.let_go()

    def _hold(self, name: str, number: int | None) -> version.ServedVersion:
        while True:
            model = self._models.get(name)
            available = {} if model is None else model.available
            key = max(available, default=None) if number is None else number
            if key is None or key not in available:
                wanted = f"Latest({name})" if number is None else f"Specific({name}, {number})"
                raise errors.ServingError(
                    errors.Code.NOT_FOUND, f"Servable not found for request: {wanted}"
                )
            # It may have been let go between the look and the hold: then another one answers.
            if available[key].hold():
                return available[key]
