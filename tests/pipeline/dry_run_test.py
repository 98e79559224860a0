import pathlib

from pipeline import config, dry_run, workspace


def test_the_output_is_itself_a_config_that_loads_as_the_same(tmp_path: pathlib.Path) -> None:
    made = config.from_columns("a.csv", "t", "l", ["train.epochs=3", "data.labels=[no, yes]"])
    path = tmp_path / "again.yaml"
    path.write_text(dry_run.render(made, workspace.Workspace.at("w", made.name)), encoding="utf-8")
    assert config.load(path) == made


def test_it_shows_every_node_and_where_files_go() -> None:
    made = config.from_columns("a.csv")
    text = dry_run.render(made, workspace.Workspace.at("/somewhere", made.name))
    assert "files go to /somewhere/a" in text
    for node in ("Ingest", "Schema", "Transform", "latest_blessed", "Pusher"):
        assert f" {node} " in text
