"""How ML Metadata is reached. Imports no TFX, whose helpers would make the same."""

from ml_metadata import proto

from pipeline import workspace as workspace_lib


def connection(workspace: workspace_lib.Workspace) -> proto.ConnectionConfig:
    """Tells where the runs of a workspace are recorded, to write there."""
    told = workspace.metadata
    config = proto.ConnectionConfig()
    if told.is_server:
        host, port = told.address
        config.mysql.host = host
        config.mysql.port = port
        config.mysql.database = told.database
        config.mysql.user = str(told.user)
        config.mysql.password = told.password
    else:
        config.sqlite.filename_uri = str(workspace.metadata_db)
        config.sqlite.connection_mode = proto.SqliteMetadataSourceConfig.READWRITE_OPENCREATE
    return config


def spell(workspace: workspace_lib.Workspace) -> str:
    """Names the database for people, without its password."""
    told = workspace.metadata
    if not told.is_server:
        return str(workspace.metadata_db)
    host, port = told.address
    return f"{told.backend}://{told.user}@{host}:{port}/{told.database}"
