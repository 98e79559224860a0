"""The choice of precision by what the GPUs can."""

import pytest
import tensorflow as tf

from trainer import strategy


@pytest.fixture
def gpus(monkeypatch):
    """Pretends that there are GPUs of the given compute capabilities."""

    def pretend(*capabilities):
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: list(capabilities))
        monkeypatch.setattr(
            tf.config.experimental,
            "get_device_details",
            lambda gpu: {} if gpu is None else {"compute_capability": gpu},
        )

    return pretend


@pytest.mark.parametrize(
    ("capabilities", "policy"),
    [
        ((), "float32"),
        (((6, 1),), "float32"),
        (((7, 5),), "mixed_float16"),
        (((8, 0),), "mixed_bfloat16"),
        (((9, 0), (9, 0)), "mixed_bfloat16"),
        (((9, 0), (7, 0)), "mixed_float16"),  # what the least of them can
        ((None,), "float32"),
    ],
)
def test_auto_takes_what_every_gpu_computes_fast(gpus, capabilities, policy):
    gpus(*capabilities)
    assert strategy.dtype_policy("auto") == policy


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_what_is_asked_for_is_taken(gpus, policy):
    gpus((9, 0))
    assert strategy.dtype_policy(policy) == policy


def test_one_replica_on_a_cpu():
    assert strategy.mirrored(cpu_replicas=1).num_replicas_in_sync == 1
