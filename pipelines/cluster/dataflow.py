"""What a job on Dataflow needs beside what its user named: our wheel, and machines that fit.

Workers get this version of the package as a wheel, made here (`wheel`), unless `--extra_package` or a
container image brings it. A worker holds a shard or the records of a token file, some hundreds of
megabytes, so each core gets one thread and the memory of a highmem machine. Blocks and shards go to
object storage at once: a small disk is enough.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from apache_beam.options import pipeline_options as beam_options

from . import wheel

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
        setup.extra_packages = [str(wheel.make(Path(tempfile.mkdtemp(prefix="albert-data-"))))]
