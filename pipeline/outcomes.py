"""Notes in ML Metadata why an execution ended early, for whoever asks the lineage. Imports TFX.

The launcher of a local run records that an execution failed and not why, and of one that its driver
stopped, or the user, not even that.
"""

import logging

from ml_metadata import proto
from tfx.orchestration.portable import launcher
from tfx.orchestration.portable.mlmd import execution_lib
from tfx.proto.orchestration import execution_result_pb2

from pipeline import errors, failure


def note(launched: launcher.Launcher, error: BaseException) -> None:
    """Notes of a node's execution that is under way why it ended; TFX knows where that is kept.

    A run that has failed must not fail differently for want of this note, so what goes wrong with
    it is only logged.
    """
    try:
        _note(launched, error)
    except Exception:
        logging.getLogger(__name__).exception("Why the execution ended was not noted.")


def _note(launched: launcher.Launcher, error: BaseException) -> None:
    state, result = _result(error)
    run = launched._pipeline_runtime_spec.pipeline_run_id.field_value.string_value
    node = f"{launched._pipeline_info.id}.{launched._pipeline_node.node_info.id}"
    with launched._mlmd_connection as handle:
        ids = [
            {each.id for each in handle.store.get_executions_by_context(context.id)}
            for context in (
                handle.store.get_context_by_type_and_name("pipeline_run", run),
                handle.store.get_context_by_type_and_name("node", node),
            )
            if context is not None
        ]
        found = set.intersection(*ids) if len(ids) == 2 else set()
        for execution in handle.store.get_executions_by_id(list(found)):
            execution.last_known_state = state
            execution_lib.set_execution_result(result, execution)
            handle.store.put_executions([execution])


def _result(
    error: BaseException,
) -> "tuple[proto.Execution.State, execution_result_pb2.ExecutionResult]":
    """Says what became of an execution: the state, and what people are told of it."""
    if isinstance(error, KeyboardInterrupt):
        told = "interrupted"
        return proto.Execution.CANCELED, execution_result_pb2.ExecutionResult(
            code=int(errors.ExitStatus.INTERRUPTED), result_message=told
        )
    explained = failure.explain(error)
    return proto.Execution.FAILED, execution_result_pb2.ExecutionResult(
        code=int(explained.status),
        result_message="\n".join((explained.message, *explained.details)),
    )
