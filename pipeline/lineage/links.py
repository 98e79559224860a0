"""What executions took and put out: read when it is asked for, and by many at a time.

Most questions are about a few of thousands of executions, and to read all that they took and put
out takes longer than everything else together.
"""

import collections
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import ml_metadata
from ml_metadata import proto

from pipeline.lineage import properties, records, store, times

_INPUTS = (proto.Event.INPUT, proto.Event.DECLARED_INPUT, proto.Event.INTERNAL_INPUT)
_OUTPUTS = (proto.Event.OUTPUT, proto.Event.DECLARED_OUTPUT, proto.Event.INTERNAL_OUTPUT)


class Links:
    """Reads events and artifacts of a store that stays open."""

    def __init__(
        self, opened: ml_metadata.MetadataStore, shown: str, runs: Iterable[Sequence[int]]
    ) -> None:
        """Reads nothing yet.

        Args:
            opened: The store.
            shown: Its name for people.
            runs: Ids of the executions of each run, which are asked for together.
        """
        self._opened, self._shown = opened, shown
        self._run_of = {id_: run for run in runs for id_ in run}
        self._artifacts: dict[int, records.Artifact] = {}
        self._inputs: dict[int, records.Artifacts] = {}
        self._outputs: dict[int, records.Artifacts] = {}
        self._users: dict[int, tuple[Sequence[int], Sequence[int]]] = {}

    def inputs(self, execution: int) -> records.Artifacts:
        """Tells what an execution took, by key."""
        self._load_run(execution)
        return self._inputs[execution]

    def outputs(self, execution: int) -> records.Artifacts:
        """Tells what an execution put out, by key."""
        self._load_run(execution)
        return self._outputs[execution]

    def load(self, executions: Collection[int]) -> None:
        """Reads what many executions took and put out, at once.

        Raises:
            ConfigError: If the store cannot be read.
        """
        missing = [id_ for id_ in executions if id_ not in self._inputs]
        if not missing:
            return
        with store.told(self._shown):
            events = self._opened.get_events_by_execution_ids(missing)
            self._load_artifacts({event.artifact_id for event in events})
        for side, types in ((self._inputs, _INPUTS), (self._outputs, _OUTPUTS)):
            side.update({id_: {} for id_ in missing})
            side.update(self._by_key(event for event in events if event.type in types))

    def users(self, artifact: int) -> tuple[Sequence[int], Sequence[int]]:
        """Tells which executions put an artifact out and which took it, the oldest first."""
        self.load_users([artifact])
        return self._users[artifact]

    def load_users(self, artifacts: Collection[int]) -> None:
        """Reads what put many artifacts out and what took them, at once.

        Raises:
            ConfigError: If the store cannot be read.
        """
        missing = [id_ for id_ in artifacts if id_ not in self._users]
        if not missing:
            return
        with store.told(self._shown):
            events = self._opened.get_events_by_artifact_ids(missing)
        made: dict[int, set[int]] = collections.defaultdict(set)
        took: dict[int, set[int]] = collections.defaultdict(set)
        for event in events:
            side = made if event.type in _OUTPUTS else took if event.type in _INPUTS else {}
            side.setdefault(event.artifact_id, set()).add(event.execution_id)
        self._users.update((id_, (sorted(made[id_]), sorted(took[id_]))) for id_ in missing)

    def of_kind(self, kind: str) -> Sequence[records.Artifact]:
        """Lists the artifacts of a type that the store has, whosever they are.

        Raises:
            ConfigError: If the store cannot be read.
        """
        with store.told(self._shown):
            types = [each.name for each in self._opened.get_artifact_types()]
            told = [
                each
                for name in types
                if records.is_kind(name, kind)
                for each in self._opened.get_artifacts_by_type(name)
            ]
        self._add(told)
        return [self._artifacts[each.id] for each in told]

    def _load_run(self, execution: int) -> None:
        if execution not in self._inputs:
            self.load(self._run_of[execution])

    def _load_artifacts(self, ids: Collection[int]) -> None:
        missing = [id_ for id_ in ids if id_ not in self._artifacts]
        self._add(self._opened.get_artifacts_by_id(missing) if missing else ())

    def _add(self, artifacts: "Iterable[proto.Artifact]") -> None:
        for told in artifacts:
            self._artifacts[told.id] = records.Artifact(
                id=told.id,
                type=told.type,
                uri=told.uri,
                properties=properties.Properties(told),
                created=times.of(told.create_time_since_epoch),
            )

    def _by_key(self, events: Iterable["proto.Event"]) -> dict[int, records.Artifacts]:
        found: dict[int, dict[str, tuple[records.Artifact, ...]]] = collections.defaultdict(dict)
        placed = ((place, event) for event in events for place in _places(event))
        for (_, key), event in sorted(placed, key=lambda each: each[0]):
            of = found[event.execution_id]
            of[key] = (*of.get(key, ()), self._artifacts[event.artifact_id])
        return dict(found)


class Given(Mapping[str, tuple[records.Artifact, ...]]):
    """The inputs or the outputs of one execution."""

    def __init__(self, links: Links, execution: int, is_input: bool) -> None:
        """Reads nothing yet."""
        self._links, self._execution, self._is_input = links, execution, is_input

    def _read(self) -> records.Artifacts:
        ask = self._links.inputs if self._is_input else self._links.outputs
        return ask(self._execution)

    def __getitem__(self, key: str) -> tuple[records.Artifact, ...]:
        """Lists the artifacts of a key."""
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        """Yields the keys."""
        return iter(self._read())

    def __len__(self) -> int:
        """Counts the keys."""
        return len(self._read())

    def __repr__(self) -> str:
        """Spells all of it."""
        return repr(self._read())


def _places(event: "proto.Event") -> Iterator[tuple[int, str]]:
    """Yields under what an artifact was given: its index, and the key.

    There is one event for an artifact, though it be given twice, such as a model that is judged
    beside itself: its path has a key and an index for each.
    """
    steps = event.path.steps
    for key, index in zip(steps[::2], steps[1::2], strict=False):
        yield index.index, key.key
