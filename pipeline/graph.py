"""The graph of a run as plain data, for a dry run; `create_pipeline` builds the same from TFX."""

import dataclasses
import pathlib

import schemas
from components.trial.settings import TRANSFORMER
from pipeline import config as config_lib
from schemas import features, tasks, tokens
from trainer.tuning import config as tuning_config

Edge = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Node:
    """One component.

    Attributes:
        id: Its id in TFX.
        what: One line: what it does in this run.
        inputs: What it takes, as (id of the node that makes it, name of the output).
        after: Ids of nodes that it takes nothing from, but must not run before.
    """

    id: str
    what: str
    inputs: tuple[Edge, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def needs(self) -> frozenset[str]:
        """Ids of the nodes that have to end well before it runs."""
        return frozenset(self.after) | {source for source, _ in self.inputs}


def schema_source(config: config_lib.Config) -> str | None:
    """Finds the curated schema of a run, a path or a URI; None where one is inferred.

    That is the config's own, or the task's where it describes every column: columns to slice by
    and those to keep are the user's, and the task's schema knows nothing of them, nor of a text or
    target beyond the fewest that the task has.
    """
    if config.data.schema_uri is not None:
        return config.data.schema_uri
    curated = pathlib.Path(schemas.__file__).parent / config.task / "schema.pbtxt"
    columns_of_ones_own = config.evaluate.slices or config.data.keep
    settings, contract = config.task_settings, tasks.contract(config.task)
    texts = (features.TEXT, features.TEXT_PAIR)[: contract.min_texts]
    targets = () if contract.max_targets == 0 else (features.LABEL,)
    if (settings.texts, settings.targets) != (texts, targets):
        return None
    return str(curated) if curated.is_file() and not columns_of_ones_own else None


def nodes(config: config_lib.Config) -> list[Node]:
    """Lists the components in the order in which they run."""
    init_from = config.model.init_from
    start = [Node("Pretrained", f"take the model of {init_from}")] if init_from else []
    base = tuple((node.id, "model") for node in start)
    learn = "take its" if init_from else f"learn {config.tokenizer.vocabulary_size:,}"
    graph = [
        Node("Config", "note config, versions and code"),
        Node("Ingest", _reading(config.data)),
        Node("StatisticsGen", "count what each split holds", (("Ingest", "examples"),)),
        _schema(config),
        Node(
            "ExampleValidator",
            "compare statistics with the schema",
            (("StatisticsGen", "statistics"), ("Schema", "schema")),
        ),
        Node("latest_blessed", "find the model to beat"),
        Node(
            "DataGate",
            "stop here if the data is not fit",
            (
                *(("Ingest", "examples"), ("Ingest", "quarantine")),
                *(("StatisticsGen", "statistics"), ("StatisticsGen", "text_statistics")),
                *(("Schema", "schema"), ("ExampleValidator", "anomalies")),
                ("latest_blessed", "model"),
            ),
        ),
        *start,
        Node(
            "Transform",
            f"{learn} {_UNITS[config.tokenizer.kind]}, tokenize",
            (("Ingest", "examples"), ("Schema", "schema"), *base),
            after=("DataGate",),
        ),
        *(_tuning(config, candidate, base) for candidate in tuned(config)),
        *(_training(config, *training, base) for training in trainings(config)),
        *_cross_validation(config, base),
        *_trial(config),
        Node(
            "Evaluator",
            "judge the model on the test split",
            (("Ingest", "examples"), (judged(config), "model"), ("latest_blessed", "model")),
        ),
    ]
    probed = (("Probe", "probe"),) if config.probe.enabled else ()
    if probed:
        tried = ((judged(config), "model"), ("Evaluator", "evaluation"))
        graph.append(Node("Probe", "try the model as clients will", tried))
    graph.append(_report(config, probed))
    if config.push.enabled:
        blessings = [("Evaluator", "blessing"), *((node, "blessing") for node, _ in probed)]
        pusher = ((judged(config), "model"), *blessings, ("Report", "report"), *probed)
        graph.append(Node("Pusher", "put a blessed model where it serves", pusher))
    return graph


def judged(config: config_lib.Config) -> str:
    """Names the node whose model goes on to the Evaluator."""
    return "Trial" if config.rivals else "Trainer"


def trainer_id(candidate: str, seed: int) -> str:
    """Names the node that trains a candidate of the trial with a seed, the first of which is 1."""
    first = "Trainer" if candidate == TRANSFORMER else f"Trainer_{candidate}"
    return first if seed == 1 else f"{first}_{seed}"


def tuner_id(candidate: str) -> str:
    """Names the node that searches for better settings of a candidate."""
    return "Tuner" if candidate == TRANSFORMER else f"Tuner_{candidate}"


def tuned(config: config_lib.Config) -> tuple[str, ...]:
    """Lists whose settings are searched before they are trained; nothing without `tune`."""
    return (TRANSFORMER, *config.rivals) if config.tune else ()


def validated(config: config_lib.Config) -> tuple[str, ...]:
    """Lists whom a cross-validation judges, the transformer first."""
    return (TRANSFORMER, *config.rivals)


def candidates(config: config_lib.Config) -> list[tuple[str, int]]:
    """Lists what a trial compares, by candidate and seed; nothing where there are no rivals."""
    names = (TRANSFORMER, *config.rivals) if config.rivals else ()
    return [(name, seed) for name in names for seed in range(1, config.trial.seeds + 1)]


def trainings(config: config_lib.Config) -> list[tuple[str, int]]:
    """Lists what is trained, by candidate and seed; every candidate once before any again."""
    return sorted(candidates(config) or [(TRANSFORMER, 1)], key=lambda training: training[1] > 1)


def _training(config: config_lib.Config, candidate: str, seed: int, base: tuple[Edge, ...]) -> Node:
    """Trains a candidate. All take the same, but that a rival starts from no other model."""
    transformer = candidate == TRANSFORMER
    if seed > 1:
        number = config.train.seed + seed - 1
        what = f"train the {'' if transformer else 'rival '}{candidate} with seed {number}"
    else:
        layers = f"{_count(config.model.num_layers, 'layer')} of {config.model.hidden_dim}"
        epochs = _count(config.train.epochs, "epoch")
        what = f"train {layers if transformer else f'the rival {candidate}'}, up to {epochs}"
    inputs = (
        *(("Transform", "transformed_examples"), ("Transform", "transform_graph")),
        *(("StatisticsGen", "statistics"), ("StatisticsGen", "text_statistics")),
        *(base if transformer else ()),
        *(((tuner_id(candidate), "best_hyperparameters"),) if config.tune else ()),
    )
    return Node(trainer_id(candidate, seed), what, inputs)


def _tuning(config: config_lib.Config, candidate: str, base: tuple[Edge, ...]) -> Node:
    """Searches for better settings of a candidate; all have the same budget."""
    tune = config.tune or tuning_config.TuneConfig.model_validate({})
    transformer = candidate == TRANSFORMER
    keys = (tune.space if transformer else tune.rivals[candidate]) or {}
    epochs = _count(tune.epochs or config.train.epochs, "epoch")
    what = (
        f"search {', '.join(keys)}{'' if transformer else f' of the rival {candidate}'} in "
        f"{_count(tune.trials, 'trial')} of up to {epochs}, {tune.method}"
    )
    inputs = (
        *(("Transform", "transformed_examples"), ("Transform", "transform_graph")),
        *(base if transformer else ()),
    )
    return Node(tuner_id(candidate), what, inputs)


def _cross_validation(config: config_lib.Config, base: tuple[Edge, ...]) -> list[Node]:
    """Validates the candidates on folds of the train split, where the config has such."""
    if not config.evaluate.folds:
        return []
    names = validated(config)
    what = (
        f"train {' and '.join(names) if len(names) < 3 else _count(len(names), 'candidate')} anew "
        f"for each of {config.evaluate.folds} folds of the train split"
    )
    inputs = (
        *(("Ingest", "examples"), ("Schema", "schema"), ("Transform", "transform_graph"), *base),
        *((tuner_id(candidate), "best_hyperparameters") for candidate in tuned(config)),
    )
    return [Node("CrossValidation", what, inputs)]


def _trial(config: config_lib.Config) -> list[Node]:
    """Compares the candidates, where there are rivals."""
    models = tuple((trainer_id(*candidate), "model") for candidate in candidates(config))
    if not models:
        return []
    data = (("Ingest", "examples"), ("Transform", "transform_graph"))
    what = f"compare the transformer with {_count(len(config.rivals), 'rival')} on the test split"
    return [Node("Trial", what, (*data, *models))]


def _report(config: config_lib.Config, probed: tuple[Edge, ...]) -> Node:
    """Takes from all that came before what people want to know."""
    inputs = (
        *(("Ingest", "examples"), ("StatisticsGen", "text_statistics")),
        *((judged(config), "model"), ("Evaluator", "evaluation")),
        *((("Trial", "trial"),) if config.rivals else ()),
        *probed,
        *((tuner_id(candidate), "search") for candidate in tuned(config)),
        *((("CrossValidation", "folds"),) if config.evaluate.folds else ()),
    )
    return Node("Report", "write the page of the run", inputs)


def _reading(data: config_lib.DataConfig) -> str:
    """Says what is read, and how it is dealt out."""
    files = " + ".join(data.given().values())
    split = data.split
    by = f" by {split.group or split.time}" if split.group or split.time else ""
    return f"read {files}, split {split.train}:{split.eval}:{split.test}{by}"


_UNITS = {
    "wordpiece": "word pieces",
    "words": "words",
    "characters": "characters",
    **dict.fromkeys(tokens.OF_BYTES, "pieces of bytes"),
}


def _schema(config: config_lib.Config) -> Node:
    source = schema_source(config)
    if source is None:
        inputs = (("StatisticsGen", "statistics"),)
        return Node("Schema", "infer the schema from the statistics", inputs)
    return Node("Schema", f"take {source.removeprefix(f'{config_lib.PROJECT}/')}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
