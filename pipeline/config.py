"""All that a user may set: one YAML file, read into frozen typed sections. Imports no TensorFlow.

Paths in a config are taken from the current directory, as on a command line; those of a preset that
comes with the project are taken from the project's own directory.
"""

import hashlib
import json
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic
import yaml

from components.data_gate import config as data_gate_config
from components.ingest import formats
from components.probe import config as probe_config
from components.transform import config as transform_config
from components.trial import config as trial_config
from pipeline import (
    beam_section,
    config_errors,
    data_section,
    errors,
    metadata_section,
    sections,
    strict_yaml,
    task_settings,
    tune_section,
    tune_space,
)
from pipeline import overrides as overrides_lib
from pipeline.remote import resources as resources_lib
from schemas import metrics as metrics_lib
from schemas import tasks
from trainer import config as trainer_config
from trainer import rivals as rivals_lib
from trainer.tuning import config as tuning_config

PROJECT = pathlib.Path(__file__).resolve().parents[1]
PRESETS = PROJECT / "pipeline" / "presets"

# The names by which other modules know the sections.
DataConfig = data_section.DataConfig
EvaluateConfig = sections.EvaluateConfig
ServeConfig = sections.ServeConfig
PushConfig = sections.PushConfig

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_BEAM_NODES = ("Ingest", "StatisticsGen", "Transform", "Evaluator")
_PATH_KEYS = ("path", "train", "eval", "test", "schema")  # of `data`
_GLOB = re.compile(r"\[[^]]*\]|[*?]")


class Config(trainer_config.Section):
    """One run, whole.

    Attributes:
        name: Names the workspace's directory and the served model.
        task: What is learned from the text.
        data: The files, and what their columns mean.
        validate_section: The checks of the data, written `validate:`.
        tokenizer: How text becomes token ids.
        model: The shape of the model.
        train: How the model is trained.
        rivals: Cheaper models that are trained beside it on the same examples; none turns that off.
        rival_settings: The shape of each rival, and how fast it learns.
        tune: How better settings are searched, of the model and of each rival; null searches none.
        trial: How the transformer is compared with its rivals, and who goes on.
        evaluate: What the model must reach to be blessed.
        probe: How the model is tried before it is pushed.
        serve: How the exported model finds its answers.
        push: What happens to a blessed model.
        metadata: The database of runs.
        beam: What runs Beam's pipelines, for all nodes and for each.
        resources: Node to what its machine has, where a backend runs the compiled pipeline.
    """

    # `validate` is a method of pydantic's own, so the attribute needs another name than the key.
    model_config = pydantic.ConfigDict(serialize_by_alias=True)

    name: str
    task: str = "classification"
    data: data_section.DataConfig
    validate_section: data_gate_config.ValidateConfig = pydantic.Field(
        data_gate_config.ValidateConfig.model_validate({}), alias="validate"
    )
    tokenizer: transform_config.TokenizerConfig = transform_config.TokenizerConfig.model_validate(
        {}
    )
    model: trainer_config.ModelConfig = trainer_config.ModelConfig.model_validate({})
    train: trainer_config.TrainConfig = trainer_config.TrainConfig.model_validate({})
    rivals: tuple[str, ...] = ()
    rival_settings: rivals_lib.RivalSettings = rivals_lib.RivalSettings.model_validate({})
    tune: tuning_config.TuneConfig | None = None
    trial: trial_config.TrialConfig = trial_config.TrialConfig.model_validate({})
    evaluate: sections.EvaluateConfig = sections.EvaluateConfig.model_validate({})
    probe: probe_config.ProbeConfig = probe_config.ProbeConfig.model_validate({})
    serve: sections.ServeConfig = sections.ServeConfig.model_validate({})
    push: sections.PushConfig = sections.PushConfig.model_validate({})
    metadata: metadata_section.MetadataConfig = metadata_section.MetadataConfig.model_validate({})
    beam: beam_section.BeamConfig = beam_section.BeamConfig.model_validate({})
    resources: dict[str, resources_lib.Resources] = pydantic.Field(default_factory=dict)

    @pydantic.field_validator("name")
    @classmethod
    def _name_is_slug(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(
                "`name` must be 1 to 63 of a-z, 0-9, `-` and `_`, the first a letter or digit. "
                f"Received: {config_errors.show(name)}"
            )
        return name

    @pydantic.field_validator("task")
    @classmethod
    def _task_is_known(cls, task: str) -> str:
        if task not in tasks.names():
            known = ", ".join(tasks.names())
            raise ValueError(f"`task` must be one of {known}. Received: {config_errors.show(task)}")
        return task

    @pydantic.field_validator("rivals")
    @classmethod
    def _rivals_differ(cls, rivals: tuple[str, ...]) -> tuple[str, ...]:
        config_errors.refuse_repeated("rivals", rivals)
        return rivals

    @pydantic.model_validator(mode="after")
    def _evaluate_as_the_task_does(self) -> "Config":
        bounds = tasks.contract(self.task).bounds(self.task_settings)
        usual = {"floor": dict(bounds.floor), "metric": bounds.metric}
        missing = {k: v for k, v in usual.items() if k not in self.evaluate.model_fields_set}
        # The model is frozen, though not yet finished.
        self.__dict__["evaluate"] = self.evaluate.model_copy(update=missing)
        return self

    @pydantic.model_validator(mode="after")
    def _validate_as_the_task_does(self) -> "Config":
        checks = self.validate_section
        needless = set(tasks.contract(self.task).needless_checks) - checks.model_fields_set
        off = {name: getattr(checks, name).model_copy(update={"level": "off"}) for name in needless}
        self.__dict__["validate_section"] = checks.model_copy(update=off)
        return self

    @pydantic.model_validator(mode="after")
    def _serve_as_the_task_does(self) -> "Config":
        usual = tasks.contract(self.task).serving
        missing = {k: v for k, v in usual.items() if getattr(self.serve, k) is None}
        self.__dict__["serve"] = self.serve.model_copy(update=missing)
        return self

    @pydantic.model_validator(mode="after")
    def _sections_agree(self) -> "Config":
        problems = [
            *sections.task_problems(self.task_settings, self.data, self.train),
            *sections.tokenizer_problems(self.task_settings, self.tokenizer),
            *sections.serve_problems(self.task_settings, self.serve),
            *sections.start_problems(self.task_settings, self.model, self.train, self.tokenizer),
            *sections.rival_problems(self.task, self.rivals),
            *sections.trial_problems(self.task_settings, self.data, self.rivals, self.trial),
            *sections.format_problems(self.task, self.data),
            *sections.slice_problems(self.data, self.evaluate),
            *sections.fold_problems(self.data, self.evaluate),
            *sections.bound_problems(self.task_settings, self.evaluate),
            *beam_section.problems(self.beam.nodes, _BEAM_NODES),
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @pydantic.model_validator(mode="after")
    def _tune_as_the_task_does(self) -> "Config":
        if self.tune is None:
            return self
        try:
            resolved = tune_section.resolve(
                self.tune, self.task_settings, self.train, self.tuned, self.evaluate.metric
            )
        except tune_space.Problems as error:
            raise ValueError(str(error)) from error
        self.__dict__["tune"] = resolved
        return self

    @property
    def tuned(self) -> list[tune_space.Candidate]:
        """Whose settings are searched, where `tune` is there."""
        return tune_section.candidates(
            self.task, self.model, self.train, self.rivals, self.rival_settings
        )

    @property
    def task_settings(self) -> tasks.Settings:
        """What the task is told of the data."""
        return task_settings.of(self.task, self.data, self.tokenizer, self.serve)

    @property
    def metrics(self) -> Mapping[str, metrics_lib.Metric]:
        """The metrics that judge the model."""
        return tasks.contract(self.task).metrics(self.task_settings)


def load(
    path: str | pathlib.Path, overrides: Sequence[str | overrides_lib.Override] = ()
) -> Config:
    """Reads a config file.

    Args:
        path: The YAML file.
        overrides: Values above the file's, as after `--set`.

    Raises:
        ConfigError: If anything about the file or the overrides is wrong; a line for each problem.
    """
    path = pathlib.Path(path)
    document = strict_yaml.read(path)
    if path.resolve().parent == PRESETS:
        document = _from_project(document)
    return _validate(overrides_lib.apply(document, overrides))


def from_columns(
    data: str,
    text: str = "text",
    label: str = "label",
    overrides: Sequence[str | overrides_lib.Override] = (),
) -> Config:
    """Makes the config of a table that the user brings, with defaults for all the rest.

    Args:
        data: A file, a directory, a pattern or a URI; the run is named after it.
        text: The column with the text.
        label: The column with the label.
        overrides: Values above these, as after `--set`.

    Raises:
        ConfigError: If anything about them is wrong; a line for each problem.
    """
    values = {"name": _slug(data), "data": {"path": data, "text": text, "label": label}}
    origins: dict[strict_yaml.KeyPath, str] = {
        ("data", "path"): "--data",
        ("data", "text"): "--text",
        ("data", "label"): "--label",
    }
    document = strict_yaml.Document("command line", values, origins)
    return _validate(overrides_lib.apply(document, overrides))


def dump(config: Config) -> str:
    """Renders every value, defaults included, as YAML that `load` reads back to an equal config."""
    return yaml.safe_dump(
        config.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
    )


def digest(config: Config) -> str:
    """Computes the SHA-256 of every value, in hex; the order of keys does not matter."""
    canonical = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _validate(document: strict_yaml.Document) -> Config:
    """Makes the config of a document, or tells all that is wrong with it."""
    values = dict(document.values)
    for name, field in Config.model_fields.items():
        # A section left out, or with all of its keys commented out, has its defaults.
        key = field.alias or name
        if config_errors.is_section(field.annotation) and values.get(key) is None:
            values[key] = {}
    try:
        return Config.model_validate(values)
    except pydantic.ValidationError as error:
        # No chaining: the lines below say all that the long report does.
        raise errors.ConfigError(config_errors.lines(error, document, Config)) from None


def _from_project(document: strict_yaml.Document) -> strict_yaml.Document:
    """Makes a preset's paths hold in any current directory."""
    if pathlib.Path.cwd() == PROJECT:
        return document
    paths: list[Any] = []
    for key in _PATH_KEYS:
        value = document.values["data"].get(key)
        if value is not None:
            paths.append(overrides_lib.Override(("data", key), str(PROJECT / value), "preset"))
    return overrides_lib.apply(document, paths)


def _slug(path: str) -> str:
    """Makes a name of what a path names: `My Reviews.csv` becomes `my-reviews`."""
    stem = _stem(path).lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", stem).strip("-_")[:63]
    if slug and stem.isascii():
        return slug
    # Names in another script would all come out alike, and share one workspace.
    mark = hashlib.sha256(stem.encode(errors="surrogateescape")).hexdigest()[:6]
    return f"{slug[:56] or 'table'}-{mark}"


def _stem(path: str) -> str:
    """Returns the part of a path that says most: `a/reviews-*.csv.gz` gives `reviews-`."""
    file = pathlib.Path(path)
    if not data_section.is_uri(path):
        file = file.absolute()  # `.` has a name of its own
        if file.is_dir():
            return file.name
        if file.exists():
            return _without_extension(file.name)  # what exists is no pattern
    for part in reversed(file.parts):
        whole = _without_extension(part) if part == file.name else part
        plain = _GLOB.sub("", whole)
        if re.search(r"\w", plain):
            return plain
    return ""


def _without_extension(name: str) -> str:
    """Cuts `.csv.gz` off as well as `.csv`, and any other ending."""
    if formats.is_compressed(name):
        name = name[: -len(".gz")]
    return pathlib.PurePath(name).stem
