"""TFX's Pusher, and the model card beside what was pushed."""

from typing import Any

from tfx import types
from tfx.components.pusher import executor
from tfx.types import artifact_utils, standard_component_specs
from tfx.utils import io_utils

from components.report import executor as report_executor

REPORT_KEY = "report"
CARD = report_executor.CARD_FILE
# Servers leave that directory alone.
_BESIDE = "assets.extra"


class Executor(executor.Executor):
    """Pushes as TFX does, and adds the card to the version and to the copy of it.

    The model that was judged stays as it is: an artifact is not written to after it was made, and
    a copy of it that differs by a page of text would be another model to whoever asks the lineage.
    What is pushed is made here, of the model and of the report, and the lineage says so.
    """

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Pushes a blessed model with its card."""
        super().Do(input_dict, output_dict, exec_properties)
        pushed = artifact_utils.get_single_instance(
            output_dict[standard_component_specs.PUSHED_MODEL_KEY]
        )
        if not pushed.get_int_custom_property("pushed"):
            return
        card = f"{artifact_utils.get_single_uri(input_dict[REPORT_KEY])}/{CARD}"
        for directory in (pushed.get_string_custom_property("pushed_destination"), pushed.uri):
            io_utils.copy_file(card, f"{directory}/{_BESIDE}/{CARD}", overwrite=True)
