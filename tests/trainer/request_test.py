"""Requests cross to another process unchanged; keys tell trainings apart."""

import dataclasses

import pytest

from schemas import tasks
from trainer import config, request


def _request(**changes):
    asked = request.Request(
        task=tasks.Settings("classification", options={"separator": "|"}),
        architecture="transformer",
        model=config.ModelConfig(hidden_dim=64),
        train=config.TrainConfig(clip_norm=None, learning_rate=3e-4),
        max_length=32,
        transform_output="/graph",
        train_files=("/train/*", "/more/*"),
        eval_files=("/eval/*",),
        serving_model_dir="/model",
        logs_dir="/logs",
        backup_dir="/backup",
        code="abc",
    )
    return dataclasses.replace(asked, **changes)


def test_json_round_trip():
    assert request.Request.from_json(_request().to_json()) == _request()


@pytest.mark.parametrize(
    "changes",
    [
        {"train": config.TrainConfig(seed=2)},
        {"model": config.ModelConfig(hidden_dim=32)},
        {"train_files": ("/other/*",)},
        {"transform_output": "/other"},
        {"architecture": "other"},
        {"task": tasks.Settings("classification")},
        {"train": config.TrainConfig(clip_norm=None, learning_rate=3e-4, class_weights={"a": 2.0})},
        {"code": "def"},
        {"max_length": 16},
    ],
)
def test_what_decides_the_result_changes_the_key(changes):
    assert _request(**changes).key() != _request().key()


@pytest.mark.parametrize(
    "changes",
    [
        {"serving_model_dir": "/elsewhere"},
        {"logs_dir": "/elsewhere"},
        {"backup_dir": "/elsewhere"},
        {"train": config.TrainConfig(clip_norm=None, learning_rate=3e-4, backup_seconds=1.0)},
    ],
)
def test_where_and_how_often_it_is_written_does_not(changes):
    assert _request(**changes).key() == _request().key()
