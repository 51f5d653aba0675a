"""Which devices of which hosts a run on JAX computes with, fixed before JAX looks for any."""

from __future__ import annotations

import os

import jax

from ..configs import SettingError
from .engine import Devices, Say

BFLOAT16_SINCE = 8.0
_PLATFORMS = {"cpu": "cpu", "tpu": "tpu", "mirrored": "gpu"}
_COORDINATOR, _COUNT, _OWN = "JAX_COORDINATOR_ADDRESS", "JAX_NUM_PROCESSES", "JAX_PROCESS_ID"
_CLUSTERS = ("SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE")


def join_hosts() -> None:
    """Joins the processes of a run that has several, one a host.

    By JAX_COORDINATOR_ADDRESS (HOST:PORT), JAX_NUM_PROCESSES and JAX_PROCESS_ID where they are set; else a
    TPU slice of several hosts, SLURM and Open MPI say themselves who is there.

    Raises:
        SettingError: the variables are set in part, or the others do not come.
    """
    given = [name for name in (_COORDINATOR, _COUNT, _OWN) if os.environ.get(name)]
    many = any(int(os.environ.get(name) or 1) > 1 for name in _CLUSTERS)
    many = many or "," in os.environ.get("TPU_WORKER_HOSTNAMES", "")
    if not given and not many:
        return
    if given and len(given) < 3:
        missing = next(name for name in (_COORDINATOR, _COUNT, _OWN) if name not in given)
        problem = f"{missing} is not set, {given[0]} is"
        raise SettingError(problem, where="--engine jax", fix=f"set all three or none: {missing}=…")
    try:
        if given:
            jax.distributed.initialize(
                os.environ[_COORDINATOR], int(os.environ[_COUNT]), int(os.environ[_OWN])
            )
        else:
            jax.distributed.initialize()
    except (RuntimeError, ValueError) as error:
        problem = f"the processes of this run do not meet ({str(error).splitlines()[0]})"
        fix = f"start {_COUNT} of them, each with its {_OWN}"
        raise SettingError(problem, where=_COORDINATOR, fix=fix) from error


def choose_devices(asked: Devices, say: Say) -> list[jax.Device]:
    """The devices asked for; said in a line.

    Raises:
        SettingError: there are none such, or fewer.
    """
    where = f"--strategy {asked.strategy}"
    if asked.strategy == "cpu" or (asked.strategy == "mirrored" and not _has_gpu()):
        if asked.strategy == "mirrored" and not asked.devices:
            fix = "pip install 'jax[cuda12]' where nvidia-smi lists one, or --devices N for N virtual CPUs"
            raise SettingError("no GPU found", where=where, fix=fix)
        jax.config.update("jax_platforms", "cpu")
        if asked.devices:
            jax.config.update("jax_num_cpu_devices", asked.devices)
    try:
        devices = jax.devices(_PLATFORMS.get(asked.strategy))
    except RuntimeError as error:
        problem = f"no such device ({str(error).splitlines()[0]})"
        fix = "--strategy auto takes what there is"
        raise SettingError(problem, where=where, fix=fix) from error
    count = asked.devices or len(devices)
    if count > len(devices):
        problem = f"{count} devices asked for, {len(devices)} found"
        raise SettingError(problem, where="--devices", fix=f"use at most {len(devices)}")
    if count < len(devices) and jax.process_count() > 1:
        fix = "leave --devices out: several hosts use all of theirs"
        raise SettingError("a part of the devices of several hosts", where="--devices", fix=fix)
    devices = devices[:count]
    hosts = f", {jax.process_count()} hosts" if jax.process_count() > 1 else ""
    say(f"engine jax: {count} x {devices[0].device_kind} ({devices[0].platform}){hosts}")
    return devices


def usual_precision(device: jax.Device) -> str:
    """Keras dtype policy that a device trains with where none is set."""
    if device.platform == "tpu":
        return "mixed_bfloat16"
    able = float(getattr(device, "compute_capability", 0) or 0) >= BFLOAT16_SINCE
    return "mixed_bfloat16" if device.platform == "gpu" and able else "float32"


def _has_gpu() -> bool:
    try:
        return bool(jax.devices("gpu"))
    except RuntimeError:
        return False
