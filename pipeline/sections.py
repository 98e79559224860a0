"""What is judged and pushed, as the config has it, and the rules between the sections."""

from collections.abc import Collection, Iterator, Sequence

import pydantic

from components.ingest import formats
from components.transform import config as transform_config
from components.trial import config as trial_config
from pipeline import config_errors, data_section
from schemas import classification, metrics, tasks, tokens
from trainer import config as trainer_config


class EvaluateConfig(trainer_config.Section):
    """What a model must reach to be blessed.

    A task has a floor and a metric of its own where none is given.

    Attributes:
        floor: Metric to its lowest value, for metrics where higher is better.
        ceiling: Metric to its highest value, for metrics where lower is better.
        metric: The metric compared with the latest blessed model's.
        max_drop: How far `metric` may be worse than the latest blessed model's.
        slices: Columns of the table; metrics are told for each of their values, too.
        slice_floor: Column to metric to the lowest value that each slice of it must reach.
        folds: Parts of the train split for a cross-validation of every candidate; 0 makes none.
    """

    floor: dict[str, pydantic.FiniteFloat] = pydantic.Field(default_factory=dict)
    ceiling: dict[str, pydantic.FiniteFloat] = pydantic.Field(default_factory=dict)
    metric: str = ""
    max_drop: pydantic.FiniteFloat = pydantic.Field(0.0, ge=0.0)
    slices: tuple[str, ...] = ()
    slice_floor: dict[str, dict[str, pydantic.FiniteFloat]] = pydantic.Field(default_factory=dict)
    folds: int = pydantic.Field(0, ge=0, le=100)

    @pydantic.field_validator("slices")
    @classmethod
    def _slices_differ(cls, slices: tuple[str, ...]) -> tuple[str, ...]:
        config_errors.refuse_repeated("evaluate.slices", slices)
        return slices


class ServeConfig(trainer_config.Section):
    """How the exported model finds its answers, for tasks that write.

    Attributes:
        beam_size: Beginnings of an answer that are kept alive; 1 takes the likeliest token each
            time. Null: as the task does.
        length_penalty: How much longer answers are favoured; 0 compares probabilities as they are.
            Null: as the task does.
    """

    beam_size: int | None = pydantic.Field(None, ge=1, le=64)
    length_penalty: pydantic.FiniteFloat | None = pydantic.Field(None, ge=0.0, le=10.0)


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


def fold_problems(data: data_section.DataConfig, evaluate: EvaluateConfig) -> Iterator[str]:
    """Yields what is wrong with the folds of a cross-validation."""
    if evaluate.folds == 1:
        yield "`evaluate.folds` must be at least 2, or 0 for none. Received: 1"
    group = data.split.group
    kept = (*evaluate.slices, *(column for column, kind in data.keep.items() if kind == "text"))
    if evaluate.folds and group is not None and group not in kept:
        yield (
            "`data.split.group` must be a column that `data.keep` has as text, as `evaluate.folds` "
            f"keeps its rows together. Received: {config_errors.show(group)}"
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
    needs_label = tasks.contract(task).max_targets != 0 and format_ is not None
    if needs_label and format_ not in data_section.LABELLED_FORMATS:
        yield (
            f"`{key}` must be of a format with labels "
            f"({', '.join(data_section.LABELLED_FORMATS)}) for {task}. "
            f"Received: {config_errors.show(value)}, text alone"
        )


def bound_problems(settings: tasks.Settings, evaluate: EvaluateConfig) -> Iterator[str]:
    """Yields what is wrong with the bounds on metrics."""
    known = tasks.contract(settings.name).metrics(settings)
    if evaluate.metric not in known:
        yield _unknown_metric("evaluate.metric", evaluate.metric, settings.name, known)
    elif (widest := _widest_drop(known[evaluate.metric])) and evaluate.max_drop > widest:
        yield f"`evaluate.max_drop` must be at most {widest:g}. Received: {evaluate.max_drop:g}"
    bounds = [
        ("evaluate.floor", evaluate.floor, True),
        ("evaluate.ceiling", evaluate.ceiling, False),
    ]
    for column, floor in evaluate.slice_floor.items():
        bounds.append((f"evaluate.slice_floor.{column}", floor, True))
    for key, of_metrics, is_floor in bounds:
        for name, bound in of_metrics.items():
            if name in known:
                yield from _bound_problems(key, name, known[name], bound, is_floor)
            else:
                yield _unknown_metric(key, name, settings.name, known)


def _widest_drop(metric: metrics.Metric) -> float | None:
    """Returns how far apart two values can be; None where there is no limit."""
    if metric.maximum is None or metric.minimum is None:
        return None
    return metric.maximum - metric.minimum


def _bound_problems(
    key: str, name: str, metric: metrics.Metric, bound: float, is_floor: bool
) -> Iterator[str]:
    """Yields what is wrong with one bound."""
    if metric.higher_is_better != is_floor:
        better, other = ("lower", "ceiling") if is_floor else ("higher", "floor")
        yield (
            f"`{key}.{name}` must stand in `evaluate.{other}`: {better} is better. "
            f"Received: {bound:g}"
        )
        return
    low, high = metric.minimum, metric.maximum
    if (low is not None and bound < low) or (high is not None and bound > high):
        if low is None or high is None:
            limits = f"at most {high:g}" if low is None else f"at least {low:g}"
        else:
            limits = f"from {low:g} to {high:g}"
        yield f"`{key}.{name}` must be {limits}. Received: {bound:g}"


def _unknown_metric(key: str, name: str, task: str, known: Collection[str]) -> str:
    return (
        f"`{key}` must name a metric of {task} ({', '.join(known)}). "
        f"Received: {config_errors.show(name)}{_hint(name, known)}"
    )


def _hint(name: str, known: Collection[str]) -> str:
    meant = config_errors.nearest(name, list(known))
    return f". Did you mean `{meant}`?" if meant else ""


def task_problems(
    settings: tasks.Settings, data: data_section.DataConfig, train: trainer_config.TrainConfig
) -> Iterator[str]:
    """Yields what the task cannot take of the data and the training."""
    contract = tasks.contract(settings.name)
    for key, columns, most in (
        ("data.text", data.text, contract.max_texts),
        # A task without targets lets the column's name stand that every config has by default.
        ("data.label", data.label, contract.max_targets or None),
    ):
        if most is not None and len(columns) > most:
            yield (
                f"`{key}` must name {'one column' if most == 1 else f'at most {most} columns'} "
                f"for {settings.name}. Received: {config_errors.show(list(columns))}"
            )
    if len(data.text) < contract.min_texts:
        yield (
            f"`data.text` must name at least {contract.min_texts} columns for {settings.name}. "
            f"Received: {config_errors.show(list(data.text))}"
        )
    if contract.has_starts and data.answer_start is None:
        yield f"`data.answer_start` must name a column for {settings.name}"
    if data.answer_start is not None and not contract.has_starts:
        yield _foreign("data.answer_start", data.answer_start, settings.name)
    if data.label_separator is not None and classification.SEPARATOR not in contract.options:
        yield _foreign("data.label_separator", data.label_separator, settings.name)
    if data.labels is not None and not contract.has_labels:
        yield _foreign("data.labels", list(data.labels), settings.name)
    for key in ("label_smoothing", "class_weights", "epoch_batches"):
        if getattr(train, key) and key not in contract.train_keys:
            yield _foreign(f"train.{key}", getattr(train, key), settings.name)
    weights = train.class_weights
    if isinstance(weights, dict) and data.labels is not None:
        for label in weights:
            if label not in data.labels:
                yield (
                    "`train.class_weights` must name labels of `data.labels` "
                    f"({', '.join(data.labels)}). Received: {config_errors.show(label)}"
                )


def start_problems(
    settings: tasks.Settings,
    model: trainer_config.ModelConfig,
    train: trainer_config.TrainConfig,
    tokenizer: transform_config.TokenizerConfig,
) -> Iterator[str]:
    """Yields what is wrong with what is taken of the model that the training starts from."""
    if model.init_from is not None and not tasks.contract(settings.name).may_start:
        yield _foreign("model.init_from", model.init_from, settings.name)
    if tokenizer.kind in tokens.GIVEN and model.init_from is None:
        yield (
            "`tokenizer.kind` must be one that is learned without `model.init_from`. "
            f"Received: {tokenizer.kind}"
        )
    if train.freeze is not None and model.init_from is None:
        yield (
            "`train.freeze` must be left out without `model.init_from`. "
            f"Received: {config_errors.show(train.freeze)}"
        )
    if isinstance(train.freeze, int) and train.freeze > model.num_layers:
        yield trainer_config.frozen_beyond(train.freeze, model.num_layers)


def serve_problems(settings: tasks.Settings, serve: ServeConfig) -> Iterator[str]:
    """Yields what the task does not heed of how answers are found."""
    for key, value in serve:
        if value is not None and key not in tasks.contract(settings.name).serving:
            yield _foreign(f"serve.{key}", value, settings.name)


def rival_problems(task: str, rivals: Sequence[str]) -> Iterator[str]:
    """Yields rivals that the task cannot be learned by."""
    known = tasks.contract(task).rivals
    if rivals and not known:
        yield _foreign("rivals", list(rivals), task)
        return
    for rival in rivals:
        if rival not in known:
            yield (
                f"`rivals` must name models of {task} ({', '.join(known)}). "
                f"Received: {config_errors.show(rival)}{_hint(rival, known)}"
            )


def trial_problems(
    settings: tasks.Settings,
    data: data_section.DataConfig,
    rivals: Sequence[str],
    trial: trial_config.TrialConfig,
) -> Iterator[str]:
    """Yields what is wrong with the comparison of the rivals."""
    if trial.seeds > 1 and not rivals:
        yield f"`trial.seeds` must be left out without `rivals`. Received: {trial.seeds}"
    if trial.ratings is None:
        return
    if data.keep.get(trial.ratings) != "text":
        yield (
            "`trial.ratings` must be a column that `data.keep` has as text. "
            f"Received: {config_errors.show(trial.ratings)}"
        )
    several = settings.options.get(classification.SEPARATOR) or len(settings.targets) > 1
    if settings.name not in ("classification", "regression") or several:
        yield (
            "`trial.ratings` must be left out but for classification with one label and regression "
            f"of one number. Received: {config_errors.show(trial.ratings)}"
        )


def tokenizer_problems(
    settings: tasks.Settings, tokenizer: transform_config.TokenizerConfig
) -> Iterator[str]:
    """Yields what the task cannot take of the tokenizer."""
    has_starts = tasks.contract(settings.name).has_starts
    if has_starts and tokenizer.kind in tokens.LOSSLESS:
        by_words = ", ".join(kind for kind in tokens.UNITS if kind not in tokens.LOSSLESS)
        yield (
            f"`tokenizer.kind` must be one of {by_words} for {settings.name}. "
            f"Received: {tokenizer.kind}"
        )
    if tokenizer.stride is not None and not has_starts:
        yield _foreign("tokenizer.stride", tokenizer.stride, settings.name)


def _foreign(key: str, value: object, task: str) -> str:
    return f"`{key}` must be left out for {task}. Received: {config_errors.show(value)}"
