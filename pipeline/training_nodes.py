"""The nodes that train candidates, and those that search better settings for them before."""

from collections.abc import Mapping
from typing import Any

from tfx import types
from tfx.proto import trainer_pb2

from components.statistics import component as statistics_gen
from components.trainer import component as trainer_component
from components.transform import component as transform_component
from components.trial import settings as trial_settings
from components.tuner import component as tuner_component
from pipeline import code_digest, graph, tune_section
from pipeline import config as config_lib
from pipeline import workspace as workspace_lib
from schemas import features, tasks
from trainer.tuning import config as tuning_config


def trainer(
    config: config_lib.Config,
    places: workspace_lib.Places,
    transform: transform_component.Transform,
    statistics: statistics_gen.StatisticsGen,
    base_model: types.BaseChannel | None,
    tuners: Mapping[str, tuner_component.Tuner],
    candidate: str,
    seed: int,
) -> trainer_component.Trainer:
    """Trains the task's own model, or a rival of it, from the train split; eval stops it.

    A rival starts from no other model. The first seed is the config's, and others follow it; all of
    them have the values that a search has found best.
    """
    search = tuners.get(candidate)
    made = trainer_component.Trainer(
        base_model=base_model if candidate == trial_settings.TRANSFORMER else None,
        hyperparameters=search.outputs["best_hyperparameters"] if search else None,
        statistics=statistics.outputs["statistics"],
        text_statistics=statistics.outputs["text_statistics"],
        run_fn="trainer.run.run_fn",
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        train_args=trainer_pb2.TrainArgs(splits=[features.TRAIN_SPLIT]),
        eval_args=trainer_pb2.EvalArgs(splits=[features.EVAL_SPLIT]),
        custom_config=settings(config, places, candidate, {"seed": config.train.seed + seed - 1}),
    )
    return made.with_id(graph.trainer_id(candidate, seed))


def tuner(
    config: config_lib.Config,
    places: workspace_lib.Places,
    transform: transform_component.Transform,
    base_model: types.BaseChannel | None,
    candidate: str,
) -> tuner_component.Tuner:
    """Searches for better settings of a candidate, by trainings such as the Trainer's."""
    tune = config.tune or tuning_config.TuneConfig.model_validate({})
    [tuned] = [each for each in config.tuned if each.name == candidate]
    transformer = candidate == trial_settings.TRANSFORMER
    space = (tune.space if transformer else tune.rivals[candidate]) or {}
    # What every candidate is told; the spaces of others would search anew when they change.
    told = tune.model_copy(update={"space": None, "rivals": {}})
    made = tuner_component.Tuner(
        base_model=base_model if transformer else None,
        tuner_fn="trainer.tuner_fn.tuner_fn",
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        train_args=trainer_pb2.TrainArgs(splits=[features.TRAIN_SPLIT]),
        eval_args=trainer_pb2.EvalArgs(splits=[features.EVAL_SPLIT]),
        custom_config={
            **settings(config, places, candidate, {"epochs": tune.epochs}),
            "candidate": candidate,
            "tune": told.model_dump(),
            # As pairs, since JSON's keys lose their order on the way, and a grid has one.
            "space": list(space.items()),
            "own": tuned.own(list(space)),
            "higher_is_better": tune_section.metrics(config.task_settings)[str(tune.metric)],
        },
    )
    return made.with_id(graph.tuner_id(candidate))


def settings(
    config: config_lib.Config,
    places: workspace_lib.Places,
    candidate: str,
    of_train: Mapping[str, Any],
) -> dict[str, Any]:
    """Tells how a candidate is trained, with some settings of `train` in place of the config's."""
    contract = tasks.contract(config.task)
    rival = None if candidate == trial_settings.TRANSFORMER else candidate
    own = config.rival_settings.of(rival) if rival else None
    train = config.train.model_copy(update=dict(of_train))
    return {
        "task": config.task_settings.to_fields(),
        "architecture": contract.rivals[rival] if rival else contract.architecture,
        "model": (own or config.model).model_dump(),
        "train": (own.train(train) if own else train).model_dump(),
        "max_length": config.tokenizer.max_length,
        "tokenizer": config.tokenizer.model_dump(),
        "backup_dir": str(places.backups),
        "code": code_digest.of("trainer", "schemas"),
    }
