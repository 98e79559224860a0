"""The choice of devices by the config, and of precision by what they can."""

import pytest
import tensorflow as tf

from trainer import cluster, config, strategy


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


def test_auto_takes_what_a_tpu_computes(gpus):
    gpus()
    assert strategy.dtype_policy("auto", "tpu") == "mixed_bfloat16"


def _built(**train):
    return strategy.build(config.TrainConfig(**train), cluster.ALONE)


@pytest.mark.parametrize("name", ["mirrored", "multi_worker"])
def test_a_worker_that_is_alone_mirrors_over_its_own_devices(name):
    devices = _built(strategy=name)
    assert isinstance(devices, tf.distribute.MirroredStrategy)
    assert devices.num_replicas_in_sync == 1


def test_none_deals_nothing_out():
    assert _built(strategy="none") is tf.distribute.get_strategy()


@pytest.mark.parametrize("name", [None, "no-such-tpu.invalid"])
def test_no_tpu_is_one_line(monkeypatch, name):
    monkeypatch.delenv("TPU_NAME", raising=False)
    if name:
        monkeypatch.setenv("TPU_NAME", name)
    rule = r"^`train.strategy: tpu` needs a TPU in this machine or in TPU_NAME\. Received: "
    with pytest.raises(strategy.DeviceError, match=f"{rule}TPU_NAME={name or 'local'} .*$"):
        _built(strategy="tpu")
