"""Hands a compiled pipeline to its backend, with the user's own credentials."""

import importlib
import pathlib
from collections.abc import Mapping
from typing import Any

from pipeline import errors

_LOGIN = "`gcloud auth application-default login`, or GOOGLE_APPLICATION_CREDENTIALS"


class SubmitError(Exception):
    """The backend has refused a pipeline, or cannot be reached."""


def to_vertex(
    path: pathlib.Path,
    name: str,
    values: Mapping[str, Any],
    project: str | None,
    region: str | None,
    service_account: str | None,
) -> str:
    """Submits to Vertex AI Pipelines.

    Args:
        path: The PipelineJob.
        name: Shown there.
        values: The runtime parameters.
        project: The Google Cloud project; None takes that of the credentials.
        region: Such as `europe-west4`; None takes the client's default.
        service_account: What the job runs as; None takes the project's default.

    Returns:
        The job's resource name.

    Raises:
        ConfigError: If there are no credentials or no project.
        SubmitError: If Vertex AI refuses it or cannot be reached.
    """
    from google.api_core import exceptions as api_exceptions
    from google.auth import exceptions as auth_exceptions
    from google.cloud import aiplatform

    try:
        job = aiplatform.PipelineJob(
            display_name=name,
            template_path=str(path),
            parameter_values=dict(values),
            project=project,
            location=region,
        )
        job.submit(service_account=service_account)
    except auth_exceptions.GoogleAuthError as error:
        raise errors.ConfigError(
            f"`--submit` needs credentials of Google Cloud: {_LOGIN}. Received: {_line(error)}"
        ) from error
    except OSError as error:  # that there is no project is one
        raise errors.ConfigError(
            f"`--submit` needs `--project` and credentials: {_LOGIN}. Received: {_line(error)}"
        ) from error
    except (api_exceptions.GoogleAPIError, ValueError, RuntimeError) as error:
        raise SubmitError(f"Vertex AI did not take it: {_line(error)}") from error
    return str(job.resource_name)


def to_kubeflow(path: pathlib.Path, name: str, values: Mapping[str, Any], host: str | None) -> str:
    """Submits to Kubeflow Pipelines.

    Args:
        path: The spec, as YAML.
        name: The run's.
        values: The runtime parameters.
        host: Address of its API; None takes that of the cluster that kubectl is set up for.

    Returns:
        The id of the run.

    Raises:
        ConfigError: If its client is not installed.
        SubmitError: If it refuses it or cannot be reached.
    """
    try:
        client = importlib.import_module("kfp.client")
    except ImportError as error:
        raise errors.ConfigError(
            "`--submit` to Kubeflow Pipelines needs its client: install the extra `kubeflow`. "
            f"Received: {_line(error)}"
        ) from error
    try:
        run = client.Client(host=host).create_run_from_pipeline_package(
            str(path), arguments=dict(values), run_name=name
        )
    except Exception as error:  # the client raises errors of whatever it is built upon
        raise SubmitError(f"Kubeflow Pipelines did not take it: {_line(error)}") from error
    return str(run.run_id)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
