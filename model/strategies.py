"""Where a run computes: a TPU, mirrored GPUs (or virtual CPU devices), or one CPU.

One strategy a process: TensorFlow fixes its devices at the first use.
"""

from __future__ import annotations

import tensorflow as tf

from .failures import first_line

KINDS = ("tpu", "mirrored", "cpu")


def make_strategy(kind: str, tpu: str = "", devices: int = 0) -> tf.distribute.Strategy:
    """Returns the distribution strategy of a run.

    Args:
        kind: str. "tpu", "mirrored" or "cpu".
        tpu: str. Name or address of the TPU; "local" (or empty) on a TPU VM.
        devices: int. With "mirrored": that many GPUs, or virtual CPU devices where there is no
            GPU; 0 for all GPUs. Must be called before TensorFlow has used its devices.

    Raises:
        ValueError: unknown kind, no such TPU, or fewer devices than asked for.
    """
    if kind == "cpu":
        return tf.distribute.OneDeviceStrategy("/cpu:0")
    if kind == "mirrored":
        return tf.distribute.MirroredStrategy(_mirrored_devices(devices))
    if kind == "tpu":
        try:
            resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=tpu or "local")
            tf.config.experimental_connect_to_cluster(resolver)
            tf.tpu.experimental.initialize_tpu_system(resolver)
        except (tf.errors.OpError, ValueError, OSError) as error:
            raise ValueError(
                f"no TPU {tpu or 'on this machine'} ({first_line(error)}); "
                "--strategy cpu or mirrored trains without one"
            ) from error
        return tf.distribute.TPUStrategy(resolver)
    raise ValueError(f"strategy {kind!r}: must be one of {', '.join(KINDS)}")


def _mirrored_devices(count: int) -> list[str]:
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        if count > len(gpus):
            raise ValueError(f"{count} devices asked for, {len(gpus)} GPUs found")
        return [f"/gpu:{i}" for i in range(count or len(gpus))]
    if not count:
        raise ValueError("no GPU found; --devices N makes N virtual CPU devices")
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * count
    )
    return [f"/cpu:{i}" for i in range(count)]


def usual_precision(kind: str) -> str:
    """Keras dtype policy a kind of device usually trains with."""
    return "mixed_bfloat16" if kind == "tpu" else "float32"
