"""TFX's Pusher, and what goes with a model: its card, its lineage, requests for a warm-up."""

import json
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any

from tfx import types
from tfx.components.pusher import executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils
from tfx.utils import io_utils

from components import artifact_properties, digests, execution_id
from components.probe import outcome
from components.pusher import lineage_file
from components.report import executor as report_executor

REPORT_KEY = "report"
PROBE_KEY = "probe"
CARD = report_executor.CARD_FILE
WARMUP = outcome.WARMUP_FILE
# Where TensorFlow Serving looks for requests; it leaves all else there alone.
_BESIDE = lineage_file.DIRECTORY

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

    def _lineage(self, input_dict: Inputs) -> lineage_file.Lineage:
        """Tells where the model came from, as far as this node was told."""
        report = artifact_utils.get_single_uri(input_dict[REPORT_KEY])
        told = json.loads(io_utils.read_string_file(f"{report}/{report_executor.PROVENANCE_FILE}"))
        context = self._context
        return lineage_file.Lineage(
            pipeline=context.pipeline_info.id if context and context.pipeline_info else "",
            run=(context.pipeline_run_id if context else None) or "",
            execution=execution_id.of(context),
            pushed=tuple(_sources(input_dict)),
            made_of=tuple(lineage_file.Source(**each) for each in told["artifacts"]),
            config=told["config"],
            versions=told["versions"],
            machine=told["machine"],
            files=dict(_digests(pathlib.Path(self._copy))),
        )

    def GetModelPath(self, input_dict: Inputs) -> str:  # noqa: N802 (TFX's name)
        """Makes the copy that is pushed; asked only if something is."""
        io_utils.copy_dir(super().GetModelPath(input_dict), self._copy)
        for path in _more(input_dict):
            name = path.rpartition("/")[2]
            io_utils.copy_file(path, f"{self._copy}/{_BESIDE}/{name}", overwrite=True)
        beside = f"{self._copy}/{lineage_file.DIRECTORY}/{lineage_file.FILE_NAME}"
        io_utils.write_string_file(beside, self._lineage(input_dict).to_json())
        return self._copy


def _sources(input_dict: Inputs) -> Iterator[lineage_file.Source]:
    """Yields what was taken."""
    for key, given in input_dict.items():
        for each in given:
            yield lineage_file.Source(
                key, each.type_name, each.id, each.uri, artifact_properties.of(each)
            )


def _digests(directory: pathlib.Path) -> Iterator[tuple[str, lineage_file.File]]:
    """Yields what each file of the version is."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                told = lineage_file.File(path.stat().st_size, digests.of_stream(file))
            yield path.relative_to(directory).as_posix(), told


def _more(input_dict: Inputs) -> Iterator[str]:
    """Yields the files that go with the model."""
    yield f"{artifact_utils.get_single_uri(input_dict[REPORT_KEY])}/{CARD}"
    if input_dict.get(PROBE_KEY):
        requests = f"{artifact_utils.get_single_uri(input_dict[PROBE_KEY])}/{WARMUP}"
        if fileio.exists(requests):
            yield requests
