"""The Beam side of Ingest: files to rows to tf.Examples."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
import tensorflow as tf
from apache_beam.io import fileio
from google.protobuf import struct_pb2
from tfx.components.example_gen import base_example_gen_executor
from tfx.proto import example_gen_pb2
from tfx.types import standard_component_specs
from tfx.utils import proto_utils

from components.ingest import columns as columns_lib
from components.ingest import csv_rows

COLUMNS_KEY = "columns"


class Executor(base_example_gen_executor.BaseExampleGenExecutor):
    """Reads the rows of CSV files into tf.Examples; the base class splits and writes them."""

    def GetInputSourceToExamplePTransform(self) -> beam.PTransform:  # noqa: N802 (TFX's name)
        """Returns the transform from a file pattern to a PCollection of tf.Examples."""
        return _csv_to_examples


@beam.ptransform_fn
def _csv_to_examples(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    base = exec_properties[standard_component_specs.INPUT_BASE_KEY]
    return (
        pipeline
        | "MatchFiles" >> fileio.MatchFiles(f"{base}/{split_pattern}")
        | "ReadMatches" >> fileio.ReadMatches()
        | "ReadRows" >> beam.FlatMap(_examples, columns=columns_of(exec_properties))
    )


def _examples(
    file: fileio.ReadableFile, columns: columns_lib.Columns
) -> Iterator[tf.train.Example]:
    with file.open() as stream:
        for row in csv_rows.read(stream, file.metadata.path, columns):
            yield tf.train.Example(
                features=tf.train.Features(
                    feature={
                        name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
                        for name, value in row.items()
                    }
                )
            )


def pack(columns: columns_lib.Columns) -> example_gen_pb2.CustomConfig:
    """Puts the columns into the only place that an ExampleGen has for settings of one's own."""
    settings = struct_pb2.Struct()
    settings.update({COLUMNS_KEY: columns.to_json()})
    config = example_gen_pb2.CustomConfig()
    config.custom_config.Pack(settings)
    return config


def columns_of(exec_properties: dict[str, Any]) -> columns_lib.Columns:
    """Takes the columns out again."""
    config = example_gen_pb2.CustomConfig()
    proto_utils.json_to_proto(exec_properties[standard_component_specs.CUSTOM_CONFIG_KEY], config)
    settings = struct_pb2.Struct()
    config.custom_config.Unpack(settings)
    return columns_lib.Columns.from_json(settings[COLUMNS_KEY])
