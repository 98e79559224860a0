"""Reads what a run has made, and writes the page of it and the model card."""

import logging
from typing import Any

from tfx import types
from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import execution_id, serving_model
from components.report import settings as settings_lib

# Inputs, the output and execution properties, each spelled once.
SETTINGS_KEY = "settings"
EXAMPLES_KEY = "examples"
TEXT_STATISTICS_KEY = "text_statistics"
MODEL_KEY = "model"
EVALUATION_KEY = "evaluation"
TRIAL_KEY = "trial"
PROBE_KEY = "probe"
SEARCH_KEY = "search_{}"  # of a candidate
FOLDS_KEY = "folds"
REPORT_KEY = "report"
# What the output holds.
PAGE_FILE = "index.html"
CARD_FILE = "model_card.md"
PROVENANCE_FILE = "provenance.json"


class Executor(base_executor.BaseExecutor):
    """Tells what came of a run, whatever that is."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Writes page, card and more, and copies them to where people find them."""
        # What draws takes a while to import, and a run that the cache answers draws nothing.
        from components.report import gathering, metrics_file, model_card, page, provenance

        asked = settings_lib.Settings.from_json(exec_properties[SETTINGS_KEY])
        model = artifact_utils.get_single_instance(input_dict[MODEL_KEY])
        directory = serving_model.directory(model)
        found = gathering.gather(asked, input_dict, directory, execution_id.of(self._context))
        uri = artifact_utils.get_single_uri(output_dict[REPORT_KEY])
        io_utils.write_string_file(f"{uri}/{PAGE_FILE}", page.render(found))
        card = model_card.markdown(model_card.build(found))
        io_utils.write_string_file(f"{uri}/{CARD_FILE}", card)
        for name, told in (
            (PROVENANCE_FILE, provenance.to_json(found.lineage)),
            (metrics_file.FILE, metrics_file.of(found).to_json()),
        ):
            io_utils.write_string_file(f"{uri}/{name}", told)
        io_utils.copy_dir(uri, asked.report_dir)
        logging.getLogger(__name__).info("The report is at %s/%s", asked.report_dir, PAGE_FILE)
