"""The `data` section of the config: the files, and what their columns mean."""

import glob
import os
import pathlib
from collections.abc import Collection, Iterator
from typing import Annotated, Literal

import pydantic

from components.ingest import formats
from pipeline import config_errors
from schemas import features
from trainer import config as trainer_config

ALL = "all"  # the source whose rows are dealt out to all splits

# Names that features of our own have, so that no column can be kept under them.
RESERVED = (
    *(features.TEXT, features.TEXT_PAIR, features.LABEL, features.ORIGIN),
    features.ANSWER_START,
    *(features.TARGET_IDS, features.NEXT_IDS, features.CHARACTERS),
    *(features.TOKEN_IDS, features.SEGMENT_IDS, features.LABEL_ID, features.SCALED_TARGETS),
    *(features.LABEL_SET, features.TARGETS, features.REFERENCE),
)
LABELLED_FORMATS = tuple(name for name in formats.FORMATS if not name.endswith("txt"))
_HEADED_FORMATS = ("csv", "tsv")


def _listed(columns: object) -> object:
    """Takes a column for a list of one."""
    return (columns,) if isinstance(columns, str) else columns


def _bare(columns: tuple[str, ...]) -> str | list[str]:
    """Writes a list of one as the column, as people do."""
    return columns[0] if len(columns) == 1 else list(columns)


# Columns of the table: in a config one name, or a list of them.
Columns = Annotated[
    tuple[Annotated[str, pydantic.Field(min_length=1)], ...],
    pydantic.BeforeValidator(_listed),
    pydantic.PlainSerializer(_bare),
]


class SplitConfig(trainer_config.Section):
    """How rows are dealt out to the splits, in parts such as 8 : 1 : 1.

    Attributes:
        train: What the model learns from.
        eval: What decides when training stops.
        test: What the verdict rests on; nothing that learns or chooses has seen it.
        group: A column; rows with one value of it stay together, such as those of one user.
        time: A column of dates or numbers; the newest rows are the test split, those before them
            the eval split. Without `group` and `time`, rows are dealt out by a hash of the text.
        contiguous: Part each file of `whole_txt` itself: its beginning is for the train split, what
            comes next for eval, its end for test, in pieces of some hundred words or more.
    """

    train: int = pydantic.Field(8, ge=1, le=10_000)
    eval: int = pydantic.Field(1, ge=1, le=10_000)
    test: int = pydantic.Field(1, ge=1, le=10_000)
    group: str | None = pydantic.Field(None, min_length=1)
    time: str | None = pydantic.Field(None, min_length=1)
    contiguous: bool = False

    @pydantic.model_validator(mode="after")
    def _one_way(self) -> "SplitConfig":
        if self.group is not None and self.time is not None:
            raise ValueError(
                "`data.split.group` and `data.split.time` must not both be given. "
                f"Received: {config_errors.show(self.group)} and {config_errors.show(self.time)}"
            )
        return self

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yields the keys that name a column, with the column."""
        if self.group is not None:
            yield "data.split.group", self.group
        if self.time is not None:
            yield "data.split.time", self.time


class DataConfig(trainer_config.Section):
    """The files, and what their columns mean.

    A path is a file, a directory, a pattern such as `reviews/*.csv`, or the URI of one of them.

    Attributes:
        path: Files whose rows are dealt out to the splits.
        train: In place of `path`, the files of the train split.
        eval: Files of the eval split, beside `train`; null deals it out of `train`.
        test: Files of the test split, beside `train`; null deals it out of `train`.
        format: How the files are written; null goes by their names.
        delimiter: One character between the fields of csv files.
        header: Names of the columns of csv and tsv files whose first row is data already.
        text: The column with the text; of a pair of texts, a list of two.
        label: The column with what is to be learned; of several numbers, a list.
        answer_start: Of answers that stand in a text, the column that tells where each starts, in
            Unicode code points from 0.
        labels: All labels, in the order of their ids; null takes those of the train split.
        label_separator: What stands between the labels of a row that may have several, such as
            `|` in `red|green`; alone in a row, it says that there is none. So also between several
            right answers and between their starts. Null: each row has one.
        keep: More columns, for validation and drift: name to `text` or `number`. Those of
            `evaluate.slices` are kept anyway.
        schema_path: A curated `schema.pbtxt`, written `schema:`; null takes the task's own where it
            describes every column, and otherwise infers one from the data.
        max_bad_fraction: The largest share of rows that may be put aside as unusable.
        split: How the rows are dealt out.
    """

    # `schema` is a method of pydantic's own, so the attribute needs another name than the key.
    model_config = pydantic.ConfigDict(serialize_by_alias=True)

    path: str | None = pydantic.Field(None, min_length=1)
    train: str | None = pydantic.Field(None, min_length=1)
    eval: str | None = pydantic.Field(None, min_length=1)
    test: str | None = pydantic.Field(None, min_length=1)
    format: formats.Format | None = None
    delimiter: str = ","
    header: tuple[str, ...] | None = None
    text: Columns = (features.TEXT,)
    label: Columns = (features.LABEL,)
    answer_start: str | None = pydantic.Field(None, min_length=1)
    labels: tuple[str, ...] | None = None
    label_separator: str | None = pydantic.Field(None, min_length=1)
    keep: dict[str, Literal["text", "number"]] = pydantic.Field(default_factory=dict)
    schema_path: str | None = pydantic.Field(None, alias="schema", min_length=1)
    max_bad_fraction: float = pydantic.Field(0.01, ge=0.0, le=1.0)
    split: SplitConfig = SplitConfig.model_validate({})

    @pydantic.field_validator("path", "train", "eval", "test", "schema_path")
    @classmethod
    def _expand_home(cls, path: str | None) -> str | None:
        return str(pathlib.Path(path).expanduser()) if path and path.startswith("~/") else path

    @pydantic.field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        # A shell hands `\t` over as two characters, and so does YAML without double quotes.
        meant = "\t" if delimiter == r"\t" else delimiter
        if len(meant) != 1 or not meant.isascii() or meant in '"\r\n\0':
            raise ValueError(
                "`data.delimiter` must be one ASCII character, no quote and no line end. "
                f"Received: {config_errors.show(delimiter)}"
            )
        return meant

    @pydantic.field_validator("header")
    @classmethod
    def _names_differ(cls, header: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if header is not None and not header:
            raise ValueError("`data.header` must name at least one column. Received: []")
        config_errors.refuse_repeated("data.header", header or ())
        return header

    @pydantic.field_validator("text", "label")
    @classmethod
    def _columns_differ(
        cls, columns: tuple[str, ...], info: pydantic.ValidationInfo
    ) -> tuple[str, ...]:
        if not columns:
            raise ValueError(
                f"`data.{info.field_name}` must name at least one column. Received: []"
            )
        config_errors.refuse_repeated(f"data.{info.field_name}", columns)
        return columns

    @pydantic.field_validator("labels")
    @classmethod
    def _labels_differ(cls, labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if labels is not None and len(labels) < 2:
            raise ValueError(
                "`data.labels` must have at least 2 entries. "
                f"Received: {config_errors.show(list(labels))}"
            )
        for label in labels or ():
            if not label.strip():
                raise ValueError(
                    "`data.labels` must not hold an empty label. "
                    f"Received: {config_errors.show(label)}"
                )
        config_errors.refuse_repeated("data.labels", labels or ())
        return labels

    @pydantic.model_validator(mode="after")
    def _keys_agree(self) -> "DataConfig":
        problems = [
            *_file_problems(self),
            *_parting_problems(self),
            *_column_problems(self),
            *dialect_problems(self, self._formats_told()),
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def given(self) -> dict[str, str]:
        """Returns the keys that name files, with what they name: `{"data.path": "a.csv"}`."""
        keys = {"path": self.path, "train": self.train, "eval": self.eval, "test": self.test}
        return {f"data.{key}": path for key, path in keys.items() if path is not None}

    def sources(self) -> dict[str, str]:
        """Returns the files of each split, or of `all`; URIs as they are, paths absolute."""
        return {
            ALL if key == "data.path" else key.removeprefix("data."): absolute(path)
            for key, path in self.given().items()
        }

    @property
    def schema_uri(self) -> str | None:
        """The curated schema: a URI as it is, a path absolute."""
        return None if self.schema_path is None else absolute(self.schema_path)

    def may_keep(self, column: str) -> bool:
        """Tells whether a column can be a feature beside the text and the label."""
        return bool(column.strip()) and column not in {
            *(*self.text, *self.label, self.answer_start),
            *RESERVED,
        }

    def format_of(self, path: str) -> formats.Format | None:
        """Finds the format of a file; None where neither the config nor its name tells."""
        return self.format or formats.of_name(path)

    def _formats_told(self) -> set[formats.Format]:
        """Returns the formats of all files, or none where some name does not tell its own."""
        told = [self.format_of(path) for path in self.given().values()]
        return {found for found in told if found} if all(told) else set()


def absolute(path: str) -> str:
    """Makes a path hold in any directory; a URI does already."""
    if is_uri(path):
        return path
    here = str(pathlib.Path.cwd())
    if glob.has_magic(path) and not os.path.lexists(path):
        here = glob.escape(here)  # the pattern is the user's, the current directory is none
    return str(pathlib.Path(here, path))


def is_uri(path: str) -> bool:
    """Tells whether a path is for TFX's file systems alone, such as `gs://bucket/reviews.csv`."""
    return "://" in path


def dialect_problems(data: DataConfig, found: Collection[formats.Format]) -> Iterator[str]:
    """Yields what is said of csv files where there are none.

    Args:
        data: The section.
        found: The formats of the files; empty where they are not known.
    """
    named = ", ".join(sorted(found))
    if found and data.delimiter != "," and "csv" not in found:
        yield (
            "`data.delimiter` must be left out where no file is csv. "
            f"Received: {config_errors.show(data.delimiter)} for {named}"
        )
    if found and data.header is not None and not set(_HEADED_FORMATS) & set(found):
        yield (
            "`data.header` must be left out where no file is csv or tsv. "
            f"Received: {config_errors.show(list(data.header))} for {named}"
        )


def _file_problems(data: DataConfig) -> Iterator[str]:
    """Yields what is wrong with the choice of files."""
    given = data.given()
    if "data.path" in given and len(given) > 1:
        others = " and ".join(f"`{key}`" for key in given if key != "data.path")
        yield (
            f"`data.path` must not stand beside {others}. "
            f"Received: {', '.join(map(config_errors.show, given.values()))}"
        )
    elif not given:
        yield "`data.path` or `data.train` must be given"
    elif "data.path" not in given and "data.train" not in given:
        key, path = next(iter(given.items()))
        yield f"`{key}` must stand beside `data.train`. Received: {config_errors.show(path)}"
    for key, column in data.split.columns():
        if data.eval is not None and data.test is not None:
            yield (
                f"`{key}` must be left out where `data.eval` and `data.test` are files of their "
                f"own. Received: {config_errors.show(column)}"
            )


def _parting_problems(data: DataConfig) -> Iterator[str]:
    """Yields what keeps texts from being parted themselves."""
    if not data.split.contiguous:
        return
    if data.format != "whole_txt":
        yield (
            "`data.split.contiguous` must stand beside `data.format: whole_txt`. "
            f"Received: {data.format or 'no format'}"
        )
    for key, column in data.split.columns():
        yield (
            f"`data.split.contiguous` must not stand beside `{key}`. "
            f"Received: {config_errors.show(column)}"
        )


def _column_problems(data: DataConfig) -> Iterator[str]:
    """Yields what is wrong with the choice of columns."""
    for column in data.text:
        if column in data.label:
            yield (
                "`data.text` and `data.label` must be different columns. "
                f"Received: {config_errors.show(column)} for both"
            )
    if data.answer_start in (*data.text, *data.label):
        yield (
            "`data.answer_start` must be a column other than the text and the label. "
            f"Received: {config_errors.show(data.answer_start)}"
        )
    for column in data.label if len(data.label) > 1 else ():
        if column in RESERVED:  # several keep their columns' names
            yield (
                f"`data.label` must not name features of our own ({', '.join(RESERVED)}) in a "
                f"list. Received: {config_errors.show(column)}"
            )
    for column in data.keep:
        if not data.may_keep(column):
            yield (
                "`data.keep` must name columns other than the text, the label and the features "
                f"of our own ({', '.join(RESERVED)}). Received: {config_errors.show(column)}"
            )
    for key, column in data.split.columns():
        if column in (*data.text, *data.label):
            yield (
                f"`{key}` must be a column other than the text and the label. "
                f"Received: {config_errors.show(column)}"
            )
