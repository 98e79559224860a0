"""What runs have left in ML Metadata."""

import pathlib

import ml_metadata
from ml_metadata import proto


def store(path: pathlib.Path) -> ml_metadata.MetadataStore:
    """Opens what has been recorded."""
    config = proto.ConnectionConfig()
    config.sqlite.filename_uri = str(path)
    return ml_metadata.MetadataStore(config)


def executions(path: pathlib.Path) -> dict[str, proto.Execution]:
    """Task to what has been recorded of it; of more than one run, the last."""
    return {execution.type: execution for execution in store(path).get_executions()}


def states(path: pathlib.Path) -> dict[str, str]:
    """Task to how it stands."""
    return {
        task: proto.Execution.State.Name(execution.last_known_state)
        for task, execution in executions(path).items()
    }
