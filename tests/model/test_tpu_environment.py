"""The variables of a TPU's runtime, on machines made of folders and a metadata server made of a socket."""

import http.server
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from model.tpu_environment import (
    BRIDGE,
    PCI_TYPES,
    UNKNOWN,
    local_type,
    set_for,
    tpu_name,
    type_of,
    variables,
)
from tests.shared import ROOT

PJRT = {
    "PJRT_DEVICE": "TPU",
    "NEXT_PLUGGABLE_DEVICE_USE_C_API": "true",
    "TF_PLUGGABLE_DEVICE_LIBRARY_PATH": "/lib/libtpu.so",
    "TF_XLA_FLAGS": BRIDGE,
}


def pci(root, *devices):
    """A machine with PCI devices (vendor, device)."""
    for at, (vendor, device) in enumerate(devices):
        folder = root / f"sys/bus/pci/devices/0000:00:0{at}.0"
        folder.mkdir(parents=True)
        (folder / "vendor").write_text(f"{vendor}\n")
        (folder / "device").write_text(f"{device}\n")
    return root


@pytest.fixture
def metadata():
    """A metadata server that knows one attribute; a function from its value to the environment."""
    servers = []

    def start(value):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                known = self.path == "/computeMetadata/v1/instance/attributes/accelerator-type"
                asked = self.headers["Metadata-Flavor"] == "Google"
                self.send_response(200 if known and asked and value else 404)
                self.end_headers()
                self.wfile.write((value or "").encode())

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return {"GCE_METADATA_IP": f"127.0.0.1:{server.server_port}"}

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("device, kind", PCI_TYPES.items())
def test_a_chip_is_known_by_its_pci_device(tmp_path, device, kind):
    machine = pci(tmp_path, ("0x8086", device), ("0x1ae0", "0x0042"), ("0x1ae0", device))
    assert local_type({}, machine) == kind


def test_another_makers_device_of_the_same_number_is_no_tpu(tmp_path):
    assert local_type({}, pci(tmp_path, ("0x8086", "0x006f"), ("0x1ae0", "0x0042"))) == ""


def test_a_machine_with_nothing_has_no_tpu_whatever_it_was_told(tmp_path):
    assert local_type({"TPU_ACCELERATOR_TYPE": "v6e-8"}, tmp_path) == ""


@pytest.mark.parametrize(
    "node, told, kind",
    [
        ("accel0", "v3-8", "v3"),
        ("accel0", "", UNKNOWN),
        ("vfio/0", "v5litepod-8", "v5e"),
        ("vfio/0", "", ""),
        ("vfio/vfio", "v6e-8", ""),
    ],
)
@pytest.mark.parametrize("by", ["environment", "server"])
def test_device_nodes_alone_are_what_the_machine_is_said_to_be(
    tmp_path, metadata, node, told, kind, by
):
    path = tmp_path / "dev" / node
    path.parent.mkdir(parents=True)
    path.touch()
    environment = metadata(told if by == "server" else None)
    if by == "environment" and told:
        environment["TPU_ACCELERATOR_TYPE"] = told
    assert local_type(environment, tmp_path) == kind


@pytest.mark.parametrize(
    "accelerator, kind",
    [("v2-8", "v2"), ("v3-2048", "v3"), ("v4-8\n", "v4"), ("v5litepod-16", "v5e"), ("v5p-8", "v5p"),
     ("v6e-256", "v6e"), ("V6E-8", "v6e"), ("tpu7x-16", "v7x"), ("v5lite-4", "v5e"), ("v6e", "v6e"),
     ("", ""), ("nvidia-l4", ""), ("v", ""), ("v3-", ""), ("v3-8-8", "")],
)  # fmt: skip
def test_accelerator_types_are_read(accelerator, kind):
    assert type_of(accelerator) == kind


@pytest.mark.parametrize("chips", ["v5e", "v5p", "v6e", "v7x"])
@pytest.mark.parametrize("strategy, tpu", [("auto", ""), ("tpu", ""), ("auto", "local")])
def test_chips_since_v5e_get_pjrt(chips, strategy, tpu):
    assert variables(strategy, tpu, {}, chips, "/lib/libtpu.so") == PJRT


@pytest.mark.parametrize("chips", ["v2", "v3", "v4", UNKNOWN])
def test_older_chips_get_nothing(chips):
    assert variables("tpu", "local", {}, chips, "/lib/libtpu.so") == {}


@pytest.mark.parametrize(
    "strategy, tpu, environment, chips",
    [
        ("cpu", "", {}, "v6e"),
        ("mirrored", "", {}, "v3"),
        ("auto", "my-tpu", {}, "v3"),
        ("tpu", "grpc://10.0.0.2:8470", {}, "v6e"),
        ("auto", "", {"TPU_NAME": "my-tpu"}, "v4"),
        ("auto", "", {}, ""),
        ("tpu", "", {}, ""),
    ],
)
def test_a_process_that_takes_no_chip_of_this_machine_does_not_load_libtpu(
    strategy, tpu, environment, chips
):
    added = variables(strategy, tpu, environment, chips, "/lib/libtpu.so")
    assert added == {"TPU_LOAD_LIBRARY": "0"}


@given(st.dictionaries(st.sampled_from([*PJRT, "TPU_LOAD_LIBRARY"]), st.text(max_size=3)))
def test_what_the_user_has_set_stays(environment):
    for chips in ("v3", "v6e", ""):
        assert (
            not variables("auto", "", environment, chips, "/lib/libtpu.so").keys()
            & environment.keys()
        )
    rest = {name: value for name, value in PJRT.items() if name not in environment}
    assert variables("auto", "", environment, "v6e", "/lib/libtpu.so") == rest


def test_a_tensorflow_that_is_not_for_tpus_is_left_alone():
    assert variables("auto", "", {}, "v6e", "") == {}


def test_the_tpu_of_a_run_is_asked_for_or_named_by_the_environment_or_local():
    assert tpu_name("mine", {"TPU_NAME": "other"}) == "mine"
    assert tpu_name("", {"TPU_NAME": "other"}) == "other"
    assert tpu_name("", {"TPU_NAME": ""}) == "local"


FAKE = """
import os, sys, importlib.metadata
importlib.metadata.distribution = lambda name: name
from model import tpu_environment
tpu_environment.local_type = lambda environment: "v6e"
engine, strategy, *fails = sys.argv[1:]
with tpu_environment.set_for(engine, strategy, ""):
    print(os.environ.get("PJRT_DEVICE"), os.environ.get("TPU_LOAD_LIBRARY"))
    if fails:
        raise ArithmeticError("Failed to get global TPU topology.\\nmore")
"""


def run_fake(tmp_path, *arguments):
    package = tmp_path / "libtpu"
    package.mkdir()
    (package / "__init__.py").touch()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "-c", FAKE, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_the_switch_to_pjrt_is_said_in_one_line(tmp_path):
    ran = run_fake(tmp_path, "tensorflow", "auto")
    assert (ran.returncode, ran.stdout) == (0, "TPU None\n")
    assert ran.stderr == f"TPU v6e: set {', '.join(PJRT)} for TensorFlow\n"


@pytest.mark.parametrize(
    "engine, strategy, printed",
    [("tensorflow", "cpu", "None 0\n"), ("jax", "auto", "None None\n")],
)
def test_a_run_without_these_chips_is_not_worth_a_line(tmp_path, engine, strategy, printed):
    ran = run_fake(tmp_path, engine, strategy)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, printed, "")


def test_chips_that_cannot_be_had_are_one_message(tmp_path):
    ran = run_fake(tmp_path, "tensorflow", "tpu", "fails")
    last = ran.stderr.splitlines()[-2:]
    assert last[0].endswith(
        "ConfigError: --strategy tpu: TensorFlow cannot take the TPU v6e of this machine "
        "(Failed to get global TPU topology.)"
    )
    assert "another process" in last[1]


def test_jax_refuses_a_tpu_of_another_machine():
    with (
        pytest.raises(ConfigError, match="JAX takes no TPU by name, my-tpu"),
        set_for("jax", "tpu", "my-tpu"),
    ):
        pass
    with set_for("jax", "tpu", "local"):
        pass


def test_another_error_of_an_import_stays_what_it_is(monkeypatch):
    monkeypatch.delenv("TF_PLUGGABLE_DEVICE_LIBRARY_PATH", raising=False)
    with pytest.raises(ArithmeticError), set_for("tensorflow", "cpu", ""):
        raise ArithmeticError("a defect")
