"""What a job on Dataflow needs beside what its user named: our wheel, and machines that fit.

Workers get this version of the package as a wheel, built here, unless `--extra_package` or a
container image brings it. A worker holds a shard or the records of a token file, some hundreds of
megabytes, so each core gets one thread and the memory of a highmem machine. Blocks and shards go to
object storage at once: a small disk is enough.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from apache_beam.options import pipeline_options as beam_options

import albert_data
from albert_data.base.errors import ConfigError

MACHINE, DISK_GB, THREADS, MEMORY = "n2-highmem-2", 50, 1, "min_ram=8GB"
LABEL = "application=albert-data"


def complete(options: beam_options.PipelineOptions) -> None:
    """Fills in what was not given.

    Raises:
        ConfigError: no wheel can be made of this installation.
    """
    workers = options.view_as(beam_options.WorkerOptions)
    setup = options.view_as(beam_options.SetupOptions)
    cloud = options.view_as(beam_options.GoogleCloudOptions)
    debug = options.view_as(beam_options.DebugOptions)
    standard = options.view_as(beam_options.StandardOptions)
    workers.machine_type = workers.machine_type or MACHINE
    workers.disk_size_gb = workers.disk_size_gb or DISK_GB
    threads = debug.number_of_worker_harness_threads
    debug.number_of_worker_harness_threads = threads or THREADS
    standard.resource_hints = standard.resource_hints or [MEMORY]
    if not any(label.startswith("application=") for label in cloud.labels or ()):
        cloud.labels = [*(cloud.labels or ()), LABEL]
    if not setup.extra_packages and not workers.sdk_container_image:
        setup.extra_packages = [str(wheel(Path(tempfile.mkdtemp(prefix="albert-data-"))))]


def wheel(folder: Path) -> Path:
    """Builds our wheel into a folder."""
    source = Path(albert_data.__file__).resolve().parents[1]
    where, fix = str(source), "give --extra_package=WHEEL or --sdk_container_image=IMAGE"
    if not (source / "pyproject.toml").is_file():
        raise ConfigError("no source here to make the workers' wheel of", where=where, fix=fix)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    made = subprocess.run([*command, folder, source], capture_output=True, text=True)
    if made.returncode != 0:
        reason = made.stderr.strip().rpartition("\n")[2]
        raise ConfigError(f"the workers' wheel cannot be made: {reason}", where=where, fix=fix)
    return next(folder.glob("*.whl"))
