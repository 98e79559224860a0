"""Cheap checks of what a config names outside of it, before TensorFlow is imported.

Of files they read the beginnings of some only, so that a table larger than memory costs no more
than a small one. Whatever comes after that is Ingest's to judge.
"""

import pathlib
from collections.abc import Iterator, Sequence

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.ingest import formats, sources
from pipeline import config as config_lib
from pipeline import (
    config_errors,
    data_section,
    errors,
    metadata_section,
    sections,
    table_header,
)
from trainer import cluster
from trainer import config as trainer_config

_DEMO_DATA = "data/sentences.csv"
_MAX_FILES = 100  # of each source, whose columns are looked at
_MAX_SHOWN_COLUMNS = 12
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# As one types them, so that they go through a shell and then through YAML.
_SET_DELIMITER = {",": '","', ";": '";"', "\t": r'"\t"', "|": "'\"|\"'"}


def check(config: config_lib.Config) -> None:
    """Checks what a run on this machine needs: files, who trains together, and its records.

    Raises:
        ConfigError: If anything is wrong; one line for each problem.
    """
    _raise(
        [
            *_file_problems_of(config),
            *_cluster_problems(config.train),
            *metadata_section.problems(config.metadata),
        ]
    )


def check_files(config: config_lib.Config) -> None:
    """Checks the files of this machine alone, of a pipeline that may run elsewhere.

    Raises:
        ConfigError: If anything is wrong; one line for each problem.
    """
    _raise(list(_file_problems_of(config)))


def _raise(problems: Sequence[str]) -> None:
    if problems:
        raise errors.ConfigError(problems)


def _file_problems_of(config: config_lib.Config) -> Iterator[str]:
    """Yields what is wrong with files, their columns and the schema."""
    yield from _schema_problems(config)
    yield from _data_problems(config)


def _cluster_problems(train: trainer_config.TrainConfig) -> Iterator[str]:
    try:
        cluster.of(train)
    except cluster.ClusterError as error:
        yield str(error)


def _schema_problems(config: config_lib.Config) -> Iterator[str]:
    path = config.data.schema_path
    if path is None or data_section.is_uri(path):
        return
    shown = config_errors.show(path)
    if not pathlib.Path(path).is_file():
        yield f"`data.schema` must be a file that exists. Received: {shown}"
        return
    try:
        text_format.Parse(pathlib.Path(path).read_bytes(), schema_pb2.Schema())
    except OSError as error:
        yield f"`data.schema` must be a file that can be read. Received: {shown} ({error.strerror})"
    except (UnicodeDecodeError, text_format.ParseError) as error:
        reason = str(error).partition("\n")[0]
        yield f"`data.schema` must be the text of a schema. Received: {shown} ({reason})"


def _data_problems(config: config_lib.Config) -> Iterator[str]:
    """Yields what is wrong with the files of all sources that are on this machine."""
    found: set[formats.Format] = set()
    for key, path in config.data.given().items():
        if data_section.is_uri(path):
            continue
        try:
            files = sources.list_files(key, path, config.data.format)
        except sources.SourceError as error:
            yield from _with_hint(error.problems)
            continue
        format_ = config.data.format_of(files[0])
        if format_ is not None:
            found.add(format_)
            yield from _source_problems(config, key, files, format_)
    # With an unknown source the config itself could not see this.
    yield from data_section.dialect_problems(config.data, found)


def _with_hint(problems: Sequence[str]) -> Iterator[str]:
    for problem in problems:
        missing = "must be a file that exists" in problem and problem.endswith(_DEMO_DATA)
        yield f"{problem}; `make data` fetches it" if missing else problem


def _source_problems(
    config: config_lib.Config, key: str, files: Sequence[str], format_: formats.Format
) -> Iterator[str]:
    """Yields what is wrong with the first file of a source that has a fault, if there is one."""
    problems = list(sections.unlabelled_problems(config.task, key, files[0], format_))
    problems += _too_few_texts(config.data, key, files, format_)
    for file in files[:_MAX_FILES]:
        if problems:
            break
        problems = list(_file_problems(config, key, file, format_))
    yield from problems


def _too_few_texts(
    data: config_lib.DataConfig, key: str, files: Sequence[str], format_: formats.Format
) -> Iterator[str]:
    """Yields that there are fewer whole texts than splits to deal them out to."""
    given = {"data.eval", "data.test"} & set(data.given())
    splits = {"data.path": 3, "data.train": 3 - len(given)}.get(key, 1)
    if format_ == "whole_txt" and not data.split.contiguous and len(files) < splits:
        yield (
            f"`{key}` must have at least {splits} files to deal out, or be parted itself by "
            f"`--set data.split.contiguous=true`. Received: {len(files)}"
        )


def _file_problems(
    config: config_lib.Config, key: str, file: str, format_: formats.Format
) -> Iterator[str]:
    data, shown = config.data, config_errors.show(file)
    try:
        names = table_header.read(file, format_, data.delimiter, data.header)
    except OSError as error:
        reason = error.strerror or error
        yield f"`{key}` must be a file that can be read. Received: {shown} ({reason})"
    except table_header.HeaderError as error:
        received = f", {error.received}" if error.received else ""
        yield f"`{key}` must {error}. Received: {shown}{received}"
    else:
        if names is not None:
            yield from _column_problems(config, key, pathlib.PurePath(file).name, format_, names)


def _column_problems(
    config: config_lib.Config, key: str, name: str, format_: formats.Format, header: list[str]
) -> Iterator[str]:
    """Yields which columns are missing, or there twice, and what may be the cause of it."""
    wanted = _wanted(config)
    missing = [(option, column) for option, column in wanted if column not in header]
    if missing and format_ in ("csv", "tsv") and config.data.header is None:
        cause = _cause(key, name, format_, config.data.delimiter, header)
        if cause:
            yield cause
            return
    for option, column in missing:
        yield _missing(option, column, name, header)
    for column in sorted({column for _, column in wanted if header.count(column) > 1}):
        yield (
            f"`{key}` must not have two columns of one name. "
            f"Received: {config_errors.show(column)} twice in {name} ({_columns(header)})"
        )


def _wanted(config: config_lib.Config) -> list[tuple[str, str]]:
    """Lists the columns that each file must have, with the setting that names each."""
    data = config.data
    return [
        *(("data.text", column) for column in data.text),
        *(("data.label", column) for column in data.label if config.task_settings.targets),
        *((("data.answer_start", data.answer_start),) if data.answer_start else ()),
        *(("evaluate.slices", column) for column in config.evaluate.slices),
        *(("data.keep", column) for column in data.keep),
        *data.split.columns(),
    ]


def _cause(
    key: str, name: str, format_: formats.Format, delimiter: str, header: list[str]
) -> str | None:
    """Finds out why columns are missing: another delimiter, or no header."""
    mark = next((mark for mark in _DELIMITERS if mark in header[0]), None)
    if len(header) == 1 and mark is not None:
        meant = ["data.format=csv"] if format_ == "tsv" else []
        meant += [f"data.delimiter={_SET_DELIMITER[mark]}"] if mark != "," or not meant else []
        separator = "\t" if format_ == "tsv" else delimiter
        return (
            f"`{key}` must be separated by "
            f"{_DELIMITERS.get(separator, config_errors.show(separator))}, or with "
            f"{_DELIMITERS[mark]} take `{' '.join(f'--set {setting}' for setting in meant)}`. "
            f"Received: {_columns(header)} in {name}"
        )
    if table_header.looks_like_data(header):
        places = ", ".join(f"column{number}" for number in range(1, len(header) + 1))
        return (
            f"`{key}` must begin with the names of its columns, or take them from `--set "
            f"'data.header=[{places}]'`. Received: {_columns(header)} in {name}"
        )
    return None


def _missing(option: str, column: str, name: str, header: list[str]) -> str:
    options = {"data.text": "; --text COLUMN names it", "data.label": "; --label COLUMN names it"}
    near = config_errors.nearest(column, header)
    hint = f". Did you mean `{near}`?" if near else options.get(option, "")
    return (
        f"`{option}` must be a column of {name} ({_columns(header)}). "
        f"Received: {config_errors.show(column)}{hint}"
    )


def _columns(header: list[str]) -> str:
    shown = ", ".join(map(config_errors.show, header[:_MAX_SHOWN_COLUMNS]))
    more = len(header) - _MAX_SHOWN_COLUMNS
    return f"{shown}, and {more} more" if more > 0 else shown
