"""The sections of the config that belong to the pipeline itself, and the rules between them."""

import pathlib
from collections.abc import Iterator

import pydantic

from pipeline import config_errors
from schemas import features, metrics
from trainer import config as trainer_config


class SplitConfig(trainer_config.Section):
    """Parts of the table that go to each split, such as 8 : 1 : 1.

    Attributes:
        train: What the model learns from.
        eval: What decides when training stops.
        test: What the verdict rests on; nothing that learns or chooses has seen it.
    """

    train: int = pydantic.Field(8, ge=1, le=10_000)
    eval: int = pydantic.Field(1, ge=1, le=10_000)
    test: int = pydantic.Field(1, ge=1, le=10_000)


class DataConfig(trainer_config.Section):
    """The table, and what its columns mean.

    Attributes:
        path: A CSV file in UTF-8 with a header.
        text: The column with the text.
        label: The column with the label.
        labels: All labels, in the order of their ids; null takes those of the train split.
        schema_path: A curated `schema.pbtxt`, written `schema:`; null takes the task's own where it
            describes every column, and otherwise infers one from the data.
        split: How the rows are dealt out, by a hash of the text.
    """

    # `schema` is a method of pydantic's own, so the attribute needs another name than the key.
    model_config = pydantic.ConfigDict(serialize_by_alias=True)

    path: str = pydantic.Field(min_length=1)
    text: str = pydantic.Field(features.TEXT, min_length=1)
    label: str = pydantic.Field(features.LABEL, min_length=1)
    labels: tuple[str, ...] | None = None
    schema_path: str | None = pydantic.Field(None, alias="schema", min_length=1)
    split: SplitConfig = SplitConfig.model_validate({})

    @pydantic.field_validator("path", "schema_path")
    @classmethod
    def _expand_home(cls, path: str | None) -> str | None:
        return str(pathlib.Path(path).expanduser()) if path and path.startswith("~/") else path

    @pydantic.field_validator("labels")
    @classmethod
    def _labels_differ(cls, labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if labels is not None and len(labels) < 2:
            raise ValueError(
                "`data.labels` must have at least 2 entries. "
                f"Received: {config_errors.show(list(labels))}"
            )
        for label in labels or ():
            if not label.strip():
                raise ValueError(
                    "`data.labels` must not hold an empty label. "
                    f"Received: {config_errors.show(label)}"
                )
        _refuse_repeated("data.labels", labels or ())
        return labels

    @pydantic.model_validator(mode="after")
    def _columns_differ(self) -> "DataConfig":
        if self.text == self.label:
            raise ValueError(
                f"`text` and `label` must be different columns. Received: {self.text} for both"
            )
        return self

    @property
    def file(self) -> pathlib.Path:
        """The table's absolute path."""
        return pathlib.Path(self.path).absolute()


class EvaluateConfig(trainer_config.Section):
    """What a model must reach to be blessed.

    The default asks for an AUC above guessing's 0.5, whatever the balance of the labels.

    Attributes:
        floor: Metric to its lowest value, for metrics where higher is better.
        ceiling: Metric to its highest value, for metrics where lower is better.
        metric: The metric compared with the latest blessed model's.
        max_drop: How far `metric` may be worse than the latest blessed model's.
        slices: Columns of the table; metrics are told for each of their values, too.
        slice_floor: Column to metric to the lowest value that each slice of it must reach.
    """

    floor: dict[str, pydantic.FiniteFloat] = pydantic.Field(default_factory=lambda: {"auc": 0.5})
    ceiling: dict[str, pydantic.FiniteFloat] = pydantic.Field(default_factory=dict)
    metric: str = "accuracy"
    max_drop: pydantic.FiniteFloat = pydantic.Field(0.0, ge=0.0)
    slices: tuple[str, ...] = ()
    slice_floor: dict[str, dict[str, pydantic.FiniteFloat]] = pydantic.Field(default_factory=dict)

    @pydantic.field_validator("slices")
    @classmethod
    def _slices_differ(cls, slices: tuple[str, ...]) -> tuple[str, ...]:
        _refuse_repeated("evaluate.slices", slices)
        return slices


class PushConfig(trainer_config.Section):
    """What happens to a blessed model.

    Attributes:
        enabled: Whether it is pushed to the workspace's serving directory.
    """

    enabled: bool = True


def slice_problems(data: DataConfig, evaluate: EvaluateConfig) -> Iterator[str]:
    """Yields what is wrong with the columns to slice by."""
    # Ingest renames the text and label columns to the features' names, so a slice can have neither.
    taken = {data.text, data.label, features.TEXT, features.LABEL}
    taken |= {features.TOKEN_IDS, features.LABEL_ID}
    for column in evaluate.slices:
        if column in taken or not column.strip():
            yield (
                "`evaluate.slices` must name columns other than the text, the label and the "
                f"features made of them. Received: {config_errors.show(column)}"
            )
    for column in evaluate.slice_floor:
        if column not in evaluate.slices:
            yield (
                "`evaluate.slice_floor` must hold columns of `evaluate.slices` "
                f"({', '.join(evaluate.slices) or 'none'}). Received: {config_errors.show(column)}"
            )


def bound_problems(task: str, evaluate: EvaluateConfig) -> Iterator[str]:
    """Yields what is wrong with the bounds on metrics."""
    known = metrics.BY_TASK[task]
    if evaluate.metric not in known:
        yield _unknown_metric("evaluate.metric", evaluate.metric, task)
    elif (maximum := known[evaluate.metric].maximum) and evaluate.max_drop > maximum:
        yield f"`evaluate.max_drop` must be at most {maximum:g}. Received: {evaluate.max_drop:g}"
    yield from _bounds(task, "evaluate.floor", evaluate.floor, True)
    yield from _bounds(task, "evaluate.ceiling", evaluate.ceiling, False)
    for column, floor in evaluate.slice_floor.items():
        yield from _bounds(task, f"evaluate.slice_floor.{column}", floor, True)


def _bounds(task: str, key: str, bounds: dict[str, float], is_floor: bool) -> Iterator[str]:
    """Yields what is wrong with one mapping of metrics to bounds."""
    for name, bound in bounds.items():
        metric = metrics.BY_TASK[task].get(name)
        if metric is None:
            yield _unknown_metric(key, name, task)
        elif metric.higher_is_better != is_floor:
            better, other = ("lower", "ceiling") if is_floor else ("higher", "floor")
            yield (
                f"`{key}.{name}` must stand in `evaluate.{other}`: {better} is better. "
                f"Received: {bound:g}"
            )
        elif bound < 0.0 or (metric.maximum is not None and bound > metric.maximum):
            limits = "at least 0" if metric.maximum is None else f"from 0 to {metric.maximum:g}"
            yield f"`{key}.{name}` must be {limits}. Received: {bound:g}"


def _unknown_metric(key: str, name: str, task: str) -> str:
    known = list(metrics.BY_TASK[task])
    meant = config_errors.nearest(name, known)
    hint = f". Did you mean `{meant}`?" if meant else ""
    return (
        f"`{key}` must name a metric of {task} ({', '.join(known)}). "
        f"Received: {config_errors.show(name)}{hint}"
    )


def _refuse_repeated(key: str, names: tuple[str, ...]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(
                f"`{key}` must not hold anything twice. Received: {config_errors.show(name)} twice"
            )
