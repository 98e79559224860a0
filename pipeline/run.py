"""One run from a config to its exit status. Imports TFX only under way, with its noise in a log."""

import logging
import time

from pipeline import config as config_lib
from pipeline import console as console_lib
from pipeline import errors, failure, initial_model, lock, quiet, summary
from pipeline import workspace as workspace_lib
from pipeline.lineage.site import writing


def run(config: config_lib.Config, workspace: workspace_lib.Workspace) -> int:
    """Runs the pipeline, shows its progress and summary, and returns the exit status.

    Raises:
        ConfigError: If the workspace cannot be written, or another run is using it.
    """
    workspace.make()
    log_path = workspace.logs / time.strftime("%Y-%m-%dT%H-%M-%S.log")
    secrets = (workspace.metadata.password,)
    with lock.alone(workspace), quiet.to_log(log_path, secrets) as terminal:
        console = console_lib.Console(terminal)
        try:
            return _run(config, workspace, console, str(log_path))
        except KeyboardInterrupt:
            console.line("interrupted; the same command goes on where this one stopped")
            return errors.ExitStatus.INTERRUPTED
        except Exception as error:
            # Whatever it is, it is told in one line; the log has the traceback.
            logging.getLogger(__name__).exception("The run failed.")
            failed = failure.explain(error)
            console.error(failed.message)
            for detail in failed.details:
                console.detail(detail)
            console.line(f"log: {log_path}")
            return failed.status
        finally:
            console.close()
            writing.keep(workspace)


def _run(
    config: config_lib.Config,
    workspace: workspace_lib.Workspace,
    console: console_lib.Console,
    log_path: str,
) -> int:
    started = time.monotonic()
    with console.busy("starting TensorFlow and TFX"):
        from pipeline import execution, pipeline, results, run_summary, target
        from trainer import listeners

    (workspace.root / "config.yaml").write_text(config_lib.dump(config), encoding="utf-8")
    nodes: list[execution.NodeRun] = []

    def ends(node: execution.NodeRun) -> None:
        nodes.append(node)
        if node.state == execution.FAILED:
            console.component_failed(node.node_id, node.seconds)
        else:
            console.component_finished(node.node_id, node.seconds, node.state == execution.HIT)

    results.forget_lost_pushes(workspace)
    here = target.local(workspace, initial_model.find(config, workspace))
    with listeners.listening(console.training_event):
        execution.run(pipeline.create_pipeline(config, here), console.component_started, ends)
    results.show_cached(workspace, nodes)
    found = results.read(workspace, nodes)
    seconds = time.monotonic() - started
    ended = run_summary.build(config, workspace, nodes, found, seconds, log_path)
    summary.render(ended, console)
    return ended.status
