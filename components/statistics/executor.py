"""The Beam side of StatisticsGen: the examples are read once, for TFDV and for the texts."""

from typing import Any

import apache_beam as beam
from absl import logging
from tfx import types
from tfx.dsl.components.base import base_beam_executor
from tfx.types import artifact_utils, standard_component_specs

from components.statistics import count_texts, data_statistics, records, summary, text_statistics
from components.statistics import settings as settings_lib
from schemas import features

TEXT_SETTINGS_KEY = "text_settings"
TEXT_STATISTICS_KEY = "text_statistics"


class Executor(base_beam_executor.BaseBeamExecutor):
    """Writes TFDV's statistics as TFX's executor does, and text statistics beside them."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Counts all splits of the examples."""
        self._log_startup(input_dict, output_dict, exec_properties)
        settings = settings_lib.TextSettings.from_json(exec_properties[TEXT_SETTINGS_KEY])
        inputs = input_dict[standard_component_specs.EXAMPLES_KEY]
        outputs = output_dict[standard_component_specs.STATISTICS_KEY]
        examples = artifact_utils.get_single_instance(inputs)
        statistics = artifact_utils.get_single_instance(outputs)
        statistics.split_names = examples.split_names
        statistics.span = examples.span
        splits = _in_order(artifact_utils.decode_split_names(examples.split_names))
        read_from = {split: artifact_utils.get_split_uri(inputs, split) for split in splits}
        write_to = {split: artifact_utils.get_split_uri(outputs, split) for split in splits}
        directory = artifact_utils.get_single_uri(output_dict[TEXT_STATISTICS_KEY])
        with self._make_beam_pipeline() as pipeline:
            batches = pipeline | "Examples" >> records.ReadBatches(read_from)
            _ = batches | "Statistics" >> data_statistics.WriteStatistics(write_to)
            _ = (
                batches
                | "CountTexts" >> count_texts.CountTexts(splits, settings)
                | "WriteTexts" >> beam.Map(_write, settings, directory)
            )


def _write(counts: count_texts.Counts, settings: settings_lib.TextSettings, directory: str) -> None:
    text_statistics.write(directory, summary.summarize(counts, settings))
    logging.info("Text statistics written to %s.", directory)


def _in_order(splits: list[str]) -> list[str]:
    """Puts train, eval and test first, whatever order they were named in."""
    known = [split for split in features.SPLITS if split in splits]
    return [*known, *sorted(set(splits) - set(known))]
