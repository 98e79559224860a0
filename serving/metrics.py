"""Prometheus metrics: TensorFlow Serving's own by their names, and what it does not tell.

Labels have the names of models that are served, never what a client wrote, so that nobody can make
them many.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import prometheus_client
from prometheus_client import core, registry

from serving import errors

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MICROS = 1e6
# TensorFlow Serving's buckets, in microseconds: 10 * 1.8^n (`util/prometheus_exporter.cc` shows
# what `servables/tensorflow/util.cc` counts), up to a minute.
_BUCKETS = tuple(10 * 1.8**n for n in range(27))
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """Counts what a server does.

    Attributes:
        registry: What a scrape reads.
    """

    def __init__(self) -> None:
        self.registry = registry.CollectorRegistry()
        prometheus_client.ProcessCollector(registry=self.registry)
        self._requests: dict[tuple[str, str], int] = {}
        self._latencies: dict[tuple[str, ...], prometheus_client.Histogram] = {}
        self.registry.register(_Collector(self._request_counts))
        self._latency = prometheus_client.Histogram(
            ":tensorflow:serving:request_latency",
            "Microseconds from the request's arrival to its answer.",
            ["model_name", "API", "entrypoint"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._runtime = prometheus_client.Histogram(
            ":tensorflow:serving:runtime_latency",
            "Microseconds that the model took for a batch.",
            ["model_name", "signature"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._queuing = prometheus_client.Histogram(
            ":tensorflow:serving:batching_session:queuing_latency",
            "Microseconds that a request waited for its batch.",
            ["model_name", "signature"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._batch_rows = prometheus_client.Histogram(
            "meritline_batch_rows",
            "Rows of a batch.",
            ["model_name", "signature"],
            buckets=_ROWS,
            registry=self.registry,
        )

    @contextlib.contextmanager
    def request(self, model_name: str, api: str, entrypoint: str) -> Iterator[None]:
        """Counts a request, by how it ends.

        Args:
            model_name: A model that is served; empty for one that is not.
            api: Such as `Predict`.
            entrypoint: `REST` or `GRPC`.
        """
        began, status = time.perf_counter(), errors.Code.INTERNAL.name
        try:
            yield
            status = errors.Code.OK.name
        except errors.ServingError as error:
            status = error.code.name
            raise
        except (asyncio.CancelledError, GeneratorExit):  # the client went away
            status = errors.Code.CANCELLED.name
            raise
        finally:
            key = (model_name, status)
            self._requests[key] = self._requests.get(key, 0) + 1
            self._latency_of(model_name, api, entrypoint).observe(
                _MICROS * (time.perf_counter() - began)
            )

    def batch(
        self, model_name: str, signature: str, rows: int, waits: Sequence[float], seconds: float
    ) -> None:
        """Counts a batch: its rows, how long its requests had waited, how long it took."""
        self._batch_rows.labels(model_name, signature).observe(rows)
        self._runtime.labels(model_name, signature).observe(_MICROS * seconds)
        queuing = self._queuing.labels(model_name, signature)
        for wait in waits:
            queuing.observe(_MICROS * wait)

    def _latency_of(self, *labels: str) -> prometheus_client.Histogram:
        """Finds the histogram of some labels, which takes the library long."""
        if labels not in self._latencies:
            self._latencies[labels] = self._latency.labels(*labels)
        return self._latencies[labels]

    def watch(self, collect: Callable[[], Iterable[core.Metric]]) -> None:
        """Asks for further metrics at each scrape."""
        self.registry.register(_Collector(collect))

    def render(self) -> bytes:
        """Writes all of it, as Prometheus reads it."""
        return prometheus_client.generate_latest(self.registry)

    def _request_counts(self) -> Iterator[core.Metric]:
        # prometheus_client would end a counter's name with `_total`, which this one has not.
        counts = core.Metric(":tensorflow:serving:request_count", "Requests.", "untyped")
        for (model_name, status), count in list(self._requests.items()):
            labels = {"model_name": model_name, "status": status}
            counts.add_sample(counts.name, labels, count)
        yield counts


class _Collector(registry.Collector):
    """Calls a function at each scrape."""

    def __init__(self, collect: Callable[[], Iterable[core.Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[core.Metric]:
        """Gives what the function gives."""
        return self._collect()
