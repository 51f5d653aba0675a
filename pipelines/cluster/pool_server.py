"""Worker processes on a machine of a Flink or Spark cluster (`--environment_type=EXTERNAL`).

Beam's pool starts the word `python`, whatever that is, and a job waits for ever for one that cannot
work. Here it is this environment's, and it is tried out before the pool says that it is ready.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer

from albert_data.base.errors import ConfigError

_TRIAL = "import albert_pipelines.stages, sys; print(sys.prefix)"


def serve(port: int, note: Callable[[str], None]) -> None:
    """Starts workers when a job asks for them, until it is interrupted.

    Raises:
        ConfigError: `python` is not this environment's, or the port is taken.
    """
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
    try:
        address, server = BeamFnExternalWorkerPoolServicer.start(use_process=True, port=port)
    except RuntimeError as error:
        raise ConfigError(
            f"the port cannot be used: {error}", where=f"--port {port}", fix="name another"
        ) from None
    note(f"workers at {address}: --environment_type=EXTERNAL --environment_config={address}")
    server.wait_for_termination()
