"""The Pusher on artifacts of a model that was blessed or not."""

import hashlib
import json
import pathlib

import pytest
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts
from tfx.utils import io_utils, proto_utils

from components import artifacts
from components.pusher import component, executor, lineage_file

_PROVENANCE = json.dumps(
    {
        "execution": 7,
        "artifacts": [
            {"key": "examples", "type": "Examples", "id": 2, "uri": "/x", "properties": {"rows": 9}}
        ],
        "versions": {"tfx": "1.16.0"},
        "machine": {"cores": "2"},
        "config": "name: reviews\n",
    }
)


def _artifact(kind, uri: pathlib.Path):
    made = kind()
    made.uri = str(uri)
    return made


@pytest.fixture
def pushed(tmp_path: pathlib.Path):
    """Pushes a model of two files, blessed or not, and probed or not: None is no probe."""

    def push(blessed: bool, servable: bool | None = None) -> standard_artifacts.PushedModel:
        serving = tmp_path / "model" / "Format-Serving"
        (serving / "assets.extra").mkdir(parents=True)
        (serving / "saved_model.pb").write_text("a graph")
        (serving / "assets.extra" / "model.json").write_text("{}")
        (tmp_path / "report").mkdir()
        (tmp_path / "report" / "model_card.md").write_text("# A card\n")
        (tmp_path / "report" / "provenance.json").write_text(_PROVENANCE)
        blessing = _artifact(standard_artifacts.ModelBlessing, tmp_path / "blessing")
        blessing.set_int_custom_property("blessed", int(blessed))
        destination = pusher_pb2.PushDestination(
            filesystem=pusher_pb2.PushDestination.Filesystem(
                base_directory=str(tmp_path / "serving")
            )
        )
        made = _artifact(standard_artifacts.PushedModel, tmp_path / "pushed")
        executor.Executor().Do(
            {
                "model": [_artifact(standard_artifacts.Model, tmp_path / "model")],
                "model_blessing": [blessing],
                "report": [_artifact(artifacts.RunReport, tmp_path / "report")],
                **({} if servable is None else _probed(tmp_path, servable)),
            },
            {"pushed_model": [made]},
            {"push_destination": proto_utils.proto_to_json(destination), "custom_config": "null"},
        )
        return made

    return push


def _probed(directory: pathlib.Path, servable: bool) -> dict:
    """Makes what a probe leaves."""
    (directory / "probe").mkdir()
    (directory / "probe" / "probe.json").write_text("{}")
    (directory / "probe" / "tf_serving_warmup_requests").write_bytes(b"requests")
    blessing = _artifact(standard_artifacts.InfraBlessing, directory / "infra_blessing")
    blessing.set_int_custom_property("blessed", int(servable))
    probe = _artifact(artifacts.ProbeReport, directory / "probe")
    return {"infra_blessing": [blessing], "probe": [probe]}


def test_the_card_stands_beside_what_serves_and_beside_the_copy(pushed, tmp_path) -> None:
    made = pushed(True)
    [version] = (tmp_path / "serving").iterdir()
    for directory in (version, pathlib.Path(made.uri)):
        card = directory / "assets.extra" / "model_card.md"
        assert card.read_text() == "# A card\n"
        assert (directory / "saved_model.pb").is_file()


def test_the_model_that_was_judged_stays_as_it_is(pushed, tmp_path) -> None:
    pushed(True, servable=True)
    files = {path.name for path in (tmp_path / "model").rglob("*") if path.is_file()}
    assert files == {"saved_model.pb", "model.json"}


def test_nothing_is_pushed_of_a_model_that_was_not_blessed(pushed, tmp_path) -> None:
    made = pushed(False)
    assert not (tmp_path / "serving").exists()
    assert made.get_int_custom_property("pushed") == 0


def test_requests_go_with_a_model_that_was_probed(pushed, tmp_path) -> None:
    made = pushed(True, servable=True)
    [version] = (tmp_path / "serving").iterdir()
    for directory in (version, pathlib.Path(made.uri)):
        beside = {path.name for path in (directory / "assets.extra").iterdir()}
        assert beside == {
            *("lineage.json", "model.json", "model_card.md", "tf_serving_warmup_requests")
        }


def test_the_graph_comes_last_for_servers_load_what_has_one(
    pushed, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = []
    copy_file = io_utils.copy_file

    def watched(source: str, destination: str, overwrite: bool = False) -> None:
        if destination.startswith(str(tmp_path / "serving")):
            there.append({path.name for path in (tmp_path / "serving").rglob("*")})
        copy_file(source, destination, overwrite)

    monkeypatch.setattr(io_utils, "copy_file", watched)
    pushed(True, servable=True)
    [before_the_graph] = there
    assert before_the_graph >= {"model_card.md", "tf_serving_warmup_requests"}


def test_a_version_tells_where_it_came_from(pushed, tmp_path) -> None:
    pushed(True, servable=True)
    [version] = (tmp_path / "serving").iterdir()
    told = (version / "assets.extra" / "lineage.json").read_text()
    found = lineage_file.Lineage.from_json(told)
    assert [(each.key, each.type) for each in found.pushed] == [
        ("model", "Model"),
        ("model_blessing", "ModelBlessing"),
        ("report", "components.RunReport"),
        ("infra_blessing", "InfraBlessing"),
        ("probe", "components.ProbeReport"),
    ]
    assert found.pushed[1].properties["blessed"] == 1
    [examples] = found.made_of
    assert (examples.type, examples.id, examples.properties) == ("Examples", 2, {"rows": 9})
    assert (found.config, found.versions) == ("name: reviews\n", {"tfx": "1.16.0"})


def test_a_version_has_the_digest_of_each_of_its_files(pushed, tmp_path) -> None:
    pushed(True)
    [version] = (tmp_path / "serving").iterdir()
    told = (version / "assets.extra" / "lineage.json").read_text()
    files = lineage_file.Lineage.from_json(told).files
    there = {str(path.relative_to(version)) for path in version.rglob("*") if path.is_file()}
    assert set(files) == there - {"assets.extra/lineage.json"}
    assert files["saved_model.pb"].bytes == len("a graph")
    assert files["saved_model.pb"].sha256 == hashlib.sha256(b"a graph").hexdigest()


@pytest.mark.parametrize("text", ["[]", "{}", '{"pushed": [{}]}', "torn"])
def test_what_is_no_lineage_is_told(text: str) -> None:
    with pytest.raises(ValueError):
        lineage_file.Lineage.from_json(text)


def test_nothing_is_pushed_of_a_model_that_failed_its_probe(pushed, tmp_path) -> None:
    made = pushed(True, servable=False)
    assert not (tmp_path / "serving").exists()
    assert made.get_int_custom_property("pushed") == 0


def test_the_lineage_of_what_is_pushed_has_report_and_probe() -> None:
    assert component.PusherSpec.INPUTS["report"].type is artifacts.RunReport
    assert component.PusherSpec.INPUTS["probe"].type is artifacts.ProbeReport
    assert "report" not in component.standard_component_specs.PusherSpec.INPUTS
