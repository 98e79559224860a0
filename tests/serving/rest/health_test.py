"""Whether it lives and answers, and what Prometheus is told."""

import http.client
import pathlib
import re

from tests.serving import tiny


def _metrics(client: tiny.Client) -> dict[str, float]:
    """Reads all samples by name and labels."""
    status, body = client.send("GET", "/monitoring/prometheus/metrics")
    assert status == 200
    lines = (line for line in body.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_it_is_ready_once_there_is_a_version(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    settings = tiny.settings(tmp_path, health_route="/vertex")
    with tiny.serving(settings, ready=False) as server:
        client = tiny.Client(server.port)
        assert client.get("/healthz") == (200, {"live": True})
        for path in ("/readyz", "/v2/health/ready", "/vertex"):
            assert client.get(path) == (503, {"error": "No version is available yet of: tiny"})
        assert client.get("/v2/models/tiny/ready")[0] == 404
        assert client.get("/v1/models/tiny") == (
            404,
            {"error": "Could not find any versions of model tiny"},
        )
        tiny.put(saved, tmp_path, 1)
        tiny.wait_for(server.models.is_ready)
        assert client.get("/readyz") == (200, {"ready": True})
        client.close()


def test_metrics_are_text_as_prometheus_reads_it(base_path: pathlib.Path) -> None:
    with tiny.serving(tiny.settings(base_path)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("GET", "/monitoring/prometheus/metrics")
        response = connection.getresponse()
        assert response.getheader("content-type", "").startswith("text/plain; version=0.0.4")
        connection.close()


def test_metrics_count_requests_and_batches(base_path: pathlib.Path) -> None:
    with tiny.serving(tiny.settings(base_path)) as server:
        client = tiny.Client(server.port)
        for body in ({"instances": ["a", "b"]}, {"instances": ["c"]}, {"instances": [1]}):
            client.post("/v1/models/tiny:predict", body)
        for name in ("unheard", "of"):
            client.post(f"/v1/models/{name}:predict", {"instances": ["a"]})
        seen = _metrics(client)
        client.close()
    count = ":tensorflow:serving:request_count"
    assert seen[f'{count}{{model_name="tiny",status="OK"}}'] == 2
    assert seen[f'{count}{{model_name="tiny",status="INVALID_ARGUMENT"}}'] == 1
    # Names that clients make up are no labels.
    assert seen[f'{count}{{model_name="",status="NOT_FOUND"}}'] == 2
    assert not [name for name in seen if re.search("unheard", name)]
    latency = ":tensorflow:serving:request_latency_count"
    assert seen[f'{latency}{{API="Predict",entrypoint="REST",model_name="tiny"}}'] == 3
    batch = 'meritline_batch_rows_sum{model_name="tiny",signature="serving_default"}'
    assert seen[batch] == 3
    assert seen['meritline_version_state{model_name="tiny",version="123"}'] == 30
    assert seen['meritline_waiting_rows{model_name="tiny"}'] == 0
