"""The node: what it puts out, what its executor is told, and how the cache knows its files."""

import pathlib

import ml_metadata
import pytest
from ml_metadata import proto
from tfx.components.example_gen import utils
from tfx.orchestration import metadata, pipeline
from tfx.orchestration.local import local_dag_runner
from tfx.proto import example_gen_pb2
from tfx.types import standard_artifacts
from tfx.utils import proto_utils

from components import artifacts
from components.ingest import columns, component, executor, settings, sources


def _settings(quarantine_dir: str = "/q", **columns_wanted: str) -> settings.Settings:
    wanted = columns_wanted or {"text": "review", "label": "stars"}
    return settings.Settings(
        columns=columns.Columns({name: columns.Column(of) for name, of in wanted.items()}),
        dialect=settings.Dialect(delimiter=";", header=("a", "b")),
        split=settings.Split({"train": 8, "eval": 1, "test": 2}, ("text",), time="day"),
        max_bad_fraction=0.02,
        quarantine_dir=quarantine_dir,
    )


def _patterns(node: component.Ingest) -> dict[str, str]:
    config = example_gen_pb2.Input()
    proto_utils.json_to_proto(node.exec_properties["input_config"], config)
    base = node.exec_properties["input_base"]
    return {split.name: f"{base}/{split.pattern}" for split in config.splits}


def test_it_puts_out_examples_and_a_quarantine_under_its_own_name():
    node = component.Ingest({"all": "/data/reviews.csv"}, _settings())
    assert node.id == "Ingest"
    assert {key: channel.type for key, channel in node.outputs.items()} == {
        "examples": standard_artifacts.Examples,
        "quarantine": artifacts.Quarantine,
    }
    assert node.executor_spec.executor_class is executor.Executor


def test_settings_survive_the_way_to_the_executor():
    given = _settings(text="Größe [€]", label='"quoted", {braces}')
    node = component.Ingest({"all": "a.csv"}, given)
    assert executor.settings_of(dict(node.exec_properties)) == given


def test_each_source_has_its_pattern():
    node = component.Ingest({"train": "/d/train/*.csv", "test": "/d/test.csv"}, _settings())
    assert _patterns(node) == {"train": "/d/train/*.csv", "test": "/d/test.csv"}
    node = component.Ingest({"all": "gs://bucket/d/reviews-*.csv"}, _settings())
    assert _patterns(node) == {"all": "gs://bucket/d/reviews-*.csv"}


def test_files_of_several_file_systems_are_refused():
    with pytest.raises(sources.SourceError):
        component.Ingest({"train": "/d/a.csv", "test": "gs://b/c.csv"}, _settings())


@pytest.mark.parametrize(
    "name", ["reviews.csv", "[x].csv", "a*b?.csv", "dir [1]/reviews.csv", "a b/ü,{x}.csv"]
)
def test_tfx_finds_the_very_file_and_sees_when_it_changes(
    tmp_path: pathlib.Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("review,stars\nfine,5\n")
    for other in ("x.csv", "axbxx.csv", "dir 1"):  # what the names match as patterns
        (tmp_path / other).write_text("no\n")
    before = _fingerprint(path)
    assert "num_files:1,total_bytes:20," in before
    path.write_text("review,stars\nfine,5\nbad,1\n")
    assert _fingerprint(path) != before


def test_a_file_more_in_a_directory_is_a_change_and_a_hidden_one_is_none(tmp_path):
    (tmp_path / "a.csv").write_text("x\n")
    before = _fingerprint(tmp_path)
    assert "num_files:1," in before
    for name in (".a.csv.swp", "_SUCCESS"):
        (tmp_path / name).write_text("x\n")
    assert _fingerprint(tmp_path) == before
    (tmp_path / "b.csv").write_text("x\n")
    assert "num_files:2," in _fingerprint(tmp_path)


def _fingerprint(path: pathlib.Path) -> str:
    """What TFX's driver computes of the files, to compare it with the cache's."""
    properties = component.Ingest({"all": str(path)}, _settings()).exec_properties
    config = example_gen_pb2.Input()
    proto_utils.json_to_proto(properties["input_config"], config)
    fingerprint, _, _ = utils.calculate_splits_fingerprint_span_and_version(
        properties["input_base"], config.splits
    )
    return fingerprint


def test_the_local_runner_runs_it_and_the_cache_answers(tmp_path):
    table = tmp_path / "reviews.csv"
    config = metadata.sqlite_metadata_connection_config(str(tmp_path / "metadata.db"))
    given = settings.Settings(
        columns.Columns({"text": columns.Column("review"), "label": columns.Column("stars")}),
        settings.Dialect(),
        settings.Split({"train": 8, "eval": 1, "test": 1}, ("text",)),
        0.01,
        str(tmp_path / "quarantine"),
    )

    def run() -> None:
        node = component.Ingest({"all": str(table)}, given)
        made = pipeline.Pipeline(
            pipeline_name="ingest",
            pipeline_root=str(tmp_path / "root"),
            components=[node],
            enable_cache=True,
            metadata_connection_config=config,
            beam_pipeline_args=["--direct_running_mode=in_memory", "--sdk_container_image=none"],
        )
        local_dag_runner.LocalDagRunner().run(made)

    table.write_text("review,stars\n" + "fine,5\n" * 99 + "bad,\n")
    run()
    assert (tmp_path / "quarantine" / "rows.jsonl").exists()
    run()
    table.write_text("review,stars\n" + "fine,5\n" * 101)
    run()
    assert not (tmp_path / "quarantine").exists()

    store = ml_metadata.MetadataStore(config)
    states = [execution.last_known_state for execution in store.get_executions()]
    complete, cached = proto.Execution.COMPLETE, proto.Execution.CACHED
    assert states == [complete, cached, complete]
    counts = [
        {
            name: artifact.custom_properties[name].int_value
            for name in ("rows_in", "rows_out", "rows")
        }
        for artifact in store.get_artifacts_by_type("components.Quarantine")
    ]
    assert counts == [
        {"rows_in": 100, "rows_out": 99, "rows": 1},
        {"rows_in": 101, "rows_out": 101, "rows": 0},
    ]
