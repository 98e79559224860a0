"""Ingest: the ExampleGen of the pipeline."""

import glob
import pathlib

from tfx.components.example_gen import component
from tfx.dsl.components.base import executor_spec
from tfx.proto import example_gen_pb2

from components.ingest import columns as columns_lib
from components.ingest import executor
from schemas import features


class Ingest(component.FileBasedExampleGen):
    """Reads a CSV file with a header into train, eval and test splits of tf.Examples.

    A row's split is the hash of its text, so that a text that occurs twice never stands in two
    splits. Outputs: `examples` (Examples).
    """

    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(self, path: str, columns: dict[str, str], split: dict[str, int]):
        """Makes the node.

        Args:
            path: The CSV file.
            columns: Feature name to the name of its column; every one is required in each row.
            split: Hash buckets of each split, such as `{"train": 8, "eval": 1, "test": 1}`.
        """
        file = pathlib.Path(path)
        super().__init__(
            # A path, but TFX joins and matches it as a pattern.
            input_base=glob.escape(str(file.parent)),
            input_config=example_gen_pb2.Input(
                splits=[example_gen_pb2.Input.Split(name="all", pattern=glob.escape(file.name))]
            ),
            output_config=example_gen_pb2.Output(
                split_config=example_gen_pb2.SplitConfig(
                    splits=[
                        example_gen_pb2.SplitConfig.Split(name=name, hash_buckets=buckets)
                        for name, buckets in split.items()
                    ],
                    partition_feature_name=features.TEXT,
                )
            ),
            custom_config=executor.pack(columns_lib.Columns(columns)),
        )
