"""TFX's Pusher, and what goes with a model: its card, and requests that warm a server up."""

import tempfile
from collections.abc import Iterator
from typing import Any

from tfx import types
from tfx.components.pusher import executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components.probe import outcome
from components.report import executor as report_executor

REPORT_KEY = "report"
PROBE_KEY = "probe"
CARD = report_executor.CARD_FILE
WARMUP = outcome.WARMUP_FILE
# Where TensorFlow Serving looks for requests; it leaves all else there alone.
_BESIDE = "assets.extra"

Inputs = dict[str, list[types.Artifact]]


class Executor(executor.Executor):
    """Pushes as TFX does, but a copy of the model that has more beside it.

    The model that was judged stays as it is: an artifact is not written to after it was made, and
    a copy of it that differs by a page of text would be another model to whoever asks the lineage.
    What is pushed is made here, of the model, the report and the probe, and the lineage says so.

    All of it is there before the push, since a server that finds a version loads it at once, and
    looks for requests then.
    """

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: Inputs,
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Pushes a blessed model with its card and its requests."""
        with tempfile.TemporaryDirectory() as self._copy:
            super().Do(input_dict, output_dict, exec_properties)

    def GetModelPath(self, input_dict: Inputs) -> str:  # noqa: N802 (TFX's name)
        """Makes the copy that is pushed; asked only if something is."""
        io_utils.copy_dir(super().GetModelPath(input_dict), self._copy)
        for path in _more(input_dict):
            name = path.rpartition("/")[2]
            io_utils.copy_file(path, f"{self._copy}/{_BESIDE}/{name}", overwrite=True)
        return self._copy


def _more(input_dict: Inputs) -> Iterator[str]:
    """Yields the files that go with the model."""
    yield f"{artifact_utils.get_single_uri(input_dict[REPORT_KEY])}/{CARD}"
    if input_dict.get(PROBE_KEY):
        requests = f"{artifact_utils.get_single_uri(input_dict[PROBE_KEY])}/{WARMUP}"
        if fileio.exists(requests):
            yield requests
