"""The pipeline, in the order in which data goes through it."""

from tfx import types
from tfx.components import (
    ExampleValidator,
    Pusher,
    SchemaGen,
    StatisticsGen,
    Trainer,
    Transform,
)
from tfx.components.schema_gen.import_schema_gen.component import ImportSchemaGen
from tfx.dsl.components.base import base_component
from tfx.dsl.components.common import resolver
from tfx.dsl.input_resolution.strategies import latest_blessed_model_strategy
from tfx.orchestration import metadata
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.proto import pusher_pb2, trainer_pb2, transform_pb2
from tfx.types import standard_artifacts

from components.evaluator import component as evaluator
from components.ingest import component as ingest
from pipeline import code_digest, eval_config, graph
from pipeline import config as config_lib
from pipeline import workspace as workspace_lib
from schemas import features

# One process, no port, no copying between workers: the fastest way through data of laptop size.
_LOCAL_BEAM = ["--direct_running_mode=in_memory", "--direct_num_workers=1"]


def create_pipeline(
    config: config_lib.Config, workspace: workspace_lib.Workspace
) -> tfx_pipeline.Pipeline:
    """Builds the pipeline that the config describes, with its artifacts in the workspace."""
    # Rows of the file, as train, eval and test splits of tf.Examples.
    examples = ingest.Ingest(
        path=str(config.data.file),
        columns=_columns(config),
        split=config.data.split.model_dump(),
    )
    _tell_cache(examples, code_digest.of("components/ingest", "schemas"))

    # What the data is like, and what it should be like.
    statistics = StatisticsGen(examples=examples.outputs["examples"])
    schema = _schema(config, statistics)
    validator = ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )

    # Text to token ids and labels to label ids, learned from the train split alone.
    transform = Transform(
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        preprocessing_fn="components.transform.preprocessing.preprocessing_fn",
        splits_config=transform_pb2.SplitsConfig(
            analyze=[features.TRAIN_SPLIT],
            transform=[features.TRAIN_SPLIT, features.EVAL_SPLIT],
        ),
        custom_config={
            "task": config.task,
            "tokenizer": config.tokenizer.model_dump(),
            "labels": config.data.labels and list(config.data.labels),
            "code": code_digest.of("components/transform", "schemas", "trainer/tasks"),
        },
    )

    # The transformer; the test split is not among what it is given.
    trainer = Trainer(
        run_fn="trainer.run.run_fn",
        examples=transform.outputs["transformed_examples"],
        transform_graph=transform.outputs["transform_graph"],
        train_args=trainer_pb2.TrainArgs(splits=[features.TRAIN_SPLIT]),
        eval_args=trainer_pb2.EvalArgs(splits=[features.EVAL_SPLIT]),
        custom_config={
            "task": config.task,
            "architecture": "transformer",
            "model": config.model.model_dump(),
            "train": config.train.model_dump(),
            "max_length": config.tokenizer.max_length,
            "backup_dir": str(workspace.backups),
            "code": code_digest.of("trainer", "schemas"),
        },
    )

    # The judgement on the test split: bounds, and no worse than the latest blessed model.
    latest_blessed = resolver.Resolver(
        strategy_class=latest_blessed_model_strategy.LatestBlessedModelStrategy,
        model=types.Channel(type=standard_artifacts.Model),
        model_blessing=types.Channel(type=standard_artifacts.ModelBlessing),
    ).with_id("latest_blessed")
    evaluation = evaluator.Evaluator(
        examples=examples.outputs["examples"],
        example_splits=[features.TEST_SPLIT],
        model=trainer.outputs["model"],
        baseline_model=latest_blessed.outputs["model"],
        eval_config=eval_config.build(config),
    )
    _tell_cache(evaluation, code_digest.of("components/evaluator", "schemas", "trainer/tasks"))

    components = [
        examples,
        statistics,
        schema,
        validator,
        transform,
        trainer,
        latest_blessed,
        evaluation,
    ]

    # A blessed model becomes a new version in the serving directory.
    if config.push.enabled:
        serving = pusher_pb2.PushDestination.Filesystem(base_directory=str(workspace.serving))
        components.append(
            Pusher(
                model=trainer.outputs["model"],
                model_blessing=evaluation.outputs["blessing"],
                push_destination=pusher_pb2.PushDestination(filesystem=serving),
            )
        )

    return tfx_pipeline.Pipeline(
        pipeline_name=config.name,
        pipeline_root=str(workspace.artifacts),
        components=components,
        enable_cache=True,
        metadata_connection_config=metadata.sqlite_metadata_connection_config(
            str(workspace.metadata_db)
        ),
        beam_pipeline_args=_LOCAL_BEAM,
    )


def _columns(config: config_lib.Config) -> dict[str, str]:
    """Maps features to columns: text and label get the names that all later nodes know."""
    slices = {column: column for column in config.evaluate.slices}
    return {features.TEXT: config.data.text, features.LABEL: config.data.label, **slices}


def _schema(config: config_lib.Config, statistics: StatisticsGen) -> ImportSchemaGen | SchemaGen:
    """Imports the curated schema where there is one, else infers one from the train split."""
    curated = graph.schema_source(config)
    if curated:
        imported = ImportSchemaGen(schema_file=str(curated)).with_id("Schema")
        _tell_cache(imported, code_digest.of_file(curated))
        return imported
    return SchemaGen(
        statistics=statistics.outputs["statistics"],
        infer_feature_shape=True,
        exclude_splits=[features.EVAL_SPLIT, features.TEST_SPLIT],
    ).with_id("Schema")


def _tell_cache(component: base_component.BaseComponent, digest: str) -> None:
    """Adds a digest to the settings, which the cache compares; no executor reads it."""
    component.exec_properties["digest"] = digest
