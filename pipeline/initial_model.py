"""The model that `model.init_from` names: found, and held against the config, before a run.

Imports no TensorFlow.
"""

import hashlib
import json
import pathlib
import sqlite3
from collections.abc import Iterable, Iterator

import pydantic

from components.transform import config as transform_config
from pipeline import config as config_lib
from pipeline import config_errors, errors
from pipeline import workspace as workspace_lib
from schemas import errors as data_errors
from schemas import tasks, tokens
from trainer import config as trainer_config
from trainer import exported
from trainer.checkpoints import preset, reading

_SAVED_MODEL = "saved_model.pb"
_SERVING_MODEL = "Format-Serving"  # in a Model artifact of TFX
# All else of the tokenizer decides which ids a word has, as far as it is heeded.
_FREE_TOKENIZER_KEYS = ("max_length", "min_count", "stride", "max_answer_tokens")
_LOSSLESS_KEYS = ("kind", "vocabulary_size")
_NEWEST_BLESSED = """
    SELECT model.string_value
    FROM ArtifactProperty AS blessed
    JOIN ArtifactProperty AS model ON model.artifact_id = blessed.artifact_id
    WHERE blessed.name = 'blessed' AND blessed.int_value = 1 AND model.name = 'current_model'
    ORDER BY blessed.artifact_id DESC
"""


def find(config: config_lib.Config, workspace: workspace_lib.Workspace) -> pathlib.Path | None:
    """Finds the directory of the model to start from; None where there is none.

    It is that of a SavedModel, or of a KerasHub preset. The newest pushed version is taken of a
    workspace, or its newest blessed model where nothing is pushed.

    Args:
        config: The config.
        workspace: The run's; others are looked for beside it.

    Raises:
        ConfigError: If there is none of that name, or it does not go with the config; a line for
            each problem.
    """
    name = config.model.init_from
    if name is None:
        return None
    found = _resolve(name, workspace.root.parent)
    if found is None:
        raise errors.ConfigError(
            "`model.init_from` must be the directory of a pushed or blessed model or of a KerasHub "
            f"preset, or the name of a workspace that has a model in {workspace.root.parent}. "
            f"Received: {config_errors.show(name)}"
        )
    problems = list(_problems(config, found))
    if problems:
        raise errors.ConfigError(problems)
    return found


def digest(directory: pathlib.Path) -> str:
    """Digests the files of a model."""
    whole = hashlib.sha256()
    for path in sorted(p for p in directory.rglob("*") if p.is_file()):
        with path.open("rb") as file:
            whole.update(f"{path.relative_to(directory).as_posix()}\0".encode())
            while block := file.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()[:16]


def _resolve(name: str, workspaces: pathlib.Path) -> pathlib.Path | None:
    given = pathlib.Path(name).expanduser()
    for directory in (given, workspaces / name):
        if directory.is_dir() and (found := _model_in(directory)):
            return found.resolve()
    return None


def _model_in(directory: pathlib.Path) -> pathlib.Path | None:
    """Finds the model in its own directory, in that of its versions, or in a workspace."""
    of_workspace = workspace_lib.Workspace(directory.resolve())
    candidates = (
        *(directory, directory / _SERVING_MODEL),
        *_versions(directory),
        *_versions(of_workspace.serving),
        *_blessed(of_workspace.metadata_db),
    )
    found = next((path for path in candidates if (path / _SAVED_MODEL).is_file()), None)
    return found or (directory if preset.is_preset(directory) else None)


def _versions(directory: pathlib.Path) -> list[pathlib.Path]:
    """Lists the versions of a model, the newest first."""
    if not directory.is_dir():
        return []
    versions = (path for path in directory.iterdir() if path.name.isdecimal())
    return sorted(versions, key=lambda path: int(path.name), reverse=True)


def _blessed(metadata_db: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yields the models that ML Metadata knows as blessed, the newest first.

    Read as the SQLite file that it is: its client takes as long to import as all checks take.
    """
    if not metadata_db.is_file():
        return
    connection = sqlite3.connect(f"{metadata_db.as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute(_NEWEST_BLESSED).fetchall()
    finally:
        connection.close()
    for (uri,) in rows:
        yield pathlib.Path(uri) / _SERVING_MODEL


def _problems(config: config_lib.Config, directory: pathlib.Path) -> Iterator[str]:
    """Yields in what the config differs from the model."""
    try:
        made = _read(directory)
    except data_errors.DataError as error:
        yield str(error)
        return
    tokenizer = transform_config.TokenizerConfig.model_validate(made.tokenizer)
    architecture = tasks.contract(config.task).architecture
    if made.architecture != architecture:
        yield (
            f"`model.init_from` must be of the architecture {architecture} for {config.task}. "
            f"Received: {made.architecture}"
        )
    if not isinstance(made.model, trainer_config.ModelConfig):
        return  # a rival, whose shape has none of the keys below
    yield from _differences("model", trainer_config.ENCODER_KEYS, config.model, made.model)
    yield from _differences("tokenizer", _heeded(tokenizer), config.tokenizer, tokenizer)
    most = tokenizer.max_length
    # There is a row for each position.
    if made.model.positions == "learned" and config.tokenizer.max_length > most:
        yield (
            f"`tokenizer.max_length` must be at most {most}, as `model.init_from` has positions. "
            f"Received: {config.tokenizer.max_length}"
        )


def _read(directory: pathlib.Path) -> exported.Exported:
    """Reads what a model tells of itself, or what a preset will once it is converted.

    Raises:
        DataError: If it tells nothing, or nothing that can be used.
    """
    if preset.is_preset(directory):
        return reading.read(directory).exported({})
    try:
        made = exported.Exported.from_json((directory / exported.FILE).read_text(encoding="utf-8"))
        transform_config.TokenizerConfig.model_validate(made.tokenizer)
    except (OSError, ValueError, KeyError, TypeError, pydantic.ValidationError):
        raise data_errors.DataError(
            f"`model.init_from` must be a model with {exported.FILE}, as this version exports it. "
            f"Received: {directory}"
        ) from None
    return made


def _heeded(tokenizer: transform_config.TokenizerConfig) -> list[str]:
    """Lists the keys that decide which ids a text has."""
    if tokenizer.kind in tokens.LOSSLESS:
        return list(_LOSSLESS_KEYS)
    free = {*_FREE_TOKENIZER_KEYS, *(("unicode",) if tokenizer.pretokenizer == "bert" else ())}
    return [key for key in transform_config.TokenizerConfig.model_fields if key not in free]


def _differences(
    section: str, keys: Iterable[str], ours: pydantic.BaseModel, theirs: pydantic.BaseModel
) -> Iterator[str]:
    """Yields the keys of a section that have another value than in the model."""
    for key in keys:
        wanted, received = getattr(theirs, key), getattr(ours, key)
        if wanted != received:
            yield (
                f"`{section}.{key}` must be {_spell(wanted)}, as `model.init_from` has it. "
                f"Received: {_spell(received)}"
            )


def _spell(value: object) -> str:
    return json.dumps(value) if not isinstance(value, str) else value
