"""TFX's arguments become a request."""

import pytest
from tfx.components.trainer import fn_args_utils

from schemas import tasks
from trainer import config, run


def _args(**fields):
    return fn_args_utils.FnArgs(
        train_files=["/examples/Split-train/*"],
        eval_files=["/examples/Split-eval/*"],
        transform_graph_path="/graph",
        serving_model_dir="/model/Format-Serving",
        model_run_dir="/model_run",
        base_model="/pretrained/Format-Serving",
        custom_config={
            "task": tasks.Settings("regression", targets=("v", "a")).to_fields(),
            "architecture": "transformer",
            "model": {"hidden_dim": 64},
            "train": {"epochs": 2},
            "max_length": 32,
            "tokenizer": {"kind": "words"},
            "backup_dir": "/backups",
            "code": "abc",
        },
        **fields,
    )


def test_the_request_carries_all_that_tfx_and_the_config_say():
    asked = run.request_of(_args())

    assert asked.model == config.ModelConfig(hidden_dim=64)
    assert asked.train == config.TrainConfig(epochs=2)
    assert asked.train_files == ("/examples/Split-train/*",)
    assert asked.eval_files == ("/examples/Split-eval/*",)
    assert (asked.transform_output, asked.serving_model_dir) == ("/graph", "/model/Format-Serving")
    assert (asked.logs_dir, asked.backup_dir) == ("/model_run", "/backups")
    assert asked.task == tasks.Settings("regression", targets=("v", "a"))
    assert (asked.architecture, asked.max_length) == ("transformer", 32)
    assert (asked.tokenizer, asked.base_model) == ({"kind": "words"}, "/pretrained/Format-Serving")
    assert asked.code == "abc"


def test_the_best_values_of_a_search_stand_above_the_config():
    best = {"values": {"model.num_heads": 2, "train.clip_norm": "null", "tuner/epochs": 9}}
    asked = run.request_of(_args(hyperparameters=best))
    assert asked.model == config.ModelConfig(hidden_dim=64, num_heads=2)
    assert asked.train == config.TrainConfig(epochs=2, clip_norm=None)


def test_best_values_that_do_not_go_with_the_config_are_refused():
    with pytest.raises(ValueError, match="`num_heads` must divide `hidden_dim`"):
        run.request_of(_args(hyperparameters={"values": {"model.num_heads": 3}}))
