"""Which devices of which hosts a run on JAX computes with, fixed before JAX looks for any."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import jax

from ..configs import SettingError
from ..failures import first_line
from .engine import Devices, Say

BFLOAT16_SINCE = 8.0
_PLATFORMS = {"cpu": "cpu", "tpu": "tpu", "mirrored": "gpu"}
_VARIABLES = "JAX_COORDINATOR_ADDRESS", "JAX_NUM_PROCESSES", "JAX_PROCESS_ID"
_COORDINATOR, _COUNT, _OWN = _VARIABLES
_CLUSTERS = ("SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE")


def join_hosts() -> None:
    """Joins the processes of a run that has several, one a host.

    By JAX_COORDINATOR_ADDRESS (HOST:PORT), JAX_NUM_PROCESSES and JAX_PROCESS_ID where they are set; else a
    TPU slice of several hosts, SLURM and Open MPI say themselves who is there.

    Raises:
        SettingError: the variables are set in part, or the others do not come.
    """
    given = {name: os.environ[name] for name in _VARIABLES if os.environ.get(name)}
    many = any(_number(os.environ.get(name, "")) > 1 for name in _CLUSTERS)
    many = many or "," in os.environ.get("TPU_WORKER_HOSTNAMES", "")
    if not given and not many:
        return
    _check(given)
    told = (given[_COORDINATOR], int(given[_COUNT]), int(given[_OWN])) if given else ()
    try:
        jax.distributed.initialize(*told)
    except (RuntimeError, ValueError) as error:
        problem = f"the processes of this run do not meet ({first_line(error)})"
        fix = f"start as many as {_COUNT} says, each with its own {_OWN}, at about the same time"
        raise SettingError(problem, where=_COORDINATOR, fix=fix) from error


def _check(given: Mapping[str, str]) -> None:
    """Raises SettingError where the variables are set in part or hold no such numbers."""
    where = "--engine jax on several hosts"
    missing = [name for name in _VARIABLES if name not in given]
    if given and missing:
        problem = f"{missing[0]} is not set, {next(iter(given))} is"
        raise SettingError(problem, where=where, fix=f"set all three or none: {missing[0]}=…")
    for name in (_COUNT, _OWN) if given else ():
        highest = max(_number(given[_COUNT]), 1) - 1
        right = (
            _number(given[name]) >= 1 if name == _COUNT else 0 <= _number(given[name]) <= highest
        )
        if not right:
            rule = "a whole number from 1" if name == _COUNT else f"a number from 0 to {highest}"
            raise SettingError(f"{name} is {given[name]!r}", where=where, fix=f"set it to {rule}")
    if given and not re.fullmatch(r".+:\d+", given[_COORDINATOR]):
        problem = f"{_COORDINATOR} is {given[_COORDINATOR]!r}"
        raise SettingError(problem, where=where, fix="set it to HOST:PORT of the first process")


def _number(text: str) -> int:
    """A number from 0 on; -1 for what is none."""
    return int(text) if text.isdecimal() else -1


def choose_devices(asked: Devices, say: Say) -> list[jax.Device]:
    """The devices asked for; said in a line.

    Raises:
        SettingError: there are none such, or fewer.
    """
    where = f"--strategy {asked.strategy}"
    if asked.tpu:
        fix = "leave --tpu out and run this on the TPU's own machines, or --engine tensorflow"
        raise SettingError("JAX reaches no TPU by its name", where=f"--tpu {asked.tpu}", fix=fix)
    platform = _PLATFORMS.get(asked.strategy)
    if platform in ("cpu", "gpu") and asked.devices:
        jax.config.update("jax_num_cpu_devices", asked.devices)  # before any device is looked for
    if platform == "cpu":
        jax.config.update("jax_platforms", "cpu")
    if platform == "gpu" and not _has_gpu():
        if not asked.devices:
            fix = "where nvidia-smi lists one, pip install 'jax[cuda13]' (or cuda12); else --devices N "
            fix += "for N virtual CPUs"
            raise SettingError("no GPU found", where=where, fix=fix)
        platform = "cpu"
    try:
        devices = jax.devices(platform)
    except RuntimeError as error:
        problem = f"no such device ({first_line(error)})"
        fix = "--strategy auto takes what there is" + (
            "; on a TPU's own machine: pip install 'jax[tpu]'" if platform == "tpu" else ""
        )
        raise SettingError(problem, where=where, fix=fix) from error
    if platform != "cpu" and asked.devices:  # virtual ones are made as asked for, on each host
        devices = _first(devices, asked.devices)
    count = len(devices)
    hosts = f", {jax.process_count()} hosts" if jax.process_count() > 1 else ""
    say(f"engine jax: {count} x {devices[0].device_kind} ({devices[0].platform}){hosts}")
    return devices


def _first(devices: list[jax.Device], count: int) -> list[jax.Device]:
    """Some of the devices.

    Raises:
        SettingError: there are fewer, or they are of several hosts.
    """
    if count > len(devices):
        problem = f"{count} devices asked for, {len(devices)} found"
        raise SettingError(problem, where="--devices", fix=f"use at most {len(devices)}")
    if count < len(devices) and jax.process_count() > 1:
        fix = "leave --devices out: several hosts use all of theirs"
        raise SettingError("a part of the devices of several hosts", where="--devices", fix=fix)
    return devices[:count]


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
