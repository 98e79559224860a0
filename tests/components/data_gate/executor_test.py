"""The gate as TFX runs it, on artifacts as the components before it write them."""

import dataclasses
import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import tensorflow as tf
import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2
from tfx import types
from tfx.dsl.components.common import importer
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local import local_dag_runner
from tfx.types import standard_artifacts
from tfx.utils import writer_utils

from components import artifacts
from components.data_gate import component, config, executor, findings, outcome
from components.statistics import text_statistics
from components.trainer import baseline
from schemas import errors

_MakeData = Callable[..., outcome.Data]
_MakeStatistics = Callable[..., statistics_pb2.DatasetFeatureStatisticsList]
_SPLITS = ("train", "eval", "test")
_OF_SPLITS = ("examples", "statistics", "anomalies")
_TYPES: Mapping[str, type[types.Artifact]] = {
    "examples": standard_artifacts.Examples,
    "quarantine": artifacts.Quarantine,
    "statistics": standard_artifacts.ExampleStatistics,
    "text_statistics": artifacts.TextStatistics,
    "schema": standard_artifacts.Schema,
    "anomalies": standard_artifacts.ExampleAnomalies,
    "baseline_model": standard_artifacts.Model,
    "report": artifacts.DataReport,
}


@dataclasses.dataclass
class _Gate:
    """A gate with all that it reads in one directory.

    Attributes:
        directory: Each artifact lies in the directory of its name.
        inputs: As TFX hands them over.
        outputs: As TFX hands them over.
    """

    directory: pathlib.Path
    inputs: dict[str, list[types.Artifact]]
    outputs: dict[str, list[types.Artifact]]

    def run(self, named: Sequence[str] | None = None, **checks: Any) -> findings.Findings:
        """Runs the gate with these labels named, and these checks set."""
        executor.Executor().Do(
            self.inputs,
            self.outputs,
            {
                "config": config.ValidateConfig.model_validate(checks).model_dump_json(),
                "name": "reviews",
                "report_dir": str(self.report_dir),
                "labels": json.dumps(named),
            },
        )
        return findings.read(str(self.directory / "report"))

    @property
    def report_dir(self) -> pathlib.Path:
        """Where people find the report."""
        return self.directory / "workspace" / "data"


def _write_examples(directory: pathlib.Path, columns: Mapping[str, Sequence[Any]]) -> None:
    directory.mkdir(parents=True)
    path = str(directory / "data_tfrecord-00000-00000.gz")
    with tf.io.TFRecordWriter(path, "GZIP") as writer:
        for line, row in enumerate(zip(*columns.values(), strict=True), start=2):
            example = tf.train.Example()
            feature = example.features.feature
            feature["origin"].bytes_list.value.append(b"reviews.csv:%d" % line)
            for name, value in zip(columns, row, strict=True):
                if isinstance(value, str):
                    feature[name].bytes_list.value.append(value.encode())
                else:
                    feature[name].float_list.value.append(value)
            writer.write(example.SerializeToString())


@pytest.fixture
def make_gate(
    tmp_path: pathlib.Path, make_data: _MakeData, make_statistics: _MakeStatistics
) -> Callable[..., _Gate]:
    """Gives `make(columns by split, splits)`: a gate for that data; splits as in `make_data`."""

    def make(
        tables: Mapping[str, Mapping[str, Sequence[Any]]] | None = None,
        splits: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> _Gate:
        honest = {"text": ["a", "b"] * 20, "label": ["good", "bad"] * 20, "stars": [1.0, 2.0] * 20}
        tables = {split: (tables or {}).get(split, honest) for split in _SPLITS}
        made: dict[str, types.Artifact] = {}
        for name, kind in _TYPES.items():
            made[name] = kind()
            made[name].uri = str(tmp_path / name)
            (tmp_path / name).mkdir()
        for name in _OF_SPLITS:
            made[name].split_names = json.dumps(list(_SPLITS))
        schema = tfdv.infer_schema(make_statistics(honest))
        tfdv.write_schema_text(schema, str(tmp_path / "schema" / "schema.pbtxt"))
        for split, columns in tables.items():
            _write_examples(tmp_path / "examples" / f"Split-{split}", columns)
            statistics = make_statistics(columns)
            for name in ("statistics", "anomalies"):
                (tmp_path / name / f"Split-{split}").mkdir()
            (tmp_path / "statistics" / f"Split-{split}" / "FeatureStats.pb").write_bytes(
                statistics.SerializeToString()
            )
            writer_utils.write_anomalies(
                str(tmp_path / "anomalies" / f"Split-{split}" / "SchemaDiff.pb"),
                tfdv.validate_statistics(statistics, schema),
            )
        text_statistics.write(str(tmp_path / "text_statistics"), make_data(splits).text)
        made["quarantine"].rows_in, made["quarantine"].rows_out = 10_003, 10_000
        made["quarantine"].rows = 3
        report = {"report": [made.pop("report")]}
        del made["baseline_model"]
        return _Gate(tmp_path, {name: [a] for name, a in made.items()}, report)

    return make


def _keep_baseline(gate: _Gate) -> types.Artifact:
    """Makes a blessed model that was trained on the very data."""
    model = standard_artifacts.Model()
    model.uri = str(gate.directory / "baseline_model")
    gate.inputs["baseline_model"] = [model]
    baseline.keep(
        model.uri, str(gate.directory / "statistics"), str(gate.directory / "text_statistics")
    )
    return model


def test_honest_data_passes_and_is_reported(make_gate: Callable[..., _Gate]) -> None:
    gate = make_gate()
    found = gate.run()
    assert found.findings == ()
    assert found.not_checked == dict.fromkeys(
        ("drift", "unigram_drift"), "there is no blessed model yet to compare with"
    )
    [report] = gate.outputs["report"]
    assert report.get_int_custom_property("errors") == 0
    assert report.get_int_custom_property("warnings") == 0
    assert findings.read(str(gate.report_dir)) == found
    page = (gate.report_dir / "index.html").read_text(encoding="utf-8")
    assert "reviews" in page
    assert page == (gate.directory / "report" / "index.html").read_text(encoding="utf-8")


def test_a_refused_run_leaves_its_report_for_people(make_gate: Callable[..., _Gate]) -> None:
    columns = {
        "text": ["a", "b"] * 20,
        "label": ["good", "bad"] * 20,
        "stars": [1.0, 2.0] * 20,
    }
    gate = make_gate(
        {"eval": {**columns, "label": ["good", "bad"] * 19 + ["meh", "good"]}},
        {"eval": {"labels": {"good": 20, "bad": 19, "meh": 1}}},
    )
    gate.report_dir.mkdir(parents=True)
    (gate.report_dir / "of-the-last-run.html").write_text("old")
    with pytest.raises(errors.DataError, match=r"^the data gate refused: labels$") as caught:
        gate.run()
    labels, row, remedy, aside, page = caught.value.details
    assert labels == "labels: train lacks the label `meh` (1 row) of eval"
    assert row == "  reviews.csv:40: a (label `meh`)"
    assert remedy.startswith("  to accept it: --set ")
    assert aside == "3 rows that could not be used were put aside"
    assert page == f"the page of the data: {gate.report_dir}/index.html"
    assert sorted(path.name for path in gate.report_dir.iterdir()) == [
        "findings.json",
        "index.html",
    ]
    assert gate.outputs["report"][0].get_int_custom_property("errors") == 1
    assert gate.run(labels="warn").warnings[0].check == "labels"


def test_a_label_foreign_to_those_of_the_config_stops_the_run_and_names_its_rows(
    make_gate: Callable[..., _Gate],
) -> None:
    gate = make_gate()
    assert gate.run(["bad", "good"]).findings == ()
    with pytest.raises(errors.DataError, match=r"^the data gate refused: labels$") as caught:
        gate.run(["good"])
    assert caught.value.details[0].startswith("labels: `data.labels` lacks the label `bad` (")
    assert caught.value.details[1] == "  reviews.csv:3: b (label `bad`)"


def test_anomalies_name_rows_of_the_examples(make_gate: Callable[..., _Gate]) -> None:
    columns = {
        "text": ["a", "b"] * 20,
        "label": ["good", "bad"] * 20,
        "stars": [1.0, 2.0] * 20,
    }
    gate = make_gate({"test": {**columns, "text": ["a", "b", "zebra", "a"] * 10}})
    with pytest.raises(errors.DataError, match="anomalies") as caught:
        gate.run()
    lines = caught.value.details
    assert re.search(r"^anomalies: text of test: .*zebra", lines[0])
    assert lines[1] == "  reviews.csv:4: zebra (text: value `zebra`)"
    assert lines[6] == "  to accept it: `meritline schema accept` with the arguments of this run"


def test_the_latest_blessed_model_brings_what_data_is_compared_with(
    make_gate: Callable[..., _Gate],
) -> None:
    gate = make_gate()
    _keep_baseline(gate)
    found = gate.run()
    assert (found.findings, found.not_checked) == ((), {})
    # New data, other labels and other words.
    for split in _SPLITS:
        path = gate.directory / "statistics" / f"Split-{split}" / "FeatureStats.pb"
        statistics = statistics_pb2.DatasetFeatureStatisticsList.FromString(path.read_bytes())
        label = next(f for f in statistics.datasets[0].features if f.path.step == ["label"])
        label.string_stats.rank_histogram.buckets[0].sample_count = 40
        del label.string_stats.rank_histogram.buckets[1:]
        path.write_bytes(statistics.SerializeToString())
    text = text_statistics.read(str(gate.directory / "text_statistics"))
    train = dataclasses.replace(text.splits["train"], unigrams=(0, 0, 9000, 1))
    text = dataclasses.replace(text, splits={**text.splits, "train": train})
    text_statistics.write(str(gate.directory / "text_statistics"), text)
    assert [finding.check for finding in gate.run().findings] == ["drift", "unigram_drift"]


def test_a_model_without_statistics_is_not_compared(make_gate: Callable[..., _Gate]) -> None:
    gate = make_gate()
    model = _keep_baseline(gate)
    for name in ("text_statistics", "statistics"):
        directory = pathlib.Path(model.uri, "data_statistics", name)
        directory.rename(directory.with_suffix(".gone"))
        assert set(gate.run().not_checked.values()) == {
            "the latest blessed model did not keep the statistics of its data"
        }
        directory.with_suffix(".gone").rename(directory)
    model.uri = str(gate.directory / "nowhere")
    assert set(gate.run().not_checked.values()) == {
        "the files of the latest blessed model are gone"
    }


def test_through_tfx_a_refusal_keeps_its_details_and_its_report(
    make_gate: Callable[..., _Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = make_gate({}, {"eval": {"labels": {"good": 20, "bad": 19, "meh": 1}}})
    monkeypatch.setattr(sys, "argv", sys.argv[:1])  # which TFX's executors read
    with pytest.raises(errors.DataError) as caught:
        local_dag_runner.LocalDagRunner().run(_pipeline(gate, {}))
    assert caught.value.details[0] == "labels: train lacks the label `meh` (1 row) of eval"
    assert [f.check for f in findings.read(str(gate.report_dir)).errors] == ["labels"]
    assert not list((gate.directory / "root" / "DataGate" / "report").glob("*/findings.json"))
    local_dag_runner.LocalDagRunner().run(_pipeline(gate, {"labels": "warn"}))
    [written] = (gate.directory / "root" / "DataGate" / "report").glob("*/findings.json")
    assert [f.check for f in findings.read(str(written.parent)).warnings] == ["labels"]


def _pipeline(gate: _Gate, checks: Mapping[str, Any]) -> pipeline.Pipeline:
    """Puts the gate behind nodes that hand it its inputs."""
    properties = {name: {"split_names": json.dumps(_SPLITS)} for name in _OF_SPLITS}
    counts = {"quarantine": {"rows_in": 3, "rows_out": 2, "rows": 1}}
    sources = {
        name: importer.Importer(
            source_uri=gate.inputs[name][0].uri,
            artifact_type=_TYPES[name],
            properties=properties.get(name),
            custom_properties=counts.get(name),
        ).with_id(name)
        for name in gate.inputs
    }
    node = component.DataGate(
        **{name: source.outputs["result"] for name, source in sources.items()},
        config=config.ValidateConfig.model_validate(checks),
        name="reviews",
        report_dir=str(gate.report_dir),
    )
    return pipeline.Pipeline(
        pipeline_name="small",
        pipeline_root=str(gate.directory / "root"),
        components=[*sources.values(), node],
        metadata_connection_config=metadata.sqlite_metadata_connection_config(
            str(gate.directory / "metadata.db")
        ),
    )


def test_the_first_quarantined_rows_stand_on_the_page(
    make_gate: Callable[..., _Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = make_gate()
    rows = [{"file": "reviews.csv", "line": i, "reason": "no text", "raw": ""} for i in range(60)]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    (gate.directory / "quarantine" / "rows.jsonl").write_text(lines)
    shown: list[Any] = []
    monkeypatch.setattr(executor.page, "write", lambda directory, page: shown.append(page))
    gate.run()
    [page] = shown
    assert (page.quarantine.rows_in, page.quarantine.rows_out, page.quarantine.rows) == (
        10_003,
        10_000,
        3,
    )
    assert list(page.quarantine.first) == rows[:50]
    assert (page.name, set(page.statistics)) == ("reviews", set(_SPLITS))
    assert isinstance(page.schema, schema_pb2.Schema)
