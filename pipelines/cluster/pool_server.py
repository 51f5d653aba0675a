"""Worker processes on a machine of a Flink or Spark cluster (`--environment_type=EXTERNAL`).

Beam's pool starts the word `python`, whatever that is, and a job waits for ever for one that cannot
work. Here it is this environment's, and it is tried out before the pool says that it is ready. Beam's
listens on all addresses; who reaches it can run code as its user (a request's fields go into a program
text, the steps of a job are pickles), so here it does where it is told to only.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import grpc
from apache_beam.portability.api import beam_fn_api_pb2_grpc
from apache_beam.runners.worker.worker_pool_main import (
    BeamFnExternalWorkerPoolServicer,
    kill_process_gracefully,
)
from apache_beam.utils import thread_pool_executor

from albert_data.base.errors import ConfigError

OWN = ("127.0.0.1", "::1", "localhost")  # where nobody of another machine comes
_KEPT_OPEN = [("grpc.http2.max_pings_without_data", 0), ("grpc.http2.max_ping_strikes", 0)]
_OF_ONE_SERVER = [
    ("grpc.so_reuseport", 0)
]  # else a second pool takes half of the first one's requests
_TRIAL = "import albert_pipelines.stages, sys; print(sys.prefix)"


def serve(host: str, port: int, note: Callable[[str], None]) -> None:
    """Starts workers when a job asks for them, until it is interrupted.

    Args:
        host: the address to listen at.
        port: 0 for any that is free.

    Raises:
        ConfigError: `python` is not this environment's, or address and port cannot be used.
    """
    _check_python()
    pool = BeamFnExternalWorkerPoolServicer(use_process=True, data_buffer_time_limit_ms=-1)
    server = grpc.server(
        thread_pool_executor.shared_unbounded_instance(), options=[*_KEPT_OPEN, *_OF_ONE_SERVER]
    )
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    named = f"[{host}]" if ":" in host else host
    try:
        port = server.add_insecure_port(f"{named}:{port}")
    except (RuntimeError, UnicodeEncodeError):
        raise ConfigError(
            "nothing can listen there: the port is taken, or the address is not this machine's",
            where=f"--host {host} --port {port}",
            fix="name another",
        ) from None
    if host not in OWN:
        note(
            f"warning: open to the network: who reaches {named}:{port} can run code as {_user()}; let a "
            "firewall admit the cluster's machines alone"
        )
    server.start()
    # Beam names a pool on the machine of each worker so.
    address = f"localhost:{port}"
    note(f"workers at {address}: --environment_type=EXTERNAL --environment_config={address}")
    try:
        server.wait_for_termination()
    finally:
        for worker in pool._worker_processes.values():
            kill_process_gracefully(worker)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        return f"user {os.getuid()}"


def _check_python() -> None:
    folder = str(Path(sys.executable).parent)
    os.environ["PATH"] = folder + os.pathsep + os.environ.get("PATH", "")
    try:
        tried = subprocess.run(["python", "-c", _TRIAL], capture_output=True, text=True)
        found = tried.stdout.strip() or tried.stderr.strip().rpartition("\n")[2]
    except OSError as error:
        found = error.strerror or str(error)
    if found != sys.prefix:
        raise ConfigError(
            f"the workers' python is not that of {sys.prefix} ({found})",
            where=folder,
            fix="install albert-data in a virtual environment of its own and run this from there",
        )
