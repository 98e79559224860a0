"""Schemas compared with the statistics of runs whose records are written by hand."""

import pathlib

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from ml_metadata import metadata_store, proto
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration import metadata

from pipeline import config, errors, schema_change, workspace

_TRAIN = {"text": ["a", "b", "c"], "label": ["yes", "no", "no"]}
_SCHEMA = """\
# What reviews are like,

# and who asks.
feature {  # the text
  name: "text"
  type: BYTES
  presence { min_fraction: 1.0 min_count: 1 }
  shape { dim { size: 1 } }
}
feature {
  name: "label"
  type: BYTES
  presence { min_fraction: 1.0 min_count: 1 }
  shape { dim { size: 1 } }
  domain: "label"
  not_in_environment: "SERVING"
}
string_domain { name: "label" value: "no" }
default_environment: "TRAINING"
default_environment: "SERVING"
"""


class _Runs:
    """The workspace of `reviews`, filled run by run."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.workspace = workspace.Workspace.at(directory / "w", "reviews")
        self.workspace.make()
        self._store = metadata_store.MetadataStore(
            metadata.sqlite_metadata_connection_config(str(self.workspace.metadata_db))
        )

    def statistics(self, **splits: dict[str, list]) -> int:
        """Writes statistics, and returns the artifact's id."""
        properties = {"split_names": metadata_store_pb2.STRING}
        artifact = proto.Artifact(
            type_id=self._store.put_artifact_type(
                proto.ArtifactType(name="ExampleStatistics", properties=properties)
            ),
        )
        [artifact_id] = self._store.put_artifacts([artifact])
        artifact.id = artifact_id
        artifact.uri = str(self.workspace.artifacts / str(artifact_id))
        artifact.properties["split_names"].string_value = str(list(splits)).replace("'", '"')
        for split, rows in splits.items():
            path = pathlib.Path(artifact.uri, f"Split-{split}", "FeatureStats.pb")
            path.parent.mkdir(parents=True)
            made = tfdv.generate_statistics_from_dataframe(pd.DataFrame(rows))
            path.write_bytes(made.SerializeToString())
        self._store.put_artifacts([artifact])
        return artifact_id

    def ran(
        self,
        artifact_id: int | None,
        node: str = "reviews.StatisticsGen",
        state: int = proto.Execution.COMPLETE,
    ) -> None:
        """Records a node that ran, and what it put out."""
        execution_type = self._store.put_execution_type(proto.ExecutionType(name=node))
        context_type = self._store.put_context_type(proto.ContextType(name="node"))
        known = self._store.get_context_by_type_and_name("node", node)
        context = proto.Context(type_id=context_type, name=node, id=known.id if known else None)
        artifacts = []
        if artifact_id is not None:
            steps = [proto.Event.Path.Step(key="statistics"), proto.Event.Path.Step(index=0)]
            event = proto.Event(type=proto.Event.OUTPUT, path=proto.Event.Path(steps=steps))
            artifacts.append((self._store.get_artifacts_by_id([artifact_id])[0], event))
        self._store.put_execution(
            proto.Execution(type_id=execution_type, last_known_state=state), artifacts, [context]
        )

    def compare(self, *settings: str) -> schema_change.Comparison:
        """Compares, as the command does."""
        return schema_change.compare(_config(*settings), self.workspace)


def _config(*settings: str) -> config.Config:
    return config.from_columns("reviews.csv", overrides=settings)


@pytest.fixture
def runs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Runs:
    monkeypatch.chdir(tmp_path)
    pathlib.Path("s.pbtxt").write_text(_SCHEMA)
    return _Runs(tmp_path)


_CURATED = "data.schema=s.pbtxt"
# Without a column of its own, a table of text and label has the schema of its task.
_INFERRED = "evaluate.slices=[shop]"


def test_a_curated_schema_is_compared_with_all_splits(runs: _Runs) -> None:
    runs.ran(runs.statistics(train=_TRAIN, eval={"text": ["d"], "label": ["maybe"]}))
    found = runs.compare(_CURATED)
    assert schema_change.tell(found) == [
        "s.pbtxt, against the newest data (3 train, 1 eval)",
        "  `label`: a new value, yes (1 in train)",
        "  `label`: a new value, maybe (1 in eval)",
    ]


def test_no_difference_is_told(runs: _Runs) -> None:
    runs.ran(runs.statistics(train={"text": ["a"], "label": ["no"]}))
    found = runs.compare(_CURATED)
    assert found.lines == ()
    assert schema_change.tell(found)[1:] == ["  no difference"]


def test_an_inferred_schema_is_compared_with_what_train_does_not_have(runs: _Runs) -> None:
    shops = {"shop": ["Rome", "Oslo", "Rome"]}
    other = {"text": ["d"], "label": ["maybe"], "shop": ["Lima"]}
    runs.ran(runs.statistics(train=_TRAIN | shops, test=other))
    found = runs.compare(_INFERRED)
    assert schema_change.tell(found) == [
        "the schema inferred from train, against the newest data (3 train, 1 test)",
        "  `label`: a new value, maybe (1 in test)",
    ]


def test_the_data_is_that_of_the_newest_run_that_has_counted_any(runs: _Runs) -> None:
    old = runs.statistics(train={"text": ["a"], "label": ["old"]})
    new = runs.statistics(train={"text": ["a"], "label": ["new"]})
    runs.ran(old)
    runs.ran(new)
    assert runs.compare(_CURATED).lines == ("`label`: a new value, new (1 in train)",)
    # An older artifact, which the cache has answered with.
    runs.ran(old, state=proto.Execution.CACHED)
    assert runs.compare(_CURATED).lines == ("`label`: a new value, old (1 in train)",)
    # Runs of which this node failed, other nodes and other pipelines do not count.
    runs.ran(new, state=proto.Execution.FAILED)
    runs.ran(new, node="reviews.Transform")
    runs.ran(new, node="others.StatisticsGen")
    assert runs.compare(_CURATED).lines == ("`label`: a new value, old (1 in train)",)


@pytest.mark.parametrize("state", [None, proto.Execution.FAILED, proto.Execution.COMPLETE])
def test_without_statistics_there_is_nothing_to_compare(runs: _Runs, state: int | None) -> None:
    if state is not None:
        runs.ran(None, state=state)
    with pytest.raises(errors.ConfigError, match="must hold the statistics of a run") as caught:
        runs.compare(_CURATED)
    assert len(caught.value.problems) == 1


def test_statistics_that_somebody_has_deleted(runs: _Runs) -> None:
    artifact_id = runs.statistics(train=_TRAIN)
    runs.ran(artifact_id)
    directory = runs.workspace.artifacts / str(artifact_id)
    directory.rename(directory.with_name("elsewhere"))
    with pytest.raises(errors.ConfigError, match="must hold the statistics of a run"):
        runs.compare(_CURATED)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"feature { nome: 1 }", "s.pbtxt: is no schema: 1:11 : "),
        (b"caf\xe9", "s.pbtxt: cannot be read: "),
        (None, "s.pbtxt: cannot be read: "),
    ],
)
def test_a_schema_that_cannot_be_read(runs: _Runs, content: bytes | None, problem: str) -> None:
    runs.ran(runs.statistics(train=_TRAIN))
    pathlib.Path("s.pbtxt").unlink()
    if content is not None:
        pathlib.Path("s.pbtxt").write_bytes(content)
    with pytest.raises(errors.ConfigError) as caught:
        runs.compare(_CURATED)
    [line] = caught.value.problems
    assert line.startswith(problem)
    assert "\n" not in line


def test_accepting_rewrites_the_curated_schema_and_keeps_its_first_comment(runs: _Runs) -> None:
    runs.ran(runs.statistics(train=_TRAIN))
    told = schema_change.write(_config(_CURATED), runs.compare(_CURATED))
    assert told == ["wrote s.pbtxt"]
    lines = pathlib.Path("s.pbtxt").read_text().splitlines()
    assert lines[:4] == ["# What reviews are like,", "", "# and who asks.", "feature {"]
    written = tfdv.load_schema_text("s.pbtxt")
    assert list(tfdv.get_domain(written, "label").value) == ["no", "yes"]
    assert runs.compare(_CURATED).lines == ()
    assert sorted(path.name for path in pathlib.Path().iterdir()) == ["s.pbtxt", "w"]


def test_accepting_nothing_leaves_the_curated_schema_as_it_is(runs: _Runs) -> None:
    runs.ran(runs.statistics(train={"text": ["a"], "label": ["no"]}))
    assert schema_change.write(_config(_CURATED), runs.compare(_CURATED)) == []
    assert pathlib.Path("s.pbtxt").read_text() == _SCHEMA


def test_accepting_an_inferred_schema_writes_one_and_tells_how_to_use_it(runs: _Runs) -> None:
    rows = _TRAIN | {"shop": ["Rome", "Oslo", "Rome"]}
    runs.ran(runs.statistics(train=rows, eval={**rows, "label": ["yes", "no", "maybe"]}))
    told = schema_change.write(_config(_INFERRED), runs.compare(_INFERRED))
    assert told == [
        "wrote schemas/reviews/schema.pbtxt",
        "to use it: --set data.schema=schemas/reviews/schema.pbtxt",
    ]
    text = pathlib.Path("schemas/reviews/schema.pbtxt").read_text()
    assert text.startswith("# What the data of reviews must be like;")
    setting = told[1].rpartition("--set ")[2]
    assert runs.compare(_INFERRED, setting).lines == ()
    # Once more is no harm, while what somebody else has written there is not overwritten.
    assert schema_change.write(_config(_INFERRED), runs.compare(_INFERRED)) == told
    pathlib.Path("schemas/reviews/schema.pbtxt").write_text("# mine\n")
    with pytest.raises(errors.ConfigError, match=r"must be named by `data\.schema`"):
        schema_change.write(_config(_INFERRED), runs.compare(_INFERRED))
    assert pathlib.Path("schemas/reviews/schema.pbtxt").read_text() == "# mine\n"


def test_text_beyond_ascii_stays_readable(runs: _Runs) -> None:
    runs.ran(runs.statistics(train={"text": ["a"], "label": ["größer"]}))
    schema_change.write(_config(_CURATED), runs.compare(_CURATED))
    assert '"größer"' in pathlib.Path("s.pbtxt").read_text(encoding="utf-8")


def test_a_schema_that_cannot_be_written(runs: _Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    runs.ran(runs.statistics(train=_TRAIN))
    found = runs.compare(_CURATED)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "write_text", refuse)
    with pytest.raises(errors.ConfigError, match=r"s.pbtxt: cannot be written: Permission denied"):
        schema_change.write(_config(_CURATED), found)


def test_a_schema_elsewhere_is_not_written(runs: _Runs) -> None:
    runs.ran(runs.statistics(train=_TRAIN))
    found = runs.compare(_CURATED)
    with pytest.raises(errors.ConfigError, match="must be a local file to write to"):
        schema_change.write(_config("data.schema=gs://b/s.pbtxt"), found)
