"""The step on JAX over several devices: virtual ones of the CPU, in processes of their own."""

import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from tests.shared import ROOT


def start(out, devices, shard_state=False, **variables):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/typings", **variables}
    command = [
        sys.executable,
        "-m",
        "tests.model.training.steps_on_devices",
        out,
        devices,
        shard_state,
    ]
    return subprocess.Popen(
        list(map(str, command)), cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )


def results(processes, out):
    for process in processes:
        _, err = process.communicate(timeout=250)
        assert process.returncode == 0, err[-3000:]
    with np.load(out) as file:
        return dict(file)


@pytest.fixture(scope="module")
def of_one(tmp_path_factory):
    out = tmp_path_factory.mktemp("one") / "out.npz"
    return results([start(out, 1)], out)


def assert_the_same(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=2e-6, atol=2e-6, err_msg=name)


@pytest.mark.parametrize("shard_state", [False, True])
def test_four_devices_equal_one_dropout_included(of_one, tmp_path, shard_state):
    out = tmp_path / "out.npz"
    assert_the_same(results([start(out, 4, shard_state)], out), of_one)


def test_two_processes_of_two_devices_equal_one_of_one(of_one, tmp_path):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        place = f"localhost:{free.getsockname()[1]}"
    out = tmp_path / "out.npz"
    processes = [
        start(
            out, 2, True,
            JAX_COORDINATOR_ADDRESS=place, JAX_NUM_PROCESSES="2", JAX_PROCESS_ID=str(number),
        )
        for number in range(2)
    ]  # fmt: skip
    assert_the_same(results(processes, out), of_one)
