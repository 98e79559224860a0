"""Finds artifacts by their type and by what was noted of them."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from pipeline import errors
from pipeline.lineage import conditions as conditions_lib
from pipeline.lineage import properties as properties_lib
from pipeline.lineage import records


@dataclasses.dataclass(frozen=True)
class Found:
    """An artifact that was asked for.

    Attributes:
        id: Its id in ML Metadata.
        type: Such as `Model` or `components.TrialReport`.
        run: Id of the run that made it; None where no run did.
        node: Id of the node that made it; None where none did.
        created: When it was recorded.
        uri: Where it lies, or lay.
        properties: All that was noted of it.
    """

    id: int
    type: str
    run: str | None
    node: str | None
    created: datetime.datetime
    uri: str
    properties: Mapping[str, properties_lib.Value]

    def value(self, key: str) -> properties_lib.Value | datetime.datetime:
        """Reads a property, or one of the keys that every artifact has; None without such."""
        if key in conditions_lib.OWN:
            own: properties_lib.Value | datetime.datetime = getattr(self, key)
            return own
        return self.properties.get(key)


def of(
    history: records.History,
    type_: str,
    conditions: Sequence[conditions_lib.Condition] = (),
    last: int | None = None,
) -> list[Found]:
    """Finds artifacts.

    Args:
        history: Where to look.
        type_: Their type, such as `Model` or `components.TrialReport`; `trialreport` will do.
        conditions: What must hold of each.
        last: How many at most, the newest; all of them by default.

    Returns:
        The artifacts, the oldest first.

    Raises:
        ConfigError: If there is no such type, or no artifact of it has such a key.
    """
    all_of_it = of_type(history, type_)
    known = {*conditions_lib.OWN, *(key for each in all_of_it for key in each.properties)}
    for condition in conditions:
        if condition.key not in known:
            raise errors.ConfigError(
                f"`--where` must name a key of {all_of_it[0].type}: {', '.join(sorted(known))}. "
                f"Received: {condition.key}"
            )
    newest = history.runs[-1].id
    found = [
        each
        for each in all_of_it
        if all(condition.holds(each.value(condition.key), newest) for condition in conditions)
    ]
    return found[-(last or 0) :]


def of_type(history: records.History, type_: str) -> list[Found]:
    """Lists all artifacts of a type, the oldest first.

    Raises:
        ConfigError: If there are none.
    """
    found = history.of_kind(type_)
    if not found:
        known = ", ".join(sorted({each.kind for each in history.artifacts.values()}))
        raise errors.ConfigError(
            f"`--artifact` must be a type of the artifacts of {history.pipeline}: "
            f"{known or 'there are none'}. Received: {type_}"
        )
    return described(history, found)


def described(history: records.History, artifacts: Iterable[records.Artifact]) -> list[Found]:
    """Says of artifacts what made them; the oldest comes first."""
    ordered = sorted(artifacts, key=lambda each: each.id)
    history.load_users(ordered)
    return [_found(history, each) for each in ordered]


def _found(history: records.History, artifact: records.Artifact) -> Found:
    maker = history.producer(artifact)
    return Found(
        id=artifact.id,
        type=artifact.type,
        run=maker.run if maker else None,
        node=maker.node if maker else None,
        created=artifact.created,
        uri=artifact.uri,
        properties=artifact.properties,
    )
