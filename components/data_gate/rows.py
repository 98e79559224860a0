"""Finds rows among the examples, by what is wrong with them."""

from collections.abc import Iterator, Mapping, Sequence

import tensorflow as tf
from tfx.dsl.io import fileio

from components.data_gate import outcome
from components.statistics import text_statistics
from schemas import features

_COMPRESSION = "GZIP"


def find(
    directory: str, split: str, judges: Mapping[str, outcome.Judge]
) -> dict[str, tuple[text_statistics.RowExample, ...]]:
    """Finds the first rows that each judge says something of.

    It reads until it has enough of each, which for rare rows is the whole split.

    Args:
        directory: Of the examples, all splits.
        split: The split to look through.
        judges: By any name.

    Returns:
        At most `text_statistics.MAX_EXAMPLES` rows for each of the names.
    """
    found: dict[str, list[text_statistics.RowExample]] = {name: [] for name in judges}
    for values in _rows(directory, split):
        wanting = [n for n, rows in found.items() if len(rows) < text_statistics.MAX_EXAMPLES]
        if not wanting:
            break
        for name in wanting:
            if note := judges[name](values):
                found[name].append(_named(values, note))
    return {name: tuple(rows) for name, rows in found.items()}


def _rows(directory: str, split: str) -> Iterator[Mapping[str, Sequence[outcome.Value]]]:
    """Yields the values of each row by feature, in the order of the files' names."""
    files = sorted(fileio.glob(f"{directory}/Split-{split}/*"))
    for record in tf.data.TFRecordDataset(files, _COMPRESSION).as_numpy_iterator():
        row = tf.train.Example.FromString(record).features.feature
        yield {name: _values(feature) for name, feature in row.items()}


def _values(feature: tf.train.Feature) -> Sequence[outcome.Value]:
    kind = feature.WhichOneof("kind")
    return tuple(getattr(feature, kind).value) if kind else ()


def _named(values: Mapping[str, Sequence[outcome.Value]], note: str) -> text_statistics.RowExample:
    origin, text = (_string(values.get(name, ())) for name in (features.ORIGIN, features.TEXT))
    shown = text[: text_statistics.MAX_SHOWN_CHARACTERS]
    return text_statistics.RowExample(origin or "a row of unknown place", shown, note)


def _string(values: Sequence[outcome.Value]) -> str:
    """Decodes the first value; the beginnings of texts may end within a character."""
    first = next(iter(values), b"")
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)
