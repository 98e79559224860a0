"""The Beam side of Ingest: files to rows to tf.Examples, and a quarantine for rows of no use."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import apache_beam as beam
from google.protobuf import struct_pb2
from tfx import types
from tfx.components.util import examples_utils
from tfx.dsl.components.base import base_beam_executor
from tfx.dsl.io import fileio
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils, proto_utils

from components.ingest import jobs, origins, quarantine, shards, sources, worker
from components.ingest import settings as settings_lib
from schemas import errors

QUARANTINE_KEY = "quarantine"
SETTINGS_KEY = "settings"
_FILE_FORMAT = "tfrecords_gzip"


class Executor(base_beam_executor.BaseBeamExecutor):
    """Reads files of rows into splits of tf.Examples.

    Beam hands out files, and a worker writes all that comes of one: no row goes through a shuffle,
    so memory is that of one block of rows however large the files are.
    """

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Writes the examples and the quarantine.

        Raises:
            DataError: If a file can't be read, or too many rows can't be used. What could not be
                used then stands in the settings' `quarantine_dir` all the same.
        """
        self._log_startup(input_dict, output_dict, exec_properties)
        examples = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.EXAMPLES_KEY]
        )
        aside = artifact_utils.get_single_instance(output_dict[QUARANTINE_KEY])
        settings = settings_of(exec_properties)
        quarantine.clear(settings.quarantine_dir)
        files = _files(exec_properties, settings)
        made = jobs.batches(files)
        given = list(dict.fromkeys(file.source for file in files))
        splits = jobs.splits(settings, given)
        work_dir = os.path.join(aside.uri, "work")  # noqa: PTH118 - may be a URI
        job = jobs.make(settings, examples.uri, work_dir, given)
        for directory in (job.work_dir, *(shards.split_dir(examples.uri, s) for s in splits)):
            fileio.makedirs(directory)

        job = self._with_times(job, made)
        self._run(worker.ingest, job, made)

        tally = _finish(job, made, aside.uri)
        _describe(examples, aside, splits, tally)
        io_utils.write_string_file(
            f"{examples.uri}/{origins.FILE_NAME}", origins.to_json(tally.origins)
        )
        quarantine.check(tally, settings.max_bad_fraction, settings.quarantine_dir)
        for split in splits:
            if not tally.rows_out.get(split):
                shards.write_empty(examples.uri, split)

    def _with_times(self, job: jobs.Job, made: Sequence[jobs.Batch]) -> jobs.Job:
        """Reads the times of all rows first where the split goes by them."""
        waiting = jobs.without_dealer(job, made)
        if not waiting:
            return job
        self._run(worker.gather_times, job, waiting)
        return jobs.with_times(job, waiting[0].source, worker.read_times(job, waiting))

    def _run(
        self,
        work: Callable[[jobs.Job, jobs.Batch], None],
        job: jobs.Job,
        made: Sequence[jobs.Batch],
    ) -> None:
        """Has workers do their work on each batch."""
        with self._make_beam_pipeline() as pipeline:
            _ = (
                pipeline
                | "Batches" >> beam.Create(made)
                | "HandOut" >> beam.Reshuffle()
                | "Work" >> beam.ParDo(_Work(work, job))
            )


class _Work(beam.DoFn):
    """Does the work on one batch at a time; what comes of it is files."""

    def __init__(self, work: Callable[[jobs.Job, jobs.Batch], None], job: jobs.Job) -> None:
        super().__init__()
        self._work = work
        self._job = job

    def process(self, batch: jobs.Batch) -> Iterable[None]:
        self._work(self._job, batch)
        return ()


def _files(exec_properties: dict[str, Any], settings: settings_lib.Settings) -> list[jobs.File]:
    """Resolves the patterns to files: sources in the splits' order, files in that of their names.

    Raises:
        DataError: If a pattern matches none, or a file is none of a table's.
    """
    config = example_gen_pb2.Input()
    proto_utils.json_to_proto(exec_properties[standard_component_specs.INPUT_CONFIG_KEY], config)
    base = exec_properties[standard_component_specs.INPUT_BASE_KEY]
    found: dict[str, str] = {}
    for split in config.splits:
        key = sources.KEYS[split.name]
        pattern = os.path.join(base, split.pattern)  # noqa: PTH118 - as TFX's driver does
        paths = sources.visible(pattern, fileio.glob(pattern))
        if not paths:
            raise errors.DataError(f"`{key}` must match files. Received: {pattern}")
        problems = list(sources.name_problems(key, paths, settings.dialect.format))
        problems += [
            f"`{key}` must name other files than `{sources.KEYS[found[path]]}`. "
            f"Received: {path} for both"
            for path in paths
            if path in found
        ]
        if problems:
            raise errors.DataError(problems[0], problems[1:])
        found |= dict.fromkeys(paths, split.name)
    names = sources.origin_names(list(found))
    return [
        jobs.File(path, name, fileio.stat(path).length, source)
        for (path, source), name in zip(found.items(), names, strict=True)
    ]


def _finish(job: jobs.Job, made: Sequence[jobs.Batch], directory: str) -> quarantine.Tally:
    """Makes one quarantine and one tally of those of all batches."""
    tally = quarantine.Tally()
    for batch in made:
        with fileio.open(job.path("tally", batch.number), "r") as file:
            tally.merge(quarantine.Tally.from_json(file.read()))
    quarantine.join([job.path("rows", batch.number) for batch in made], directory)
    fileio.rmtree(job.work_dir)
    if tally.rows:
        quarantine.publish(directory, job.settings.quarantine_dir)
    return tally


def _describe(
    examples: types.Artifact, aside: types.Artifact, splits: Sequence[str], tally: quarantine.Tally
) -> None:
    """Tells ML Metadata what the artifacts hold."""
    examples.split_names = artifact_utils.encode_split_names(list(splits))
    examples_utils.set_payload_format(examples, example_gen_pb2.FORMAT_TF_EXAMPLE)
    examples_utils.set_file_format(examples, _FILE_FORMAT)
    examples.set_int_custom_property("rows", sum(tally.rows_out.values()))
    for split in splits:
        examples.set_int_custom_property(f"rows_{split}", tally.rows_out.get(split, 0))
    aside.rows_in = tally.rows_in
    aside.rows_out = sum(tally.rows_out.values())
    aside.rows = tally.rows


def pack(settings: settings_lib.Settings) -> example_gen_pb2.CustomConfig:
    """Puts the settings into the only place that an ExampleGen has for those of one's own."""
    packed = struct_pb2.Struct()
    packed.update({SETTINGS_KEY: settings.to_json()})
    config = example_gen_pb2.CustomConfig()
    config.custom_config.Pack(packed)
    return config


def settings_of(exec_properties: dict[str, Any]) -> settings_lib.Settings:
    """Takes the settings out again."""
    config = example_gen_pb2.CustomConfig()
    proto_utils.json_to_proto(exec_properties[standard_component_specs.CUSTOM_CONFIG_KEY], config)
    packed = struct_pb2.Struct()
    config.custom_config.Unpack(packed)
    return settings_lib.Settings.from_json(packed[SETTINGS_KEY])
