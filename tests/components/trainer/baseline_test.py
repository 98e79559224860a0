"""Statistics kept with a model."""

import pathlib

from components.trainer import baseline


def test_statistics_are_kept_as_they_lie_in_their_artifacts(tmp_path: pathlib.Path) -> None:
    files = {
        "statistics/Split-train/FeatureStats.pb": b"\x00",
        "statistics/Split-eval/FeatureStats.pb": b"\x01",
        "text_statistics/text_statistics.json": b"{}",
    }
    for name, content in files.items():
        path = tmp_path / "artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    model = tmp_path / "model"
    assert not baseline.is_kept(str(model))
    baseline.keep(
        str(model), *(f"{tmp_path}/artifacts/{name}" for name in ("statistics", "text_statistics"))
    )
    assert baseline.is_kept(str(model))
    kept = {
        f"{name}/{path.relative_to(directory)}": path.read_bytes()
        for name, directory in (
            ("statistics", baseline.statistics_dir(str(model))),
            ("text_statistics", baseline.text_statistics_dir(str(model))),
        )
        for path in pathlib.Path(directory).rglob("*.*")
        if path.is_file()
    }
    assert kept == files
    assert {path.name for path in model.iterdir()} == {"data_statistics"}


def test_half_of_the_statistics_is_not_enough(tmp_path: pathlib.Path) -> None:
    pathlib.Path(baseline.statistics_dir(str(tmp_path))).mkdir(parents=True)
    assert not baseline.is_kept(str(tmp_path))
