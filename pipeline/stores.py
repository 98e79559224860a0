"""How ML Metadata is reached. Imports TFX."""

from ml_metadata import proto
from tfx.orchestration import metadata

from pipeline import workspace as workspace_lib


def connection(workspace: workspace_lib.Workspace) -> proto.ConnectionConfig:
    """Tells where the runs of a workspace are recorded."""
    told = workspace.metadata
    if not told.is_server:
        return metadata.sqlite_metadata_connection_config(str(workspace.metadata_db))
    host, port = told.address
    return metadata.mysql_metadata_connection_config(
        host=host,
        port=port,
        database=told.database,
        username=str(told.user),
        password=told.password,
    )
