"""``--tpu NAME`` up to the worker's address, against a metadata server and a TPU API of our own.

The worker at that address is TensorFlow's own server, which has no TPU: what comes last is its answer.
"""

import importlib.util
import os
import socket
import subprocess
import sys

import pytest

from tests.model.fake_google_cloud import NODES, FakeGoogleCloud
from tests.model.make_shards import write_shards
from tests.shared import ROOT

LOOK_UP = ("googleapiclient", "oauth2client")
needs_look_up = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, LOOK_UP)),
    reason="Google's API client is not here: make test-tf219 has it, as '.[tpu]' does",
)
WORKER = """
import sys, tensorflow as tf
server = tf.distribute.Server(
    {"tpu_worker": [f"127.0.0.1:{sys.argv[1]}"]}, job_name="tpu_worker", protocol="grpc")
print("ready", flush=True)
server.join()
"""


@pytest.fixture
def cloud():
    cloud = FakeGoogleCloud({})
    yield cloud
    cloud.close()


def a_free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def ready(port):
    return {"state": "READY", "networkEndpoints": [{"ipAddress": "127.0.0.1", "port": port}]}


@pytest.fixture
def worker():
    """The port of a TensorFlow server that waits, as each host of a TPU runs one."""
    port = a_free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(port)], stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    yield port
    process.kill()
    process.wait()
    process.stdout.close()


def train(cloud, *arguments, folder, **more):
    kept = {"PATH", "HOME", "LD_LIBRARY_PATH"}
    environment = {name: os.environ[name] for name in kept & os.environ.keys()}
    environment |= {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", **more}
    if cloud:
        environment |= {**cloud.environment, "NO_GCE_CHECK": "False"}
    shards = write_shards(folder / "shards", [8], vocabulary=30_000)  # these are looked at first
    command = [sys.executable, "model/train_tpu.py", "--shards", shards, "--model-dir"]
    return subprocess.run(
        [*map(str, command), str(folder / "run"), *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200,
    )  # fmt: skip


def error_of(ran):
    """The one message that a failed run ends with."""
    assert ran.returncode == 2, ran.stderr[-3000:]
    assert "Traceback" not in ran.stderr
    return ran.stderr[ran.stderr.index("error: ") :]


@needs_look_up
def test_a_name_is_looked_up_and_its_worker_is_reached(cloud, worker, tmp_path):
    cloud.nodes["my-tpu"] = ready(str(worker))
    error = error_of(train(cloud, "--tpu", "my-tpu", folder=tmp_path))
    assert error.startswith("error: --tpu: no TPU my-tpu (TPUs not found in the cluster")
    assert f"{NODES}my-tpu?alt=json" in cloud.asked
    assert not (tmp_path / "run").exists()


@needs_look_up
def test_the_name_may_stand_in_the_environment(cloud, tmp_path):
    ran = train(cloud, "--strategy", "tpu", folder=tmp_path, TPU_NAME="other")
    assert "no TPU other (" in error_of(ran)
    assert f"{NODES}other?alt=json" in cloud.asked


@needs_look_up
@pytest.mark.parametrize(
    "node, reason",
    [
        ({"state": "PREEMPTED"}, 'TPU "my-tpu" is not yet ready; state: "PREEMPTED"'),
        (404, "Could not lookup TPU metadata from name 'my-tpu'"),
        ({"state": "READY"}, "ipAddress"),
    ],
)
def test_a_tpu_that_cannot_be_had_is_one_message(cloud, tmp_path, node, reason):
    cloud.nodes["my-tpu"] = node
    error = error_of(train(cloud, "--tpu", "my-tpu", folder=tmp_path))
    assert error.startswith("error: --tpu: no TPU my-tpu (")
    assert reason in error
    assert "--tpu grpc://HOST:8470" in error


@needs_look_up
def test_a_machine_without_credentials_is_one_message(cloud, tmp_path):
    cloud.without_credentials = True
    error = error_of(train(cloud, "--tpu", "my-tpu", folder=tmp_path, HOME=str(tmp_path)))
    assert "Application Default Credentials are not available" in error


@pytest.mark.slow
def test_a_machine_that_is_not_googles_is_one_message(tmp_path):
    nowhere = {"GCE_METADATA_IP": f"127.0.0.1:{a_free_port()}"}
    error = error_of(train(None, "--tpu", "my-tpu", folder=tmp_path, **nowhere))
    assert error.startswith("error: --tpu: no TPU my-tpu")
    assert "Connection refused" in error or "googleapiclient" in error


@pytest.mark.slow
def test_an_address_needs_no_look_up(worker, tmp_path):
    error = error_of(train(None, "--tpu", f"grpc://127.0.0.1:{worker}", folder=tmp_path))
    assert "TPUs not found in the cluster" in error
