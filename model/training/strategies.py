"""Where a run computes: a TPU, mirrored GPUs (or virtual CPU devices), or one CPU.

One strategy a process: TensorFlow fixes its devices at the first use.
"""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Callable

import tensorflow as tf

from ..configs import SettingError
from ..failures import first_line
from ..tpu_environment import LOCAL, library, local_type, tpu_name
from .engines import STRATEGIES

BFLOAT16_SINCE = (8, 0)
REACH_SECONDS = 10.0
LOOK_UP = ("googleapiclient", "oauth2client")  # how TensorFlow looks up the address of a TPU's name
INSTALL_TPU = "pip install 'albert-data[tpu]' (Python 3.11, 3.12)"
WITHOUT_TPU = "--strategy cpu or mirrored trains without one"


def choose(kind: str, tpu: str, say: Callable[[str], None]) -> str:
    """What "auto" stands for on this machine, said in a line; any other kind as it is."""
    if kind != "auto":
        return kind
    gpus = tf.config.list_physical_devices("GPU")
    name = tpu_name(tpu, os.environ)
    chips = local_type(os.environ)
    if name != LOCAL or chips or tpu:
        say(f"strategy tpu: {chips + ' of this machine' if name == LOCAL and chips else name}")
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
        return _tpu_strategy(tpu_name(tpu, os.environ))
    fix = f"use one of: {', '.join(STRATEGIES)}"
    raise SettingError(f"no strategy {kind!r}", where="--strategy", fix=fix)


def _tpu_strategy(name: str) -> tf.distribute.Strategy:
    place = "on this machine" if name == LOCAL else name
    where = "--strategy tpu" if name == LOCAL else "--tpu"
    by_name = name != LOCAL and not name.startswith("grpc://")
    if by_name and not all(map(importlib.util.find_spec, LOOK_UP)):
        problem = f"no TPU {place}: {' or '.join(LOOK_UP)} is missing, by which a name is looked up"
        fix = f"in a new environment, {INSTALL_TPU}; or --tpu grpc://HOST:8470"
        raise SettingError(problem, where=where, fix=fix)
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver(tpu=name)
        for address in resolver.cluster_spec().as_dict().get("worker", []):
            _reach(address)
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
    except Exception as error:  # of the name's look-up, each library has its own
        problem = f"no TPU {place} ({first_line(error)})"
        raise SettingError(problem, where=where, fix=_tpu_fix(name)) from error
    return tf.distribute.TPUStrategy(resolver)


def _reach(address: str) -> None:
    """Raises OSError where no worker answers at HOST:PORT: TensorFlow would wait for it without a word."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=REACH_SECONDS).close()
    except OSError as error:
        raise OSError(f"no worker answers at {address}: {error.strerror or error}") from error


def _tpu_fix(name: str) -> str:
    chips = local_type(os.environ)
    if name != LOCAL:
        here = ", on its own machine --tpu local" if chips else ""
        return f"is it READY, in this project and zone? Else --tpu grpc://HOST:8470{here}"
    if not chips:
        return f"this machine has none; --tpu NAME takes another's, {WITHOUT_TPU}"
    if not library(os.environ):
        return f"this TensorFlow cannot use its {chips}: in a new environment, {INSTALL_TPU}"
    return f"is its {chips} at work for another process? {WITHOUT_TPU}"


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
