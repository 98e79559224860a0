"""The pipeline, in the order in which data goes through it."""

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from tfx import types
from tfx.components import ExampleValidator
from tfx.components.schema_gen.import_schema_gen.component import ImportSchemaGen
from tfx.dsl.components.base import base_component
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.proto import pusher_pb2, transform_pb2
from tfx.utils import io_utils

from components.cross_validation import component as cross_validation
from components.cross_validation import settings as cross_validation_settings
from components.data_gate import component as data_gate
from components.evaluator import component as evaluator
from components.ingest import component as ingest
from components.pretrained import component as pretrained
from components.probe import component as probe_component
from components.probe import settings as probe_settings
from components.pusher import component as pusher
from components.report import component as report_component
from components.report import settings as report_settings
from components.run_config import component as run_config
from components.run_config import environment
from components.run_config import settings as run_config_settings
from components.schema import component as schema_gen
from components.statistics import component as statistics_gen
from components.trainer import component as trainer_component
from components.transform import component as transform_component
from components.trial import component as trial_component
from components.trial import settings as trial_settings
from components.tuner import component as tuner_component
from pipeline import (
    code_digest,
    eval_config,
    graph,
    ingest_settings,
    initial_model,
    task_settings,
    training_nodes,
)
from pipeline import config as config_lib
from pipeline import target as target_lib
from pipeline import workspace as workspace_lib
from schemas import features, tasks
from trainer.checkpoints import preset

_HEX_DIGITS = 12  # of the config's digest, for people


def create_pipeline(config: config_lib.Config, target: target_lib.Target) -> tfx_pipeline.Pipeline:
    """Builds the pipeline that the config describes, to run where the target says."""
    places = target.places

    # What this run was told, and what it runs on; for the lineage.
    noted = run_config.Config(
        run_config_settings.Settings(
            config=config_lib.dump(config),
            config_digest=config_lib.digest(config)[:_HEX_DIGITS],
            task=config.task,
            metric=config.evaluate.metric,
            code=code_digest.of_all_rooms(),
            nodes=tuple(node.id for node in graph.nodes(config)),
        ),
        digest=code_digest.of_content(json.dumps(environment.versions())),
    )

    # Rows of the files, as train, eval and test splits of tf.Examples; those that cannot be used
    # are put aside.
    ingested = ingest.Ingest(
        sources=config.data.sources(),
        settings=ingest_settings.build(config, str(places.quarantine)),
    )
    _tell_cache(ingested, code_digest.of("components/ingest", "schemas"))

    # What the data is like, and what it should be like.
    statistics = statistics_gen.StatisticsGen(
        examples=ingested.outputs["examples"], settings=_text_settings(config)
    )
    _tell_cache(
        statistics, code_digest.of("components/statistics", "components/transform", "schemas")
    )
    schema = _schema(config, statistics)
    validator = ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )

    # The model to beat, which brings the statistics of the data that it learned from.
    latest_blessed = target.baseline
    baseline_model = latest_blessed.outputs["model"] if latest_blessed else None

    # Stops the run if the data is not fit to learn from. Transform waits for it and takes its
    # examples from Ingest, which stay the same ones when only the model to compare with has
    # changed: examples of the gate's own would be new ones, and train anew.
    gate = data_gate.DataGate(
        examples=ingested.outputs["examples"],
        quarantine=ingested.outputs["quarantine"],
        statistics=statistics.outputs["statistics"],
        text_statistics=statistics.outputs["text_statistics"],
        schema=schema.outputs["schema"],
        anomalies=validator.outputs["anomalies"],
        baseline_model=baseline_model,
        config=config.validate_section,
        name=config.name,
        report_dir=str(places.data_report),
        labels=config.data.labels,
    )
    rooms = ("data_gate", "pages", "statistics", "trainer")
    _tell_cache(gate, code_digest.of(*(f"components/{room}" for room in rooms), "schemas"))

    # The model to start from, if there is one: its vocabulary and the weights of its encoder.
    start = _start(target.start)
    base_model = start.outputs["model"] if start else None

    # Text to token ids and labels to label ids, learned from the train split alone.
    transform = transform_component.Transform(
        base_model=base_model,
        examples=ingested.outputs["examples"],
        schema=schema.outputs["schema"],
        preprocessing_fn="components.transform.preprocessing.preprocessing_fn",
        splits_config=transform_pb2.SplitsConfig(
            analyze=[features.TRAIN_SPLIT],
            transform=[features.TRAIN_SPLIT, features.EVAL_SPLIT],
        ),
        custom_config=_transforming(config),
    )
    transform.add_upstream_node(gate)

    # Better settings for each of them, with one budget for all; eval tells which are better.
    tuners = {
        candidate: training_nodes.tuner(config, places, transform, base_model, candidate)
        for candidate in graph.tuned(config)
    }

    # The transformer, and the cheaper models that put it on trial, all learned from the very same
    # examples; the test split is not among what they are given.
    trainers = {
        training: training_nodes.trainer(
            config, places, transform, statistics, base_model, tuners, *training
        )
        for training in graph.trainings(config)
    }

    # How good they are on rows of the train split that the others of a fold learned from.
    folds = _cross_validation(config, places, ingested, schema, transform, base_model, tuners)

    # The transformer has to earn its place: all candidates on the test split, and the winner.
    trial = _trial(config, ingested, transform, trainers)
    trainer = trainers[trial_settings.TRANSFORMER, 1]
    judged_model = (trial or trainer).outputs["model"]

    # The judgement on the test split: bounds, and no worse than the latest blessed model.
    evaluation = evaluator.Evaluator(
        examples=ingested.outputs["examples"],
        example_splits=[features.TEST_SPLIT],
        model=judged_model,
        baseline_model=baseline_model,
        eval_config=eval_config.build(config),
    )
    _tell_cache(evaluation, code_digest.of("components/evaluator", "schemas", "trainer/tasks"))

    # The last check: the model in a process without this project, asked as clients will.
    probe = _probe(config, judged_model, evaluation)

    # What came of it, for people; and the card that is pushed with the model.
    report = _report(
        *(config, places, ingested, statistics, judged_model, evaluation),
        *(trial, probe, tuners, folds),
    )

    components = [noted, ingested, statistics, schema, validator]
    components += [latest_blessed] if latest_blessed else []
    components += [gate, *([start] if start else [])]
    components += [transform, *tuners.values(), *trainers.values()]
    components += [node for node in (folds, trial, evaluation, probe, report) if node]

    # A blessed model becomes a new version in the serving directory.
    if config.push.enabled:
        serving = pusher_pb2.PushDestination.Filesystem(base_directory=str(places.serving))
        pushing = pusher.Pusher(
            model=judged_model,
            model_blessing=evaluation.outputs["blessing"],
            report=report.outputs["report"],
            infra_blessing=probe.outputs["blessing"] if probe else None,
            probe=probe.outputs["probe"] if probe else None,
            push_destination=pusher_pb2.PushDestination(filesystem=serving),
        )
        pushers = ("components/pusher", "components/report", "components/probe")
        _tell_cache(pushing, code_digest.of(*pushers))
        components.append(pushing)

    for node in components:
        if arguments := config.beam.arguments_of(node.id):
            node.with_beam_pipeline_args(arguments)
    return tfx_pipeline.Pipeline(
        pipeline_name=config.name,
        pipeline_root=str(places.artifacts),
        components=components,
        enable_cache=True,
        metadata_connection_config=target.metadata_config,
        beam_pipeline_args=config.beam.arguments(),
    )


def _start(found: pathlib.Path | None) -> pretrained.Pretrained | None:
    """Brings the model that `model.init_from` names into the graph, as it is now."""
    if found is None:
        return None
    # What is converted depends on what converts it; a model is copied as it is.
    code = code_digest.of("components/pretrained", "trainer/checkpoints")
    digest = initial_model.digest(found)
    return pretrained.Pretrained(
        source=str(found),
        digest=f"{digest}-{code}" if preset.is_preset(found) else digest,
    )


def _transforming(config: config_lib.Config) -> dict[str, Any]:
    """Tells what is learned of the raw features, and what is made of them."""
    return {
        "task": config.task_settings.to_fields(),
        "tokenizer": config.tokenizer.model_dump(),
        "labels": config.data.labels and list(config.data.labels),
        "code": code_digest.of("components/transform", "schemas", "trainer/tasks"),
    }


def _cross_validation(
    config: config_lib.Config,
    places: workspace_lib.Places,
    ingested: ingest.Ingest,
    schema: ImportSchemaGen | schema_gen.SchemaGen,
    transform: transform_component.Transform,
    base_model: types.BaseChannel | None,
    tuners: Mapping[str, tuner_component.Tuner],
) -> cross_validation.CrossValidation | None:
    """Judges each candidate on folds of the train split; None where there are none."""
    if not config.evaluate.folds:
        return None
    group = config.data.split.group
    made = cross_validation.CrossValidation(
        examples=ingested.outputs["examples"],
        schema=schema.outputs["schema"],
        transform_graph=transform.outputs["transform_graph"],
        best={name: tuner.outputs["best_hyperparameters"] for name, tuner in tuners.items()},
        base_model=base_model,
        settings=cross_validation_settings.Settings(
            task=config.task_settings,
            folds=config.evaluate.folds,
            metric=config.evaluate.metric,
            alpha=config.trial.alpha,
            seed=config.train.seed,
            unit_by=(group,)
            if group
            else tuple(tasks.contract(config.task).split_by(config.task_settings)),
            is_group=group is not None,
            transform=_transforming(config),
            trainings={
                name: training_nodes.settings(config, places, name, {})
                for name in graph.validated(config)
            },
            backup_dir=str(places.backups),
        ),
    )
    rooms = ("cross_validation", "ingest", "transform", "trial")
    _tell_cache(
        made, code_digest.of(*(f"components/{room}" for room in rooms), "schemas", "trainer")
    )
    return made


def _trial(
    config: config_lib.Config,
    ingested: ingest.Ingest,
    transform: transform_component.Transform,
    trainers: Mapping[tuple[str, int], trainer_component.Trainer],
) -> trial_component.Trial | None:
    """Compares what the nodes have trained; None where there is no rival."""
    nodes = {
        trial_settings.model_key(*candidate): trainers[candidate]
        for candidate in graph.candidates(config)
    }
    if not nodes:
        return None
    made = trial_component.Trial(
        examples=ingested.outputs["examples"],
        transform_graph=transform.outputs["transform_graph"],
        models={key: node.outputs["model"] for key, node in nodes.items()},
        settings=trial_settings.Settings(
            trial=config.trial,
            task=config.task_settings,
            metric=config.evaluate.metric,
            slices=config.evaluate.slices,
            max_length=config.tokenizer.max_length,
            trainers={key: node.id for key, node in nodes.items()},
        ),
    )
    _tell_cache(made, code_digest.of("components/trial", "schemas", "trainer"))
    return made


def _probe(
    config: config_lib.Config, judged_model: types.BaseChannel, evaluation: evaluator.Evaluator
) -> probe_component.Probe | None:
    """Tries the model, blessed or not, so that one run tells all that is wrong; None if off."""
    if not config.probe.enabled:
        return None
    made = probe_component.Probe(
        model=judged_model,
        evaluation=evaluation.outputs["evaluation"],
        settings=probe_settings.Settings(config.name, config.probe, config.task_settings),
    )
    _tell_cache(made, code_digest.of("components/probe", "components/evaluator", "schemas"))
    return made


def _report(
    config: config_lib.Config,
    places: workspace_lib.Places,
    ingested: ingest.Ingest,
    statistics: statistics_gen.StatisticsGen,
    judged_model: types.BaseChannel,
    evaluation: evaluator.Evaluator,
    trial: trial_component.Trial | None,
    probe: probe_component.Probe | None,
    tuners: Mapping[str, tuner_component.Tuner],
    folds: cross_validation.CrossValidation | None,
) -> report_component.Report:
    """Tells what came of the run, blessed or not."""
    made = report_component.Report(
        examples=ingested.outputs["examples"],
        text_statistics=statistics.outputs["text_statistics"],
        model=judged_model,
        evaluation=evaluation.outputs["evaluation"],
        trial=trial.outputs["trial"] if trial else None,
        probe=probe.outputs["probe"] if probe else None,
        searches={name: tuner.outputs["search"] for name, tuner in tuners.items()},
        folds=folds.outputs["folds"] if folds else None,
        settings=report_settings.Settings(
            name=config.name,
            task=config.task_settings,
            metric=config.evaluate.metric,
            slices=config.evaluate.slices,
            alpha=config.trial.alpha,
            resamples=config.trial.bootstrap,
            config=config_lib.dump(config),
            report_dir=str(places.report),
        ),
    )
    rooms = (
        *("report", "pages", "run_config", "statistics"),
        *("trial", "evaluator", "probe", "tuner", "cross_validation"),
    )
    _tell_cache(
        made, code_digest.of(*(f"components/{room}" for room in rooms), "schemas", "trainer")
    )
    return made


def _text_settings(config: config_lib.Config) -> statistics_gen.TextSettings:
    settings = config.task_settings
    return statistics_gen.TextSettings(
        text_features=settings.texts,
        label_feature=task_settings.listed_label(settings),
        tokenizer=config.tokenizer.model_dump(),
    )


def _schema(
    config: config_lib.Config, statistics: statistics_gen.StatisticsGen
) -> ImportSchemaGen | schema_gen.SchemaGen:
    """Imports the curated schema where there is one, else infers one from the train split."""
    curated = graph.schema_source(config)
    if curated:
        imported = ImportSchemaGen(schema_file=curated).with_id("Schema")
        _tell_cache(imported, code_digest.of_content(io_utils.read_string_file(curated)))
        return imported
    settings = config.task_settings
    inferred = schema_gen.SchemaGen(
        statistics=statistics.outputs["statistics"],
        request_features=settings.texts,
        label_feature=task_settings.listed_label(settings),
    )
    _tell_cache(inferred, code_digest.of("components/schema", "schemas"))
    return inferred


def _tell_cache(component: base_component.BaseComponent, digest: str) -> None:
    """Adds a digest to the settings, which the cache compares; no executor reads it."""
    component.exec_properties["digest"] = digest
