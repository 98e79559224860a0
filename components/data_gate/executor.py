"""Reads what is known of the data, judges it, writes the report, and refuses data with errors."""

import functools
import json
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.data_gate import checks, findings, outcome, page, page_data, reading, refusal, rows
from components.data_gate import config as config_lib
from components.statistics import text_statistics

# Inputs, the output and execution properties, each spelled once.
EXAMPLES_KEY = "examples"
QUARANTINE_KEY = "quarantine"
STATISTICS_KEY = "statistics"
TEXT_STATISTICS_KEY = "text_statistics"
SCHEMA_KEY = "schema"
ANOMALIES_KEY = "anomalies"
BASELINE_MODEL_KEY = "baseline_model"
REPORT_KEY = "report"
CONFIG_KEY = "config"
NAME_KEY = "name"
REPORT_DIR_KEY = "report_dir"
LABELS_KEY = "labels"


class Executor(base_executor.BaseExecutor):
    """The gate."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Judges the data.

        Raises:
            DataError: If a check of level `error` does not hold. The report is written by then.
        """
        data = _read(input_dict, json.loads(exec_properties[LABELS_KEY]))
        config = config_lib.ValidateConfig.model_validate_json(exec_properties[CONFIG_KEY])
        found = checks.judge(data, config)
        report = artifact_utils.get_single_instance(output_dict[REPORT_KEY])
        report.set_int_custom_property("errors", len(found.errors))
        report.set_int_custom_property("warnings", len(found.warnings))
        quarantine = reading.quarantine(_only(input_dict, QUARANTINE_KEY))
        _write(report.uri, exec_properties[NAME_KEY], data, found, quarantine)
        page_path = _copy(report.uri, exec_properties[REPORT_DIR_KEY])
        refusal.raise_errors(found, page_path, quarantine.rows)


def _read(inputs: dict[str, list[types.Artifact]], labels: list[str] | None) -> outcome.Data:
    models = inputs.get(BASELINE_MODEL_KEY)
    return outcome.Data(
        statistics=reading.statistics(_only(inputs, STATISTICS_KEY)),
        text=text_statistics.read(_only(inputs, TEXT_STATISTICS_KEY).uri),
        schema=reading.schema(_only(inputs, SCHEMA_KEY)),
        anomalies=reading.anomalies(_only(inputs, ANOMALIES_KEY)),
        baseline=reading.baseline_of(models[0] if models else None),
        find_rows=functools.partial(rows.find, _only(inputs, EXAMPLES_KEY).uri),
        labels=None if labels is None else tuple(labels),
    )


def _only(inputs: dict[str, list[types.Artifact]], key: str) -> types.Artifact:
    return artifact_utils.get_single_instance(inputs[key])


def _write(
    directory: str,
    name: str,
    data: outcome.Data,
    found: findings.Findings,
    quarantine: page_data.QuarantineSummary,
) -> None:
    findings.write(directory, found)
    shown = page_data.PageData(
        name=name,
        statistics=data.statistics,
        text=data.text,
        findings=found,
        quarantine=quarantine,
        schema=data.schema,
    )
    page.write(directory, shown)


def _copy(directory: str, report_dir: str) -> str:
    """Puts the report where people find it, in place of the last one, which goes whole.

    TFX deletes what a refused run has put out.

    Returns:
        The path of the page.
    """
    io_utils.copy_dir(directory, report_dir)
    return f"{report_dir}/{page.FILE_NAME}"
