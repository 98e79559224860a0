"""Positions of exported models, by their own layers."""

import json
import pathlib

import numpy as np
import pytest
import tensorflow as tf

from components.report import looking


def _save(directory: pathlib.Path, positions: str, variables=None) -> str:
    (directory / "assets.extra").mkdir()
    shape = {"positions": positions, "hidden_dim": 8, "num_heads": 2}
    told = {"architecture": "transformer", "model": shape, "tokenizer": {}}
    told["variables"] = variables or {}
    (directory / "assets.extra" / "model.json").write_text(json.dumps(told))
    return str(directory)


def test_sinusoids_are_those_that_are_added(tmp_path):
    found = looking.positions(_save(tmp_path, "sinusoidal"), 6)
    assert found.values.shape == (6, 8)
    # Unit 2i is sin(p / 10000^(2i / 8)), the next its cosine.
    assert found.values[3, 2] == pytest.approx(np.sin(3 / 10), abs=1e-6)
    assert found.values[5, 1] == pytest.approx(np.cos(5), abs=1e-5)


def test_of_rotations_it_is_the_cosine_of_each_pairs_angle(tmp_path):
    found = looking.positions(_save(tmp_path, "rotary"), 6)
    assert found.values.shape == (6, 2)  # heads of 4 units
    assert found.values[5] == pytest.approx(np.cos([5, 5 / 100]), abs=1e-5)


def test_a_learned_table_is_read_from_the_export(tmp_path):
    module = tf.Module()
    module.table = tf.Variable(np.arange(32, dtype=np.float32).reshape(4, 8))
    tf.saved_model.save(module, str(tmp_path))
    key = next(
        name
        for name, _ in tf.train.list_variables(str(tmp_path / "variables/variables"))
        if "table" in name
    )
    found = looking.positions(_save(tmp_path, "learned", {"positions/table": key}), 3)
    assert found.values.tolist() == module.table.numpy()[:3].tolist()


def test_a_rival_and_an_old_model_tell_of_none(tmp_path):
    assert looking.positions(str(tmp_path), 6) is None
    (tmp_path / "assets.extra").mkdir()
    told = {"architecture": "linear", "model": {"buckets": 64}, "tokenizer": {}, "variables": {}}
    (tmp_path / "assets.extra" / "model.json").write_text(json.dumps(told))
    assert looking.positions(str(tmp_path), 6) is None
