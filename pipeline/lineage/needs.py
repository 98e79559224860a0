"""Which artifacts are still needed: by the newest runs, versions that stand and blessed models.

What those were made of is needed too, backwards through executions, with all that was put out with
it, so that the cache can still answer; and the small records that tell of a model that is needed.
"""

import collections
from collections.abc import Callable, Iterable, Iterator

from pipeline.lineage import records

_MODEL = "Model"
_MODEL_BLESSING = "ModelBlessing"
_PUSHED_MODEL = "PushedModel"
# To the Evaluator, and to DataGate, a model that another one is compared with.
_BASELINE = "baseline_model"
# What judged a model, and what its run was told: small, and what people ask for.
_RECORDS = frozenset(
    {
        "ExampleAnomalies",
        "InfraBlessing",
        "ModelBlessing",
        "ModelEvaluation",
        "DataReport",
        "Folds",
        "ProbeReport",
        "RunConfig",
        "RunReport",
        "Search",
        "TrialReport",
    }
)


class Needs:
    """The artifacts that are needed.

    Attributes:
        why: Id of an artifact to what needs it, in words; those that nothing needs are left out.
    """

    def __init__(self, history: records.History, keep: int, stands: Callable[[str], bool]) -> None:
        """Walks the records.

        Args:
            history: All of them.
            keep: How many runs count as the newest.
            stands: Tells of the directory of a pushed version whether it is still there.
        """
        self.why: dict[int, str] = {}
        self._history = history
        history.load_users(history.artifacts.values())
        for run in history.runs[-keep:]:
            for execution in run.executions:
                self._add(_all(execution), f"run {run.id} is one of the newest {keep}")
        for execution in history.executions():
            for pushed in _of_type(_outputs(execution), _PUSHED_MODEL):
                told = pushed.properties
                if told.get("pushed") and stands(str(told.get("pushed_destination", ""))):
                    version = told.get("pushed_version", told.get("pushed_destination"))
                    self._add([pushed], f"version {version} stands in the serving directory")
            if any(each.properties.get("blessed") for each in _blessings(execution)):
                self._add(_judged(execution), "it is a blessed model")
        for model in list(_of_type(self._needed(), _MODEL)):
            self._add_records(model)

    def _needed(self) -> Iterator[records.Artifact]:
        for id_ in list(self.why):
            yield self._history.artifacts[id_]

    def _add(self, artifacts: Iterable[records.Artifact], why: str) -> None:
        """Adds artifacts and all that they were made of."""
        waiting = collections.deque((artifact, why) for artifact in artifacts)
        while waiting:
            artifact, why = waiting.popleft()  # so that the nearest reason is told
            if artifact.id in self.why:
                continue
            self.why[artifact.id] = why
            made_by = self._history.producer(artifact)
            if made_by:
                shown = f"{artifact.kind} {artifact.id}"
                waiting += [(each, f"{shown} was made of it") for each in _inputs(made_by)]
                waiting += [(each, f"it was put out with {shown}") for each in _outputs(made_by)]

    def _add_records(self, model: records.Artifact) -> None:
        """Adds what judged a model, and what the runs that made and judged it were told."""
        judges = [
            execution
            for execution in self._history.consumers(model)
            if model.id in {each.id for each in _judged(execution)}
        ]
        made_by = self._history.producer(model)
        runs = {each.run for each in (*judges, *([made_by] if made_by else []))}
        ids = {each.id for each in judges}
        for execution in (each for id_ in runs for each in self._history.run(id_).executions):
            # What judged another model of the same run is that one's.
            if execution.id in ids or not list(_judged(execution)):
                for record in _outputs(execution):
                    if record.kind in _RECORDS:
                        self.why.setdefault(record.id, f"it tells of model {model.id}")


def _blessings(execution: records.Execution) -> Iterator[records.Artifact]:
    return _of_type(_outputs(execution), _MODEL_BLESSING)


def _judged(execution: records.Execution) -> Iterator[records.Artifact]:
    return _of_type(_inputs(execution, but=_BASELINE), _MODEL)


def _inputs(execution: records.Execution, but: str = "") -> Iterator[records.Artifact]:
    for key, artifacts in execution.inputs.items():
        if key != but:
            yield from artifacts


def _outputs(execution: records.Execution) -> Iterator[records.Artifact]:
    for artifacts in execution.outputs.values():
        yield from artifacts


def _all(execution: records.Execution) -> Iterator[records.Artifact]:
    yield from _inputs(execution)
    yield from _outputs(execution)


def _of_type(artifacts: Iterable[records.Artifact], kind: str) -> Iterator[records.Artifact]:
    return (artifact for artifact in artifacts if artifact.kind == kind)
