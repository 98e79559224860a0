"""The graph of a run as plain data, for a dry run; `create_pipeline` builds the same from TFX."""

import dataclasses
import pathlib

import schemas
from pipeline import config as config_lib

Edge = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Node:
    """One component.

    Attributes:
        id: Its id in TFX.
        what: One line: what it does in this run.
        inputs: What it takes, as (id of the node that makes it, name of the output).
    """

    id: str
    what: str
    inputs: tuple[Edge, ...] = ()


def schema_source(config: config_lib.Config) -> pathlib.Path | None:
    """Finds the curated schema of a run; None where one is inferred from the statistics.

    That is the config's own, or the task's where it describes every column: columns to slice by
    are the user's, and the task's schema knows nothing of them.
    """
    if config.data.schema_path is not None:
        return pathlib.Path(config.data.schema_path).absolute()
    curated = pathlib.Path(schemas.__file__).parent / config.task / "schema.pbtxt"
    return curated if curated.is_file() and not config.evaluate.slices else None


def nodes(config: config_lib.Config) -> list[Node]:
    """Lists the components in the order in which they run."""
    data, split = config.data, config.data.split
    ratio = f"{split.train} : {split.eval} : {split.test}"
    graph = [
        Node("Ingest", f"read {data.path}, split {ratio}"),
        Node("StatisticsGen", "count what each split holds", (("Ingest", "examples"),)),
        _schema(config),
        Node(
            "ExampleValidator",
            "compare the statistics with the schema",
            (("StatisticsGen", "statistics"), ("Schema", "schema")),
        ),
        Node(
            "Transform",
            f"learn {config.tokenizer.vocabulary_size:,} {_UNITS[config.tokenizer.kind]}, tokenize",
            (("Ingest", "examples"), ("Schema", "schema")),
        ),
        Node(
            "Trainer",
            f"train {_count(config.model.num_layers, 'layer')} of {config.model.hidden_dim} "
            f"for up to {_count(config.train.epochs, 'epoch')}",
            (
                ("Transform", "transformed_examples"),
                ("Transform", "transform_graph"),
            ),
        ),
        Node("latest_blessed", "find the model to beat"),
        Node(
            "Evaluator",
            "judge the model on the test split",
            (("Ingest", "examples"), ("Trainer", "model"), ("latest_blessed", "model")),
        ),
    ]
    if config.push.enabled:
        pusher = (("Trainer", "model"), ("Evaluator", "blessing"))
        graph.append(Node("Pusher", "copy a blessed model to where it is served", pusher))
    return graph


_UNITS = {"wordpiece": "word pieces", "words": "words"}


def _schema(config: config_lib.Config) -> Node:
    source = schema_source(config)
    if source is None:
        inputs = (("StatisticsGen", "statistics"),)
        return Node("Schema", "infer the schema from the statistics", inputs)
    project = config_lib.PROJECT
    shown = source.relative_to(project) if source.is_relative_to(project) else source
    return Node("Schema", f"take {shown}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
