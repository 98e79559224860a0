"""What backends are told, through stand-ins of their clients."""

import pathlib
import sys
import types
from typing import Any

import pytest
from google.api_core import exceptions as api_exceptions
from google.auth import exceptions as auth_exceptions
from google.cloud import aiplatform

from pipeline import errors
from pipeline.remote import submitting

_PATH = pathlib.Path("p.json")


class _Job:
    """Keeps what it is told; fails as it is told."""

    told: dict[str, Any] = {}  # noqa: RUF012 - set anew by each job
    error: Exception | None = None
    resource_name = "projects/1/locations/europe-west4/pipelineJobs/reviews-7"

    def __init__(self, **told: Any) -> None:
        type(self).told = told

    def submit(self, **told: Any) -> None:
        if self.error:
            raise self.error
        self.told.update(told)


def _to_vertex() -> str:
    values = {"epochs": 2}
    return submitting.to_vertex(_PATH, "reviews", values, "mine", "europe-west4", "robot@mine")


def test_vertex_is_told_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiplatform, "PipelineJob", _Job)
    assert _to_vertex() == _Job.resource_name
    assert _Job.told == {
        "display_name": "reviews",
        "template_path": "p.json",
        "parameter_values": {"epochs": 2},
        "project": "mine",
        "location": "europe-west4",
        "service_account": "robot@mine",
    }


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (
            auth_exceptions.DefaultCredentialsError("none\nfound"),
            errors.ConfigError,
            "`--submit` needs credentials of Google Cloud: .*Received: none found",
        ),
        (OSError("no project"), errors.ConfigError, "`--submit` needs `--project`"),
        (
            api_exceptions.PermissionDenied("not you"),
            submitting.SubmitError,
            "Vertex AI did not take it: 403 not you",
        ),
    ],
)
def test_why_vertex_did_not_take_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], told: str
) -> None:
    monkeypatch.setattr(aiplatform, "PipelineJob", _Job)
    monkeypatch.setattr(_Job, "error", error)
    with pytest.raises(kind, match=told) as caught:
        _to_vertex()
    assert "\n" not in str(caught.value)


class _Client:
    """Keeps what it is told."""

    told: tuple[Any, ...] = ()

    def __init__(self, host: str | None) -> None:
        self._host = host

    def create_run_from_pipeline_package(self, path: str, **told: Any) -> Any:
        if self._host is None:
            raise ConnectionError("no cluster")
        type(self).told = (self._host, path, told)
        return types.SimpleNamespace(run_id="run-7")


def test_kubeflow_is_told_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kfp.client", types.SimpleNamespace(Client=_Client))
    assert submitting.to_kubeflow(_PATH, "reviews", {"epochs": 2}, "http://k") == "run-7"
    told = {"arguments": {"epochs": 2}, "run_name": "reviews"}
    assert _Client.told == ("http://k", "p.json", told)
    with pytest.raises(submitting.SubmitError, match="did not take it: no cluster"):
        submitting.to_kubeflow(_PATH, "reviews", {}, None)


def test_a_client_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kfp.client", None)
    with pytest.raises(errors.ConfigError, match="install the extra `kubeflow`"):
        submitting.to_kubeflow(_PATH, "reviews", {}, None)
