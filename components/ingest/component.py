"""Ingest: the ExampleGen of the pipeline."""

from collections.abc import Mapping

from tfx import types
from tfx.components.example_gen import component
from tfx.dsl.components.base import executor_spec
from tfx.proto import example_gen_pb2
from tfx.types import component_spec, standard_artifacts, standard_component_specs

from components import artifacts
from components.ingest import executor, sources
from components.ingest import settings as settings_lib


class IngestSpec(standard_component_specs.FileBasedExampleGenSpec):
    """What a file-based ExampleGen takes and puts out, and a quarantine."""

    OUTPUTS = {  # noqa: RUF012 - TFX's name
        **standard_component_specs.FileBasedExampleGenSpec.OUTPUTS,
        executor.QUARANTINE_KEY: component_spec.ChannelParameter(type=artifacts.Quarantine),
    }


class Ingest(component.FileBasedExampleGen):
    """Reads files of rows into train, eval and test splits of tf.Examples.

    A row's split is the hash of its text, unless the settings name a column to go by, so that a
    text that occurs twice never stands in two splits. A row that can't be used is put aside with
    its place, the reason and its bytes. TFX's driver digests the files for the cache.

    Outputs: `examples` (Examples), `quarantine` (Quarantine).
    """

    SPEC_CLASS = IngestSpec
    EXECUTOR_SPEC = executor_spec.BeamExecutorSpec(executor.Executor)

    def __init__(self, sources: Mapping[str, str], settings: settings_lib.Settings) -> None:
        """Makes the node.

        Args:
            sources: `all` to the path of files whose rows are dealt out to the splits; or `train`,
                and `eval` and `test` where they have files of their own, each to its path. A path
                is a file, a glob or a directory, on this machine or a URI.
            settings: All else.

        Raises:
            SourceError: If the paths share no file system.
        """
        base, below = _common_base(sources)
        spec = IngestSpec(
            input_base=base,
            input_config=example_gen_pb2.Input(
                splits=[
                    example_gen_pb2.Input.Split(name=source, pattern=pattern)
                    for source, pattern in below.items()
                ]
            ),
            # Which splits there are is the executor's to say; TFX only wants to be told something.
            output_config=example_gen_pb2.Output(),
            custom_config=executor.pack(settings),
            output_data_format=example_gen_pb2.FORMAT_TF_EXAMPLE,
            output_file_format=example_gen_pb2.FORMAT_TFRECORDS_GZIP,
            examples=types.Channel(type=standard_artifacts.Examples),
            quarantine=types.Channel(type=artifacts.Quarantine),
        )
        # TFX's own constructor makes a spec without the quarantine.
        super(component.FileBasedExampleGen, self).__init__(spec=spec)


def _common_base(paths: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    return sources.common_base({name: sources.to_pattern(path) for name, path in paths.items()})
