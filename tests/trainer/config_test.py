"""What a user may set about the model: rules between its keys."""

import pydantic
import pytest

from trainer import config


def _refusal(**values) -> str:
    with pytest.raises(pydantic.ValidationError) as refused:
        config.ModelConfig(**values)
    return str(refused.value)


def test_key_heads_must_divide_heads():
    message = _refusal(num_heads=4, num_kv_heads=3)
    assert (
        "`num_kv_heads` must divide `num_heads`. Received: num_kv_heads=3, num_heads=4" in message
    )


@pytest.mark.parametrize("num_kv_heads", [None, 1, 2, 4])
def test_key_heads_that_divide_heads_are_taken(num_kv_heads):
    assert config.ModelConfig(num_heads=4, num_kv_heads=num_kv_heads).num_kv_heads == num_kv_heads


def test_rotary_positions_need_heads_of_even_width():
    message = _refusal(hidden_dim=12, num_heads=4, positions="rotary")
    assert "must be even for rotary positions. Received: hidden_dim=12, num_heads=4" in message
    assert config.ModelConfig(hidden_dim=12, num_heads=2, positions="rotary")


def test_an_odd_width_is_refused_for_sinusoids_alone():
    assert "must be even for sinusoidal" in _refusal(hidden_dim=5, num_heads=1)
    assert config.ModelConfig(hidden_dim=5, num_heads=1, positions="learned")


@pytest.mark.parametrize(
    ("key", "value"),
    [("norm_kind", "batch"), ("activation", "swish"), ("positions", "alibi"), ("num_kv_heads", 0)],
)
def test_what_is_not_known_is_refused(key, value):
    assert key in _refusal(**{key: value})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"strategy": "horovod"}, "'mirrored', 'multi_worker', 'tpu' or 'none'"),
        ({"cpu_replicas": 2, "strategy": "none"}, "unless `train.strategy` is mirrored. Received"),
        ({"cpu_workers": 2}, "is multi_worker. Received: 2 with mirrored"),
        (
            {"cpu_workers": 3, "strategy": "multi_worker", "batch_size": 2},
            "`train.cpu_workers` must be at most `train.batch_size` (2). Received: 3",
        ),
        ({"strategy": "tpu", "precision": "mixed_float16"}, "one that a TPU computes"),
    ],
)
def test_devices_that_do_not_go_with_each_other_are_refused(values, message):
    with pytest.raises(pydantic.ValidationError) as refused:
        config.TrainConfig(**values)
    assert message in str(refused.value)


@pytest.mark.parametrize("batches", [0, -1])
def test_a_group_has_a_batch_at_least(batches):
    with pytest.raises(pydantic.ValidationError, match="accumulate_batches"):
        config.TrainConfig(accumulate_batches=batches)
