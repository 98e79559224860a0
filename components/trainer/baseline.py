"""The statistics of a model's data, kept in the model's own directory.

So the latest blessed model brings what new data is compared with, on every orchestrator, for as
long as the model itself is kept.
"""

import os

from tfx.dsl.io import fileio
from tfx.utils import io_utils

_DIRECTORY = "data_statistics"
STATISTICS_KEY = "statistics"
TEXT_STATISTICS_KEY = "text_statistics"


def statistics_dir(model_dir: str) -> str:
    """Names where TFDV's statistics lie, `Split-<split>` in it, as in their own artifact."""
    return os.path.join(model_dir, _DIRECTORY, STATISTICS_KEY)  # noqa: PTH118 - may be a URI


def text_statistics_dir(model_dir: str) -> str:
    """Names where the statistics of texts lie, as in their own artifact."""
    return os.path.join(model_dir, _DIRECTORY, TEXT_STATISTICS_KEY)  # noqa: PTH118 - may be a URI


def keep(model_dir: str, statistics: str, text_statistics: str) -> None:
    """Copies the directories of both statistics to the model."""
    io_utils.copy_dir(statistics, statistics_dir(model_dir))
    io_utils.copy_dir(text_statistics, text_statistics_dir(model_dir))


def is_kept(model_dir: str) -> bool:
    """Tells whether the model has both."""
    kept = (statistics_dir(model_dir), text_statistics_dir(model_dir))
    return all(fileio.exists(directory) for directory in kept)
