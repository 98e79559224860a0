"""The command line: `meritline compile`. TFX is imported only once all has been checked."""

import logging
import os
import pathlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from pipeline import config as config_lib
from pipeline import config_options, errors, failure, preflight, quiet
from pipeline.remote import request

_HELP = {"help_option_names": ["-h", "--help"]}


@click.command("compile", context_settings=_HELP)
@config_options.add_config
@click.option(
    "--target",
    type=click.Choice([request.VERTEX, request.KUBEFLOW]),
    default=request.VERTEX,
    show_default=True,
    help="What is to run it.",
)
@click.option(
    "--image",
    metavar="IMAGE",
    default="meritline",
    show_default=True,
    help="The container image of every component.",
)
@click.option(
    "--pipeline-root",
    "root",
    metavar="URI",
    required=True,
    help="Where its runs put what they make.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    help="The file to write.  [default: pipeline.json, or pipeline.yaml for kubeflow]",
)
@click.option("--submit", is_flag=True, help="Hand it to the backend, too.")
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    help="With --submit: a runtime parameter. May be given again.",
)
@click.option("--project", help="With --submit to vertex: the Google Cloud project.")
@click.option("--region", help="With --submit to vertex: where it runs, such as europe-west4.")
@click.option("--service-account", help="With --submit to vertex: what it runs as.")
@click.option("--host", help="With --submit to kubeflow: address of its API.")
def compile_(
    target: str,
    image: str,
    root: str,
    output: pathlib.Path | None,
    submit: bool,
    parameters: tuple[str, ...],
    project: str | None,
    region: str | None,
    service_account: str | None,
    host: str | None,
    **given: Any,
) -> None:
    """Compile the pipeline of a config for Vertex AI or Kubeflow Pipelines, and submit it.

    \b
    meritline compile my.yaml --image IMAGE --pipeline-root gs://BUCKET/pipelines
    meritline compile my.yaml --image IMAGE --pipeline-root gs://BUCKET/pipelines --submit \\
        --project PROJECT --region europe-west4 --parameter epochs=3
    meritline compile --pipeline-root /tmp/compiled
    meritline run --compiled pipeline.json

    Exit status: 0 compiled, and submitted if that was asked; 1 crashed, or refused by the backend;
    2 the config or the command line is wrong.
    """  # noqa: D301 - click takes a backspace alone on a line to mean: do not wrap what follows
    usual = "pipeline.json" if target == request.VERTEX else "pipeline.yaml"
    asked = request.Asked(target, image, root, output or pathlib.Path(usual))
    try:
        if parameters and not submit:
            raise click.UsageError("--parameter needs --submit.")
        config = config_options.read(**given)
        request.check(config, asked)
        preflight.check_files(config)
        status = _compile(config, asked)
        if submit and not status:
            to = (project, region, service_account) if target == request.VERTEX else (host,)
            status = _submit(config.name, asked, parameters, to)
        sys.exit(status)
    except errors.ConfigError as error:
        config_options.refuse(*error.problems)


def _compile(config: config_lib.Config, asked: request.Asked) -> int:
    log = asked.output.with_suffix(".log")
    try:
        with quiet.to_log(log):
            told = _compiled(config, asked)
    except OSError as error:
        raise errors.ConfigError(
            "`--output` must be a file that can be written. "
            f"Received: {asked.output} ({error.strerror})"
        ) from error
    except Exception as error:  # noqa: BLE001 - whatever it is, the log has it
        click.echo(f"error: {failure.explain(error).message}\nlog: {log}", err=True)
        return errors.ExitStatus.CRASHED
    log.unlink()
    click.echo(f"Compiled   {asked.output}, to run on {asked.target} in the image {asked.image}")
    click.echo("Parameters")
    for name, value in told.items():
        click.echo(f"  {name}={value}")
    return 0


def _compiled(config: config_lib.Config, asked: request.Asked) -> dict[str, Any]:
    """Compiles; what fails is in the log with its traceback."""
    from pipeline.remote import compiling

    try:
        return compiling.compile_pipeline(config, asked)
    except Exception:
        logging.getLogger(__name__).exception("It was not compiled.")
        raise


def _submit(
    name: str, asked: request.Asked, parameters: Sequence[str], to: Sequence[str | None]
) -> int:
    from pipeline.remote import submitting
    from pipeline.spec_runner import job
    from pipeline.spec_runner import parameters as parameters_lib

    values = parameters_lib.read(job.read(asked.output), parameters)
    submit = submitting.to_vertex if asked.target == request.VERTEX else submitting.to_kubeflow
    try:
        with quiet.to_log(os.devnull):  # which warns of the versions of Python and of itself
            submitted = submit(asked.output, name, values, *to)
    except submitting.SubmitError as error:
        click.echo(f"error: {error}", err=True)
        return errors.ExitStatus.CRASHED
    click.echo(f"Submitted  {submitted}")
    return 0
