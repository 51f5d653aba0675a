"""Where a run computes: a TPU, mirrored GPUs (or virtual CPU devices), or one CPU.

One strategy a process: TensorFlow fixes its devices at the first use.
"""

from __future__ import annotations

import tensorflow as tf

from ..configs import SettingError
from ..failures import first_line

KINDS = ("tpu", "mirrored", "cpu")


def make_strategy(kind: str, tpu: str = "", devices: int = 0) -> tf.distribute.Strategy:
    """Returns the distribution strategy of a run.

    Args:
        kind: str. "tpu", "mirrored" or "cpu".
        tpu: str. Name or address of the TPU; "local" (or empty) on a TPU VM.
        devices: int. With "mirrored": that many GPUs, or virtual CPU devices where there is no
            GPU; 0 for all GPUs. Must be called before TensorFlow has used its devices.

    Raises:
        SettingError: unknown kind, no such TPU, or fewer devices than asked for.
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
            problem = f"no TPU {tpu or 'on this machine'} ({first_line(error)})"
            fix = "--strategy cpu or mirrored trains without one"
            raise SettingError(problem, where="--strategy tpu", fix=fix) from error
        return tf.distribute.TPUStrategy(resolver)
    fix = f"use one of: {', '.join(KINDS)}"
    raise SettingError(f"no strategy {kind!r}", where="--strategy", fix=fix)


def _mirrored_devices(count: int) -> list[str]:
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        if count > len(gpus):
            problem = f"{count} devices asked for, {len(gpus)} GPUs found"
            raise SettingError(problem, where="--devices", fix=f"use at most {len(gpus)}")
        return [f"/gpu:{i}" for i in range(count or len(gpus))]
    if not count:
        fix = "--devices N makes N virtual CPU devices"
        raise SettingError("no GPU found", where="--strategy mirrored", fix=fix)
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * count
    )
    return [f"/cpu:{i}" for i in range(count)]


def usual_precision(kind: str) -> str:
    """Keras dtype policy a kind of device usually trains with."""
    return "mixed_bfloat16" if kind == "tpu" else "float32"
