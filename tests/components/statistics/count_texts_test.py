"""Counting in Beam gives what counting in one go gives."""

import itertools
import pickle

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pytest

from components.statistics import count_texts, counting, settings, summary, text_statistics

_SETTINGS = settings.TextSettings(label_feature="label")
_TEXTS = [f"text {i % 90} of a few words {'more ' * (i % 7)}" for i in range(500)]


def _batch(first: int, last: int) -> pa.RecordBatch:
    places = range(first, last)
    columns = {
        "text": [[_TEXTS[i].encode()] for i in places],
        "label": [[b"ab"[i % 2 : i % 2 + 1]] for i in places],
        "origin": [[b"t.csv:%d" % i] for i in places],
    }
    return pa.RecordBatch.from_arrays([pa.array(v) for v in columns.values()], list(columns))


def _in_beam(
    batches: list[tuple[str, pa.RecordBatch]], splits: list[str], path: str, mode: str
) -> text_statistics.TextStatistics:
    options = beam.pipeline.PipelineOptions(
        [f"--direct_running_mode={mode}", "--direct_num_workers=2"]
    )
    with beam.Pipeline("DirectRunner", options=options) as pipeline:
        _ = (
            pipeline
            | beam.Create(batches)
            | beam.Reshuffle()
            | count_texts.CountTexts(splits, _SETTINGS)
            | beam.Map(_write, path)
        )
    return text_statistics.read(path)


def _write(counts: count_texts.Counts, path: str) -> None:
    text_statistics.write(path, summary.summarize(counts, _SETTINGS))


@pytest.mark.parametrize("mode", ["in_memory", "multi_threading"])
def test_beam_counts_what_is_counted_in_one_go(count, tmp_path, mode) -> None:
    bounds = np.linspace(0, 400, 14).astype(int).tolist()
    batches = [("train", _batch(a, b)) for a, b in itertools.pairwise(bounds)]
    read = _in_beam(
        [*batches, ("eval", _batch(400, 500))], ["train", "eval", "test"], str(tmp_path), mode
    )
    rows = [(text, "ab"[i % 2], f"t.csv:{i}") for i, text in enumerate(_TEXTS)]
    counts = {"train": count(rows[:400]), "eval": count(rows[400:]), "test": counting.TextCounts()}
    assert read == summary.summarize(counts, _SETTINGS)


def test_of_no_batches_all_splits_are_empty(tmp_path) -> None:
    read = _in_beam([], ["train", "eval"], str(tmp_path), "in_memory")
    assert {split: text.rows for split, text in read.splits.items()} == {"train": 0, "eval": 0}


def test_rows_that_lack_features_are_counted(tmp_path) -> None:
    without_text = pa.RecordBatch.from_arrays([pa.array([[1], None])], ["other"])
    one = pa.RecordBatch.from_arrays([pa.array([[b"a text"], None, []])], ["text"])
    read = _in_beam(
        [("train", without_text), ("train", one)], ["train"], str(tmp_path), "in_memory"
    )
    text = read.splits["train"]
    assert (text.rows, text.near_empty.count, text.labels) == (5, 4, {})


def test_accumulators_merge_in_any_grouping(count) -> None:
    merge = count_texts.Merge(["train", "eval"])
    parts = [count([(text, "a", f"t.csv:{i}")]) for i, text in enumerate(_TEXTS[:6])]
    one = merge.create_accumulator()
    for part in parts:
        one = merge.add_input(one, ("train", part))
    halves = [merge.create_accumulator(), merge.create_accumulator()]
    for number, part in enumerate(reversed(parts)):
        halves[number % 2] = merge.add_input(halves[number % 2], ("train", part))
    halves = [pickle.loads(pickle.dumps(merge.compact(half))) for half in halves]  # noqa: S301
    both = merge.extract_output(merge.merge_accumulators(halves))
    assert summary.summarize(both, _SETTINGS) == summary.summarize(one, _SETTINGS)
    assert both["eval"].rows == 0
