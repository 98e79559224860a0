"""On which devices a model is trained, and in which precision."""

import os

import tensorflow as tf

from trainer import cluster, config, multi_worker

# Of a machine that has a TPU itself; others name theirs by this variable.
_TPU_VARIABLE, _LOCAL_TPU = "TPU_NAME", "local"


class DeviceError(Exception):
    """The devices that the config asks for are not there."""


def build(train: config.TrainConfig, workers: cluster.Cluster) -> tf.distribute.Strategy:
    """Makes what deals a batch out, `train.strategy`; waits until all workers are there.

    Must be called before TensorFlow has used any device: parts of the CPU cannot be made later, nor
    workers be reached.

    Raises:
        DeviceError: If there is to be a TPU and is none.
        RuntimeError: If devices are in use already and `cpu_replicas` is not what they allow.
    """
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    if train.strategy == "none":
        return tf.distribute.get_strategy()
    if train.strategy == "tpu":
        return _tpu(os.environ.get(_TPU_VARIABLE, _LOCAL_TPU))
    if workers.workers > 1:
        return multi_worker.connect()
    return mirrored(train.cpu_replicas)


def mirrored(cpu_replicas: int) -> tf.distribute.MirroredStrategy:
    """Mirrors the model over all GPUs, or over `cpu_replicas` parts of the CPU without one."""
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        # Named, since TensorFlow would else look for more in TF_CONFIG, which may name this worker.
        return tf.distribute.MirroredStrategy([f"/gpu:{i}" for i in range(len(gpus))])
    cpu = tf.config.list_physical_devices("CPU")[0]
    if cpu_replicas > 1:
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(cpu_replicas)]
        tf.config.set_logical_device_configuration(cpu, parts)
    return tf.distribute.MirroredStrategy([f"/cpu:{i}" for i in range(cpu_replicas)])


def _tpu(name: str) -> tf.distribute.TPUStrategy:
    """Takes all cores of a TPU."""
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect(name)
    # Without a TPU: a TypeError of a machine's own, an OSError of one that a name is looked up for.
    except (TypeError, ValueError, OSError, RuntimeError, tf.errors.OpError) as error:
        reason = str(error).partition("\n")[0]
        raise DeviceError(
            f"`train.strategy: tpu` needs a TPU in this machine or in {_TPU_VARIABLE}. "
            f"Received: {_TPU_VARIABLE}={name} ({reason})"
        ) from error
    return tf.distribute.TPUStrategy(resolver)


def dtype_policy(precision: str, strategy: str = "mirrored") -> str:
    """Resolves `auto`: the half precision that every device computes fast, else float32.

    bfloat16 needs a TPU or compute capability 8.0 (Ampere), float16 7.0 (Volta). On a CPU half
    precision has to be asked for: at the small sizes that one trains there, casts cost what matmuls
    save.
    """
    if precision != "auto":
        return precision
    if strategy == "tpu":
        return "mixed_bfloat16"
    gpus = tf.config.list_physical_devices("GPU")
    capabilities = [
        tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
        for gpu in gpus
    ]
    lowest = min(capabilities, default=(0, 0))
    if lowest >= (8, 0):
        return "mixed_bfloat16"
    return "mixed_float16" if lowest >= (7, 0) else "float32"
