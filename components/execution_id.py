"""Which execution of ML Metadata an executor works for."""

from tfx.dsl.components.base import base_executor


def of(context: base_executor.BaseExecutor.Context | None) -> int | None:
    """Tells the id, where whoever runs the executor does."""
    told = context.get_tmp_path() if context else ""
    last = told.rstrip("/").rpartition("/")[2]
    return int(last) if last.isdigit() else None
