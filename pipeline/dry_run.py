"""What a run would do, as text. Imports no TensorFlow, so the answer comes at once."""

from pipeline import config as config_lib
from pipeline import drawing, graph
from pipeline import workspace as workspace_lib


def render(config: config_lib.Config, workspace: workspace_lib.Workspace) -> str:
    """Renders the resolved config and the graph; the whole is itself a config that can be run.

    Args:
        config: The config with its overrides in it.
        workspace: Where the run's files would stand.
    """
    rows = drawing.draw(graph.nodes(config)).splitlines()
    head = f"# Resolved config, digest {config_lib.digest(config)[:12]}"
    title = f"# Graph; files go to {workspace.root}"
    picture = "\n".join(f"#   {row}" for row in rows)
    return f"{head}\n{config_lib.dump(config)}\n{title}\n{picture}\n# Nothing was run.\n"
