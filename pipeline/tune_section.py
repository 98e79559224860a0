"""The section `tune` as the task and the other sections have it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline import config_errors, tune_space
from schemas import tasks
from trainer import config as trainer_config
from trainer import rivals as rivals_lib
from trainer.tuning import brackets, defaults, settling
from trainer.tuning import config as tuning_config
from trainer.tuning import space as space_lib

_MOST_POINTS = 100_000  # of a grid, all of which are looked at before a run
_PLACE = "tune.space"


def candidates(
    task: str,
    model: trainer_config.ModelConfig,
    train: trainer_config.TrainConfig,
    rivals: Sequence[str],
    rival_settings: rivals_lib.RivalSettings,
) -> list[tune_space.Candidate]:
    """Lists whose settings are searched, the transformer's first."""
    contract = tasks.contract(task)
    sections = {"model.": model, "train.": train}
    first = tune_space.Candidate(rivals_lib.TRANSFORMER, _PLACE, contract.architecture, sections)
    others = [
        tune_space.Candidate(
            rival, f"tune.rivals.{rival}", contract.rivals[rival], {"": rival_settings.of(rival)}
        )
        for rival in rivals
    ]
    return [first, *others]


def resolve(
    tune: tuning_config.TuneConfig,
    settings: tasks.Settings,
    train: trainer_config.TrainConfig,
    found: Sequence[tune_space.Candidate],
    usual_metric: str,
) -> tuning_config.TuneConfig:
    """Fills in what is left to the task, and reads values as what their keys take.

    Args:
        tune: The section as it is written.
        settings: What the task is told.
        train: The section `train`.
        found: Whose settings are searched.
        usual_metric: `evaluate.metric`.

    Raises:
        Problems: If anything is wrong; a line each.
    """
    watched = metrics(settings)
    metric = tune.metric or (usual_metric if usual_metric in watched else tuning_config.LOSS)
    problems = [] if metric in watched else [_unknown_metric(metric, settings.name, watched)]
    names = [candidate.name for candidate in found[1:]]
    problems += [
        f"`tune.rivals` must hold names of `rivals` ({', '.join(names) or 'none'}). "
        f"Received: {config_errors.show(rival)}"
        for rival in tune.rivals
        if rival not in names
    ]
    spaces: dict[str, dict[str, Any]] = {}
    for candidate in found:
        written = tune.space if candidate.place == _PLACE else tune.rivals.get(candidate.name)
        if written is None:
            spaces[candidate.name] = defaults.space(candidate, tune.method)
            continue
        wrong, spaces[candidate.name] = tune_space.read(candidate, written, settings, tune.method)
        problems += wrong
    problems = problems or [*_budget_problems(tune, train, found, spaces)]
    if problems:
        raise tune_space.Problems(problems)
    of_transformer, *of_rivals = spaces.values()
    return tune.model_copy(
        update={
            "metric": metric,
            "epochs": tune.epochs or train.epochs,
            "space": of_transformer,
            "rivals": dict(zip(names, of_rivals, strict=True)),
        }
    )


def metrics(settings: tasks.Settings) -> dict[str, bool]:
    """Lists what a search may be for: the metric, and whether higher is better."""
    return {tuning_config.LOSS: False, **tasks.contract(settings.name).watched(settings)}


def _unknown_metric(metric: str, task: str, watched: Mapping[str, bool]) -> str:
    meant = config_errors.nearest(metric, list(watched))
    hint = f". Did you mean `{meant}`?" if meant else ""
    return (
        f"`tune.metric` must be one that {task} tells after each epoch ({', '.join(watched)}). "
        f"Received: {config_errors.show(metric)}{hint}"
    )


def _budget_problems(
    tune: tuning_config.TuneConfig,
    train: trainer_config.TrainConfig,
    found: Sequence[tune_space.Candidate],
    spaces: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    """Yields where the trials are too few for the method, or no values go with each other."""
    if tune.method == "hyperband":
        needed = brackets.first_size(tune.epochs or train.epochs, tune.factor)
        if tune.trials < needed:
            yield (
                f"`tune.trials` must be at least {needed}, the first bracket of hyperband with "
                f"{tune.epochs or train.epochs} epochs and a factor of {tune.factor}. "
                f"Received: {tune.trials}"
            )
    if tune.initial_trials is not None and tune.method != "bayesian":
        yield (
            "`tune.initial_trials` must be left out for the method "
            f"{tune.method}. Received: {tune.initial_trials}"
        )
    for candidate in found if tune.method == "grid" else ():
        yield from _grid_problems(tune, train, candidate, spaces[candidate.name])


def _grid_problems(
    tune: tuning_config.TuneConfig,
    train: trainer_config.TrainConfig,
    candidate: tune_space.Candidate,
    space: Mapping[str, Any],
) -> Iterator[str]:
    domains = space_lib.read(space)
    size = space_lib.size(domains) or 0
    if size > _MOST_POINTS:
        yield (
            f"`{candidate.place}` must have at most {_MOST_POINTS:,} combinations for the method "
            f"grid. Received: {size:,}"
        )
        return
    of_train = train.model_dump()
    points = [
        point
        for point in space_lib.grid(domains)
        if settling.problem(candidate.architecture, candidate.model, of_train, point) is None
    ]
    if not points:
        yield f"`{candidate.place}` must hold values that go with each other. Received: none"
    first = candidate.own(list(space))
    needed = len(points) + (first not in points)
    if needed > tune.trials and not tune.partial_grid:
        yield (
            f"`tune.trials` must be at least {needed:,}, the combinations of `{candidate.place}` "
            "with the config's own, or `tune.partial_grid` must be true. "
            f"Received: {tune.trials}"
        )
