"""What is said of devices that are not there, each in a process of its own: JAX looks for them once."""

import os
import subprocess
import sys

import pytest

from tests.shared import ROOT

OPEN = """
import sys
from model.training.engine import Devices
from model.training.jax_engine import open_engine
try:
    engine = open_engine(Devices(sys.argv[1], sys.argv[2], int(sys.argv[3])), print)
    print(engine.replicas, engine.hosts, engine.leads, engine.has_accelerator, engine.usual_precision)
except ValueError as error:
    print(str(error))
"""


def opened(strategy="auto", tpu="", devices=0, **variables):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/typings", **variables}
    done = subprocess.run(
        [sys.executable, "-c", OPEN, strategy, tpu, str(devices)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(
    "asked, told",
    [
        (dict(), "engine jax: 1 x cpu (cpu)\n1 1 True False float32\n"),
        (
            dict(strategy="mirrored", devices=3),
            "engine jax: 3 x cpu (cpu)\n3 1 True False float32\n",
        ),
    ],
    ids=str,
)
def test_the_devices_that_are_there_are_said(asked, told):
    assert opened(**asked) == told


MEETING = dict(JAX_COORDINATOR_ADDRESS="localhost:1", JAX_NUM_PROCESSES="2", JAX_PROCESS_ID="0")


@pytest.mark.parametrize(
    "asked, told",
    [
        (dict(strategy="mirrored"), "--strategy mirrored: no GPU found\n  fix: where nvidia-smi"),
        (dict(strategy="tpu"), "--strategy tpu: no such device ("),
        (dict(devices=2), "--devices: 2 devices asked for, 1 found\n  fix: use at most 1"),
        (
            dict(tpu="my-tpu"),
            "--tpu my-tpu: JAX reaches no TPU by its name\n  fix: leave --tpu out",
        ),
        (
            dict(JAX_PROCESS_ID="0"),
            "JAX_COORDINATOR_ADDRESS is not set, JAX_PROCESS_ID is\n  fix: set all",
        ),
        (
            {**MEETING, "JAX_PROCESS_ID": "2"},
            "JAX_PROCESS_ID is '2'\n  fix: set it to a number from 0 to 1",
        ),
        (
            {**MEETING, "JAX_NUM_PROCESSES": "two"},
            "JAX_NUM_PROCESSES is 'two'\n  fix: set it to a whole",
        ),
        ({**MEETING, "JAX_COORDINATOR_ADDRESS": "here"}, "is 'here'\n  fix: set it to HOST:PORT"),
    ],
    ids=str,
)
def test_what_is_not_there_is_one_message_with_a_fix(asked, told):
    said = opened(**asked)
    assert told in said and said.count("\n  fix: ") == 1


class Device:
    """Of a host, with what it says of its memory."""

    def __init__(self, host, **stats):
        self.process_index, self._stats = host, stats

    def memory_stats(self):
        return self._stats or None


def test_the_most_memory_is_that_of_this_hosts_devices_and_of_a_cpu_unknown():
    from model.training.jax_engine import JaxEngine

    engine, gib = JaxEngine.__new__(JaxEngine), 2**30
    engine._place = 0, 2
    peaks = ((0, 2 * gib), (0, 3 * gib), (1, 9 * gib))
    engine._devices = [Device(host, peak_bytes_in_use=peak) for host, peak in peaks]
    assert engine.device_memory_gib() == 3.0
    engine._devices = [Device(0)]
    assert engine.device_memory_gib() is None
