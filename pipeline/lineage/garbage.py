"""Artifact directories that nothing needs any more: finds them, and takes them away.

ML Metadata is only read: what has gone stays known, and the cache, which looks at what is on disk,
makes it anew when a run wants it.
"""

import dataclasses
import pathlib
from collections.abc import Iterable, Mapping

from pipeline import workspace as workspace_lib
from pipeline.lineage import disk, needs, reading, records


@dataclasses.dataclass(frozen=True)
class Directory:
    """The directory of an artifact.

    Attributes:
        path: Where it lies.
        artifact: Id of the artifact.
        type: The artifact's type.
        run: Id of the run that made it; None where no run did.
        node: Id of the node that made it; None where none did.
        bytes: What its files hold.
        why: Why it may go, or why it is kept.
    """

    path: str
    artifact: int
    type: str
    run: str | None
    node: str | None
    bytes: int
    why: str


@dataclasses.dataclass(frozen=True)
class Unknown:
    """A directory among those of artifacts that no record knows; it is left.

    Attributes:
        path: Where it lies.
        bytes: What its files hold.
    """

    path: str
    bytes: int


@dataclasses.dataclass(frozen=True)
class Plan:
    """What may go and what is kept.

    Attributes:
        pipeline: Name of the pipeline.
        root: Below it lies all that may go.
        keep: How many runs count as the newest.
        goes: What nothing needs.
        kept: What something needs, or what is left for another reason.
        unknown: What no record knows.
        elsewhere: How many artifacts lie outside of `root`.
    """

    pipeline: str
    root: str
    keep: int
    goes: tuple[Directory, ...]
    kept: tuple[Directory, ...]
    unknown: tuple[Unknown, ...]
    elsewhere: int

    @property
    def bytes(self) -> int:
        """What would be freed."""
        return sum(each.bytes for each in self.goes)


def of(workspace: workspace_lib.Workspace, history: records.History, keep: int) -> Plan:
    """Finds what may go. Nothing is changed.

    Args:
        workspace: Where the pipeline ran; of a compiled pipeline its root.
        history: All that is recorded of it.
        keep: How many of the newest runs keep all that they took and put out; at least 1.

    Raises:
        ConfigError: If the records of another pipeline of the same store cannot be read.
    """
    others = _others(workspace, history)
    artifacts = {**others, **history.artifacts}
    paths = {id_: path for id_, each in artifacts.items() if (path := disk.local(each.uri))}
    root = _root(workspace, paths.values())
    below = {id_: path for id_, path in paths.items() if root in path.parents}
    why = dict(needs.Needs(history, keep, _stands).why)
    why.update((id_, "another pipeline has it") for id_ in others)
    in_use = {paths[id_] for id_ in why if id_ in paths} | _outside(workspace, history)
    above = {parent for path in in_use for parent in path.parents}
    goes: dict[pathlib.Path, Directory] = {}
    kept: dict[pathlib.Path, Directory] = {}
    for id_ in sorted(history.artifacts.keys() & below.keys()):
        path, artifact = below[id_], history.artifacts[id_]
        if not disk.is_there(path):
            continue  # it has gone already
        imported = "it was imported" if artifact.properties.get("is_external") else ""
        reason = why.get(id_) or imported or _left(root, path, in_use, above)
        told = reason or _why_it_may_go(artifact, keep)
        (kept if reason else goes)[path] = _directory(history, artifact, path, told)
    return Plan(
        pipeline=history.pipeline,
        root=str(root),
        keep=keep,
        goes=tuple(goes.values()),
        kept=tuple(kept.values()),
        unknown=tuple(
            Unknown(str(path), size)
            for path, size in disk.others(root, set(below.values()), root == workspace.artifacts)
        ),
        elsewhere=len(history.artifacts.keys() - below.keys()),
    )


def delete(directory: Directory) -> None:
    """Takes away what may go.

    Raises:
        OSError: If it cannot be taken away as a whole; asked again, `of` finds the rest.
    """
    disk.take_away(pathlib.Path(directory.path))


def _others(
    workspace: workspace_lib.Workspace, history: records.History
) -> Mapping[int, records.Artifact]:
    """Lists the artifacts of the other pipelines of the same store."""
    found: dict[int, records.Artifact] = {}
    for name in reading.pipelines(workspace):
        if name != history.pipeline:
            found.update(reading.read(workspace, name).artifacts)
    return found


def _root(workspace: workspace_lib.Workspace, paths: Iterable[pathlib.Path]) -> pathlib.Path:
    """Finds where artifacts lie: a compiled pipeline puts each run's right below its root."""
    own = workspace.artifacts
    return own if any(own in path.parents for path in paths) else workspace.root


def _outside(workspace: workspace_lib.Workspace, history: records.History) -> set[pathlib.Path]:
    """Lists what is no artifact and must not go, wherever a record may say that one lies."""
    pushed = (
        disk.local(str(each.properties.get("pushed_destination", "")))
        for each in history.artifacts.values()
    )
    places = {workspace.serving, workspace.logs, workspace.backups, workspace.metadata_db}
    return {*places, *(path for path in pushed if path)}


def _stands(destination: str) -> bool:
    """Tells whether a pushed version is still there; one that cannot be looked at may be."""
    path = disk.local(destination)
    return path is None or path.exists()


def _left(
    root: pathlib.Path,
    path: pathlib.Path,
    in_use: set[pathlib.Path],
    above: set[pathlib.Path],
) -> str:
    """Says why a directory that nothing needs is left all the same; empty where it may go."""
    if path in above or not in_use.isdisjoint({path, *path.parents}):
        return "it shares its place with what is needed"
    steps = [path, *path.parents]
    if any(step.is_symlink() for step in steps[: steps.index(root)]):
        return "a symbolic link leads to it"
    return "it is no directory" if path.is_file() else ""


def _directory(
    history: records.History, artifact: records.Artifact, path: pathlib.Path, why: str
) -> Directory:
    made_by = history.producer(artifact)
    return Directory(
        path=str(path),
        artifact=artifact.id,
        type=artifact.type,
        run=made_by.run if made_by else None,
        node=made_by.node if made_by else None,
        bytes=disk.size(path),
        why=why,
    )


def _why_it_may_go(artifact: records.Artifact, keep: int) -> str:
    of_type = {
        "Model": "; it is not blessed and no version of it stands",
        "PushedModel": "; its version is not in the serving directory",
    }
    runs = (
        "the newest run does not use it" if keep == 1 else f"none of the newest {keep} runs uses it"
    )
    return runs + of_type.get(artifact.kind, ", nor is any model that is needed made of it")
