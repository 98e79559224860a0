"""What came of a run, in a line of a table: read from properties alone, without a file."""

import dataclasses
import datetime
from collections.abc import Sequence

from pipeline import errors
from pipeline.lineage import records

# Ids of nodes and keys of outputs, each spelled once here.
CONFIG = ("Config", "config")
EXAMPLES = ("Ingest", "examples")
QUARANTINE = ("Ingest", "quarantine")
STATISTICS = ("StatisticsGen", "statistics")
TEXT_STATISTICS = ("StatisticsGen", "text_statistics")
SCHEMA = ("Schema", "schema")
DATA_REPORT = ("DataGate", "report")
TRANSFORM_GRAPH = ("Transform", "transform_graph")
TRIAL = ("Trial", "trial")
TRIED_MODEL = ("Trial", "model")
MODEL = ("Trainer", "model")
BLESSING = ("Evaluator", "blessing")
EVALUATION = ("Evaluator", "evaluation")
PROBED = ("Probe", "blessing")
PROBE = ("Probe", "probe")
REPORT = ("Report", "report")
PUSHED = ("Pusher", "pushed_model")

BLESSED, NOT_BLESSED, PROBE_FAILED = "blessed", "not blessed", "probe failed"


@dataclasses.dataclass(frozen=True)
class Facts:
    """What came of a run.

    Attributes:
        run: Its id.
        started: When.
        state: What became of it.
        config: Digest of the config; None where the run has noted none.
        verdict: `blessed`, `not blessed` or `probe failed`; None where no model was judged.
        trial: Whether the transformer was warranted; None without a trial.
        metric: Name of the metric that decides; None where it was not noted.
        value: What the judged model has in it, on all rows of the test split.
        pushed: The version that was pushed; None where none was.
        seconds: Wall time.
        cached_share: The share of its nodes that the cache has answered.
    """

    run: str
    started: datetime.datetime
    state: records.State
    config: str | None
    verdict: str | None
    trial: str | None
    metric: str | None
    value: float | None
    pushed: str | None
    seconds: float
    cached_share: float


def of_all(history: records.History) -> list[Facts]:
    """Reads what came of each run, the oldest first."""
    history.load({node for node, _ in (CONFIG, TRIED_MODEL, BLESSING, PROBED, PUSHED)})
    return [of(run) for run in history.runs]


def of(run: records.Run) -> Facts:
    """Reads what came of a run."""
    metric = _text(run.output(*CONFIG), "metric")
    return Facts(
        run=run.id,
        started=run.started,
        state=run.state,
        config=_text(run.output(*CONFIG), "config"),
        verdict=_verdict(run),
        trial=_text(run.output(*TRIED_MODEL), "verdict"),
        metric=metric,
        value=_number(run.output(*EVALUATION), metric or ""),
        pushed=pushed_version(run),
        seconds=run.seconds,
        cached_share=run.cached_share,
    )


def pushed_version(run: records.Run) -> str | None:
    """Names the version that a run has pushed; of a cached push the one that already stood."""
    pushed = run.output(*PUSHED)
    return _text(pushed, "pushed_version") if _number(pushed, "pushed") else None


def pushes(history: records.History) -> Sequence[tuple[str, records.Artifact]]:
    """Lists the versions that were ever pushed and what was pushed as them, the oldest first."""
    history.load({PUSHED[0]})
    found = {
        version: pushed
        for run in history.runs
        if (version := pushed_version(run)) and (pushed := run.output(*PUSHED))
    }
    return list(found.items())


def pushed_as(history: records.History, version: str) -> tuple[str, records.Artifact]:
    """Finds what was pushed as a version, and its number.

    Args:
        history: Of its pipeline.
        version: The number, or `latest`.

    Raises:
        ConfigError: If no run has pushed it.
    """
    known = dict(pushes(history))
    if version == records.LATEST and known:
        version = list(known)[-1]
    if version not in known:
        newest = ", ".join(list(known)[-3:])
        raise errors.ConfigError(
            f"`VERSION` must be a version that a run has pushed. Received: {version}; "
            f"the newest are {newest or 'none'}"
        )
    return version, known[version]


def run_or_version(history: records.History, name: str) -> records.Run:
    """Finds a run by its id, the beginning of it or `latest`, or by the version it has pushed.

    Raises:
        ConfigError: If there is none.
    """
    pushed = dict(pushes(history)).get(name)
    pusher = history.producer(pushed) if pushed else None
    return history.run_of(pusher) if pusher else history.run(name)


def version_of(
    history: records.History, model: records.Artifact, before: records.Execution
) -> str | None:
    """Names the version that a model had been pushed as before something ran; None without one."""
    versions = [
        version
        for taker in history.consumers(model)
        if taker.node == PUSHED[0]
        and taker.id < before.id
        and taker.state is records.State.DONE
        and (version := pushed_version(history.run_of(taker)))
    ]
    return versions[-1] if versions else None


def _verdict(run: records.Run) -> str | None:
    blessed, probed = (_number(run.output(*of_), "blessed") for of_ in (BLESSING, PROBED))
    if blessed is None:
        return None
    if not blessed:
        return NOT_BLESSED
    return PROBE_FAILED if probed == 0 else BLESSED


def _text(artifact: records.Artifact | None, name: str) -> str | None:
    value = artifact.properties.get(name) if artifact else None
    return None if value is None or value == "" else str(value)


def _number(artifact: records.Artifact | None, name: str) -> float | None:
    value = artifact.properties.get(name) if artifact else None
    return float(value) if isinstance(value, int | float) else None
