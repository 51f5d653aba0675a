"""Where a run computes: a TPU, mirrored GPUs (or virtual CPU devices), or one CPU.

One strategy a process: TensorFlow fixes its devices at the first use.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable

import tensorflow as tf

from ..configs import SettingError
from ..failures import first_line
from .engines import STRATEGIES

BFLOAT16_SINCE = (8, 0)


def choose(kind: str, tpu: str, say: Callable[[str], None]) -> str:
    """What "auto" stands for on this machine, said in a line; any other kind as it is."""
    if kind != "auto":
        return kind
    gpus = tf.config.list_physical_devices("GPU")
    if tpu or os.environ.get("TPU_NAME") or glob.glob("/dev/accel*"):
        say(f"strategy tpu: {tpu or os.environ.get('TPU_NAME') or 'on this machine'}")
        return "tpu"
    if gpus:
        say(f"strategy mirrored: {len(gpus)} GPUs")
        return "mirrored"
    say("strategy cpu: no TPU or GPU found")
    return "cpu"


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
        except (tf.errors.OpError, RuntimeError, ImportError, ValueError, OSError) as error:
            problem = f"no TPU {tpu or 'on this machine'} ({first_line(error)})"
            fix = "--strategy cpu or mirrored trains without one"
            raise SettingError(problem, where="--strategy tpu", fix=fix) from error
        return tf.distribute.TPUStrategy(resolver)
    fix = f"use one of: {', '.join(STRATEGIES)}"
    raise SettingError(f"no strategy {kind!r}", where="--strategy", fix=fix)


def _mirrored_devices(count: int) -> list[str]:
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        if count > len(gpus):
            problem = f"{count} devices asked for, {len(gpus)} GPUs found"
            raise SettingError(problem, where="--devices", fix=f"use at most {len(gpus)}")
        return [f"/gpu:{i}" for i in range(count or len(gpus))]
    if not count:
        problem, fix = "no GPU found", "see whether nvidia-smi lists one"
        if not tf.test.is_built_with_cuda():
            problem += ", and this TensorFlow could not use one"
            fix = "in an environment of its own: pip install 'albert-data[gpu]'"
        fix += "; or --devices N for N virtual CPU devices"
        raise SettingError(problem, where="--strategy mirrored", fix=fix)
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * count
    )
    return [f"/cpu:{i}" for i in range(count)]


def usual_precision(kind: str) -> str:
    """Keras dtype policy that a kind of device trains with where none is set.

    bfloat16 on TPUs, and on GPUs that all compute with it (capability 8.0 and above).
    """
    if kind != "mirrored":
        return "mixed_bfloat16" if kind == "tpu" else "float32"
    details = map(tf.config.experimental.get_device_details, tf.config.list_physical_devices("GPU"))
    capabilities = [detail.get("compute_capability", (0, 0)) for detail in details]
    return "mixed_bfloat16" if min(capabilities, default=(0, 0)) >= BFLOAT16_SINCE else "float32"
