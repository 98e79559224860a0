"""What is judged and pushed, as the config has it, and the rules between the sections."""

from collections.abc import Iterator

import pydantic

from components.ingest import formats
from pipeline import config_errors, data_section
from schemas import metrics
from trainer import config as trainer_config


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
        config_errors.refuse_repeated("evaluate.slices", slices)
        return slices


class PushConfig(trainer_config.Section):
    """What happens to a blessed model.

    Attributes:
        enabled: Whether it is pushed to the workspace's serving directory.
    """

    enabled: bool = True


def slice_problems(data: data_section.DataConfig, evaluate: EvaluateConfig) -> Iterator[str]:
    """Yields what is wrong with the columns to slice by."""
    for column in evaluate.slices:
        if not data.may_keep(column):
            yield (
                "`evaluate.slices` must name columns other than the text, the label and the "
                f"features of our own ({', '.join(data_section.RESERVED)}). "
                f"Received: {config_errors.show(column)}"
            )
        elif data.keep.get(column) == "number":
            yield (
                f"`data.keep.{column}` must be text, as `evaluate.slices` has the column. "
                "Received: number"
            )
    for column in evaluate.slice_floor:
        if column not in evaluate.slices:
            yield (
                "`evaluate.slice_floor` must hold columns of `evaluate.slices` "
                f"({', '.join(evaluate.slices) or 'none'}). Received: {config_errors.show(column)}"
            )


def format_problems(task: str, data: data_section.DataConfig) -> Iterator[str]:
    """Yields what keeps the task from finding its labels in the files, as far as names tell."""
    told = {"data.format": data.format} if data.format else data.given()
    for key, value in told.items():
        yield from unlabelled_problems(task, key, value, data.format_of(value))


def unlabelled_problems(
    task: str, key: str, value: str, format_: formats.Format | None
) -> Iterator[str]:
    """Yields what is wrong with files whose format has no label, if the task needs one.

    Args:
        task: The task's name.
        key: The key that names the files or their format.
        value: What it names.
        format_: The format of the files; None where it is not known.
    """
    needs_label = task == "classification" and format_ is not None
    if needs_label and format_ not in data_section.LABELLED_FORMATS:
        yield (
            f"`{key}` must be of a format with labels "
            f"({', '.join(data_section.LABELLED_FORMATS)}) for {task}. "
            f"Received: {config_errors.show(value)}, text alone"
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
