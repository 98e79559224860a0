"""Pipelines of a table of reviews, made and not run."""

from tfx.dsl.components.base import base_component
from tfx.orchestration import pipeline as tfx_pipeline

from pipeline import config as config_lib
from pipeline import initial_model, pipeline, target, workspace


def config(*overrides: str) -> config_lib.Config:
    """Makes the config."""
    return config_lib.from_columns("/data/reviews.csv", "review", "stars", overrides)


def create(*overrides: str) -> tfx_pipeline.Pipeline:
    """Makes the pipeline, in a workspace of the working directory."""
    made = config(*overrides)
    here = workspace.Workspace.at("workspace", made.name)
    return pipeline.create_pipeline(made, target.local(here, initial_model.find(made, here)))


def nodes(*overrides: str) -> dict[str, base_component.BaseComponent]:
    """Makes the pipeline, and finds its nodes by id."""
    return {node.id: node for node in create(*overrides).components}


def node(node_id: str, *overrides: str) -> base_component.BaseComponent:
    """Makes the pipeline, and finds one of its nodes."""
    return nodes(*overrides)[node_id]
