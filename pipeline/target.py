"""What is other where the same pipeline runs elsewhere. Imports TFX."""

import dataclasses
import pathlib

from ml_metadata import proto
from tfx import types
from tfx.dsl.components.common import resolver
from tfx.dsl.input_resolution.strategies import latest_blessed_model_strategy
from tfx.types import standard_artifacts

from components.probe import latest_servable
from pipeline import stores
from pipeline import workspace as workspace_lib


@dataclasses.dataclass(frozen=True)
class Target:
    """Where a pipeline is to run.

    Attributes:
        places: Where it puts what it makes.
        baseline: Finds the model to beat; None where nothing does.
        start: The model that `model.init_from` names, if it names one.
        metadata_config: ML Metadata's database; None where the backend has its own.
    """

    places: workspace_lib.Places
    baseline: resolver.Resolver | None
    start: pathlib.Path | None = None
    metadata_config: proto.ConnectionConfig | None = None


def local(workspace: workspace_lib.Workspace, start: pathlib.Path | None = None) -> Target:
    """Runs on this machine, with LocalDagRunner."""
    return Target(
        places=workspace,
        start=start,
        baseline=_baseline(
            latest_servable.LatestServableModelStrategy,
            infra_blessing=types.Channel(type=standard_artifacts.InfraBlessing),
        ),
        metadata_config=stores.connection(workspace),
    )


def compiled(places: workspace_lib.Places, resolves: bool) -> Target:
    """Runs where a backend takes a compiled pipeline.

    TFX's compiler knows two strategies of resolvers alone, so the model to beat is the latest that
    the Evaluator has blessed there, whatever a probe said of it.

    Args:
        places: Where it puts what it makes.
        resolves: Whether the backend can look for artifacts of earlier runs.
    """
    strategy = latest_blessed_model_strategy.LatestBlessedModelStrategy
    return Target(places=places, baseline=_baseline(strategy) if resolves else None)


def _baseline(strategy: type, **channels: types.Channel) -> resolver.Resolver:
    return resolver.Resolver(
        strategy_class=strategy,
        model=types.Channel(type=standard_artifacts.Model),
        model_blessing=types.Channel(type=standard_artifacts.ModelBlessing),
        **channels,
    ).with_id("latest_blessed")
