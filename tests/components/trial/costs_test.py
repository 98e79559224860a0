import pathlib

import pytest

from components.trial import costs


def test_a_million_predictions_by_hand():
    # 3.6 ms each are 3,600 core seconds: one core-hour.
    assert costs.of_predictions(0.0036, 0.05) == pytest.approx(0.05)
    assert costs.of_predictions(0.0072, 0.10) == pytest.approx(0.20)


def test_all_files_of_an_export_are_weighed(tmp_path: pathlib.Path):
    (tmp_path / "variables").mkdir()
    (tmp_path / "saved_model.pb").write_bytes(b"graph")
    (tmp_path / "variables" / "variables.data").write_bytes(bytes(1000))
    assert costs.export_bytes(str(tmp_path)) == 1005
