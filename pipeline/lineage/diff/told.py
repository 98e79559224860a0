"""What each run was told, and ran on: config, runtime parameters, code, versions, the machine."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from components.run_config import noted
from pipeline.lineage import facts, records
from pipeline.lineage.diff import absent, changes

_WHAT = "config"
_SETTINGS = "settings"  # of the execution: they outlast its files

Changes = tuple[changes.Change, ...] | None


def config(old: records.Run, new: records.Run) -> Changes:
    """Compares the resolved configs, by dotted path; None where they are the same."""
    return changes.of(changes.flat(_config(old)), changes.flat(_config(new))) or None


def parameters(old: records.Run, new: records.Run) -> Changes:
    """Compares runtime parameters, those of compiled pipelines; None where they are the same."""
    found = [
        records.told(absent.artifact(run, facts.CONFIG, _WHAT).properties, noted.PARAMETERS)
        for run in (old, new)
    ]
    return changes.of(*found) or None


def code(old: records.Run, new: records.Run) -> Changes:
    """Compares the digests of our own rooms; None where they are the same."""
    return changes.of(*(_noted(run, "code") for run in (old, new))) or None


def versions(old: records.Run, new: records.Run) -> Changes:
    """Compares the versions of packages; None where they are the same."""
    return changes.of(*(_environment(run, "versions") for run in (old, new))) or None


def machine(old: records.Run, new: records.Run) -> Changes:
    """Compares the machines; None where they are the same."""
    return changes.of(*(_environment(run, "machine") for run in (old, new))) or None


def told(run: records.Run) -> Mapping[str, Any]:
    """Reads a run's config; empty where it is gone."""
    try:
        return _config(run)
    except absent.AbsentError:
        return {}


def _config(run: records.Run) -> Mapping[str, Any]:
    text = _settings(run).get("config")
    if not isinstance(text, str):
        made = absent.artifact(run, facts.CONFIG, _WHAT)
        return absent.parsed(run, made, noted.CONFIG_FILE, _WHAT, _mapping)
    return _mapping(text)


def _noted(run: records.Run, key: str) -> Mapping[str, Any]:
    found = _settings(run).get(key)
    return found if isinstance(found, Mapping) else _environment(run, key)


def _settings(run: records.Run) -> Mapping[str, Any]:
    execution = run.execution(facts.CONFIG[0])
    return records.told(execution.properties, _SETTINGS) if execution else {}


def _environment(run: records.Run, key: str) -> Mapping[str, Any]:
    made = absent.artifact(run, facts.CONFIG, _WHAT)
    found = absent.parsed(run, made, noted.ENVIRONMENT_FILE, _WHAT, json.loads).get(key)
    return found if isinstance(found, Mapping) else {}


def _mapping(text: str | bytes) -> Mapping[str, Any]:
    found = yaml.safe_load(text)
    return found if isinstance(found, Mapping) else {}
