"""TFX's search, and the record of every trial after it."""

from typing import Any

from tfx import types
from tfx.components.tuner import executor
from tfx.types import artifact_utils

from components.tuner import searches
from trainer.tuning import record, tuner

SEARCH_KEY = "search"


class Executor(executor.Executor):
    """Searches as TFX does, then writes what came of each trial, and removes the search's state."""

    def Do(  # noqa: N802 (TFX's name)
        self,
        input_dict: dict[str, list[types.Artifact]],
        output_dict: dict[str, list[types.Artifact]],
        exec_properties: dict[str, Any],
    ) -> None:
        """Searches, and writes the best values and the record.

        Raises:
            RuntimeError: If no trial could be trained.
        """
        search: tuner.Tuner = executor.search(
            input_dict, exec_properties, self._get_tmp_dir(), print_tuning_summary=False
        )
        found = search.outcome()
        if not found.best:
            search.discard()  # so that the next run does not take its word for it
            raise RuntimeError(_nothing(found))
        executor.write_best_hyperparameters(search, output_dict)
        searches.write(artifact_utils.get_single_uri(output_dict[SEARCH_KEY]), found)
        search.discard()


def _nothing(found: record.Search) -> str:
    """Says that no trial has ended well, and why the first has not."""
    return (
        f"None of the {len(found.run)} trials of {found.candidate} could be trained; the first: "
        f"{found.trials[0].reason}"
    )
