"""What a pipeline is compiled for, and what it has to keep to there. Imports no TFX."""

import dataclasses
import pathlib
from collections.abc import Iterator

from pipeline import config as config_lib
from pipeline import data_section, errors, graph
from pipeline.remote import resources

VERTEX, KUBEFLOW = "vertex", "kubeflow"
YAML = (".yaml", ".yml")


@dataclasses.dataclass(frozen=True)
class Asked:
    """How to compile.

    Attributes:
        target: `vertex` or `kubeflow`.
        image: The container image in which every component runs.
        root: The pipeline root, a URI or, where it is run on this machine, a path.
        output: The file to write: a PipelineJob as JSON, or the spec alone as YAML.
    """

    target: str
    image: str
    root: str
    output: pathlib.Path


def check(config: config_lib.Config, asked: Asked) -> None:
    """Checks what only a pipeline that leaves this machine has to keep to.

    Raises:
        ConfigError: If anything is wrong; one line for each problem.
    """
    problems = list(_problems(config, asked))
    if problems:
        raise errors.ConfigError(problems)


def _problems(config: config_lib.Config, asked: Asked) -> Iterator[str]:
    # What finds the model to beat is the backend's own, and has no machine.
    ids = [node.id for node in graph.nodes(config) if node.id != "latest_blessed"]
    yield from resources.problems(config.resources, ids)
    yield from _worker_problems(config, asked)
    if config.model.init_from is not None:
        yield (
            "`model.init_from` must be null in a compiled pipeline, which has no workspace to take "
            f"a model from. Received: {config.model.init_from}"
        )
    if asked.target == KUBEFLOW and asked.output.suffix not in YAML:
        yield (
            "`--output` must be a .yaml file, which is what Kubeflow Pipelines takes. "
            f"Received: {asked.output}"
        )
    if not data_section.is_uri(asked.root):
        if not pathlib.PurePath(asked.root).is_absolute():
            yield f"`--pipeline-root` must be a URI or an absolute path. Received: {asked.root}"
        return
    schema = config.data.schema_path
    for key, path in (*config.data.given().items(), ("data.schema", schema)):
        if path is not None and not data_section.is_uri(path) and not _in_image(key, path):
            yield (
                f"`{key}` must be a URI where `--pipeline-root` is one, since no other machine has "
                f"the files of this one. Received: {path}"
            )


def _worker_problems(config: config_lib.Config, asked: Asked) -> Iterator[str]:
    """Yields what is wrong with nodes that are to have several machines."""
    for name, each in config.resources.items():
        if each.workers == 1:
            continue
        if name.partition("_")[0] != "Trainer" or config.train.strategy != "multi_worker":
            yield (
                f"`resources.{name}.workers` is of a Trainer with `train.strategy` multi_worker. "
                f"Received: {each.workers}"
            )
        elif asked.target != VERTEX:
            yield f"`resources.{name}.workers` is of the target vertex. Received: {asked.target}"


def _in_image(key: str, path: str) -> bool:
    """Tells whether a file is one of the project's own, which the image has."""
    return key == "data.schema" and pathlib.PurePath(path).is_relative_to(config_lib.PROJECT)
