"""Why a node of a run ran, or why the cache could answer for it."""

import contextlib
import json
from collections.abc import Iterator, Mapping

from pipeline.lineage import records

_MAX_SHOWN = 3  # settings that are named
_TOLD_TWICE = frozenset({"config_digest"})
_CODE = frozenset({"digest", "code"})
_HOLDERS = frozenset({"custom_config", "settings", "value"})
# What Ingest's driver sees of the files.
_FINGERPRINT = "input_fingerprint"


def why(history: records.History, execution: records.Execution) -> str:
    """Says it in a few words; what is compared with is the node's last try that came to its end."""
    if execution.state is records.State.CACHED:
        made = _maker(history, execution)
        return f"as in {made.run}" if made else "answered by the cache"
    if execution.type.endswith("Resolver"):
        return "looks anew each time"
    before = _before(history, execution)
    if before is None:
        return "never ran before"
    changes = list(_changes(before, execution))
    if not changes:
        return "nothing changed: no cache, or what it had put out was gone"
    shown = ", ".join(changes[:_MAX_SHOWN])
    more = len(changes) - _MAX_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _maker(history: records.History, execution: records.Execution) -> records.Execution | None:
    artifacts = [each for of_key in execution.outputs.values() for each in of_key]
    return history.producer(artifacts[0]) if artifacts else None


def _before(history: records.History, execution: records.Execution) -> records.Execution | None:
    found = [
        each
        for each in history.of_node(execution.node)
        if each.state is records.State.DONE and each.id < execution.id
    ]
    return max(found, key=lambda each: each.id, default=None)


def _changes(before: records.Execution, after: records.Execution) -> Iterator[str]:
    """Yields what is other than it was."""
    for key in sorted({*before.inputs, *after.inputs}):
        ids = [{each.id for each in of.inputs.get(key, ())} for of in (before, after)]
        if ids[0] != ids[1]:
            yield f"{'no' if not ids[1] else 'new'} {key}"
    for key in sorted({*before.properties} & {*after.properties}):
        old, new = before.properties[key], after.properties[key]
        if old == new:
            continue
        if key in _CODE:
            yield "code"
        elif key == _FINGERPRINT:
            yield "files"
        else:
            yield from _settings(dict(_flat(key, old)), dict(_flat(key, new)))


def _settings(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    """Yields the names of the settings that differ."""
    names = sorted({*old, *new} - _TOLD_TWICE)
    differ = [name for name in names if old.get(name) != new.get(name)]
    yield from dict.fromkeys("code" if name in _CODE else name for name in differ)


def _flat(name: str, value: object) -> Iterator[tuple[str, object]]:
    """Takes settings apart that are JSON, or JSON within JSON, by dotted path.

    What holds all settings of a node says nothing to people, so its name is left out.
    """
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if not isinstance(value, Mapping):
        yield name, value
        return
    outer = "" if name in _HOLDERS else f"{name}."
    for key, each in value.items():
        yield from _flat(f"{outer}{key}", each)
