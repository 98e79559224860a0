"""On which devices a model is trained, and in which precision."""

import tensorflow as tf


def mirrored(cpu_replicas: int) -> tf.distribute.MirroredStrategy:
    """Mirrors the model over all GPUs, or over `cpu_replicas` parts of the CPU without one.

    Must be called before TensorFlow has used any device: parts of the CPU cannot be made later.

    Raises:
        RuntimeError: If devices are in use already and `cpu_replicas` is not what they allow.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        return tf.distribute.MirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    if cpu_replicas > 1:
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(cpu_replicas)]
        tf.config.set_logical_device_configuration(cpu, parts)
    return tf.distribute.MirroredStrategy([f"/cpu:{i}" for i in range(cpu_replicas)])


def dtype_policy(precision: str) -> str:
    """Resolves `auto`: the half precision that every GPU computes fast, else float32.

    bfloat16 needs compute capability 8.0 (Ampere), float16 7.0 (Volta). On a CPU half precision
    has to be asked for: at the small sizes that one trains there, casts cost what matmuls save.
    """
    if precision != "auto":
        return precision
    gpus = tf.config.list_physical_devices("GPU")
    capabilities = [
        tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
        for gpu in gpus
    ]
    lowest = min(capabilities, default=(0, 0))
    if lowest >= (8, 0):
        return "mixed_bfloat16"
    return "mixed_float16" if lowest >= (7, 0) else "float32"
