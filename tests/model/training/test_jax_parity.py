"""One step, two engines: the same losses and weights but for float32 rounding, by two processes."""

import os
import subprocess

import numpy as np
import pytest

from tests.model.training.ten_steps import drawn, ten_steps
from tests.shared import ROOT

TENSORFLOW = ROOT / ".venv" / "bin" / "python"


@pytest.fixture
def of_tensorflow(tmp_path):
    """Makes what TensorFlow's ten steps give, from the same weights."""
    if not TENSORFLOW.exists():
        pytest.skip(".venv, which has TensorFlow, is not made: make .venv/test.stamp")

    def steps(start, *arguments):
        np.savez(tmp_path / "start.npz", **start)
        environment = {
            **os.environ,
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "PYTHONPATH": f"{ROOT}:{ROOT}/typings",
        }
        environment.pop("KERAS_BACKEND", None)
        command = [TENSORFLOW, "-m", "tests.model.training.ten_steps"]
        command += [tmp_path / "start.npz", tmp_path / "out.npz", *arguments]
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        with np.load(tmp_path / "out.npz") as file:
            return dict(file)

    return steps


@pytest.mark.parametrize(
    "recompute, micro_batches", [("none", 1), pytest.param("layers", 2, marks=pytest.mark.slow)]
)
def test_ten_steps_are_those_of_tensorflow_to_float32_rounding(
    of_tensorflow, recompute, micro_batches
):
    start = drawn()
    theirs = of_tensorflow(start, recompute, micro_batches)
    ours = ten_steps(start, recompute, micro_batches)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_allclose(array, theirs[name], rtol=1e-6, atol=1e-6, err_msg=name)
        if name in start:
            assert name.endswith("key/bias") or np.abs(array - start[name]).max() > 1e-4
