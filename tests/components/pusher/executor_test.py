"""The Pusher on artifacts of a model that was blessed or not."""

import pathlib

import pytest
from tfx.proto import pusher_pb2
from tfx.types import standard_artifacts
from tfx.utils import proto_utils

from components import artifacts
from components.pusher import component, executor


def _artifact(kind, uri: pathlib.Path):
    made = kind()
    made.uri = str(uri)
    return made


@pytest.fixture
def pushed(tmp_path: pathlib.Path):
    """Pushes a model of two files, blessed or not."""

    def push(blessed: bool) -> standard_artifacts.PushedModel:
        serving = tmp_path / "model" / "Format-Serving"
        (serving / "assets.extra").mkdir(parents=True)
        (serving / "saved_model.pb").write_text("a graph")
        (tmp_path / "report").mkdir()
        (tmp_path / "report" / "model_card.md").write_text("# A card\n")
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
            },
            {"pushed_model": [made]},
            {"push_destination": proto_utils.proto_to_json(destination), "custom_config": "null"},
        )
        return made

    return push


def test_the_card_stands_beside_what_serves_and_beside_the_copy(pushed, tmp_path) -> None:
    made = pushed(True)
    [version] = (tmp_path / "serving").iterdir()
    for directory in (version, pathlib.Path(made.uri)):
        card = directory / "assets.extra" / "model_card.md"
        assert card.read_text() == "# A card\n"
        assert (directory / "saved_model.pb").is_file()


def test_the_model_that_was_judged_stays_as_it_is(pushed, tmp_path) -> None:
    pushed(True)
    files = {path.name for path in (tmp_path / "model").rglob("*") if path.is_file()}
    assert files == {"saved_model.pb"}


def test_nothing_is_pushed_of_a_model_that_was_not_blessed(pushed, tmp_path) -> None:
    made = pushed(False)
    assert not (tmp_path / "serving").exists()
    assert made.get_int_custom_property("pushed") == 0


def test_the_lineage_of_what_is_pushed_has_the_report() -> None:
    assert component.PusherSpec.INPUTS["report"].type is artifacts.RunReport
    assert "report" not in component.standard_component_specs.PusherSpec.INPUTS
