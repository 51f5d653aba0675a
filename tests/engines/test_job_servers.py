"""Other engines behind Beam's Job API, and worker pools: the same bytes as on this machine."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import content, finish, start
from tests.engines.servers import BIN, ENGINES, ENOUGH, Server, free_port, java, listens, running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


@contextlib.contextmanager
def spark(folder: Path) -> Iterator[list[str]]:
    """Beam's Spark job server with two cores of this machine; yields Beam's options."""
    jars = sorted((ENGINES / "spark-job-server").glob("*.jar"))
    job, artifacts = free_port(), free_port()
    server = java(
        jars, "org.apache.beam.runners.spark.SparkJobServerDriver", "--spark-master-url=local[2]",
        "--job-host=localhost", f"--job-port={job}", f"--artifact-port={artifacts}",
        "--expansion-port=0", f"--artifacts-dir={folder}/artifacts",
        log=folder / "spark.log", memory="1500m",
    )  # fmt: skip
    with running(server, lambda: listens(job)):
        endpoints = [
            f"--job_endpoint=localhost:{job}",
            f"--artifact_endpoint=localhost:{artifacts}",
        ]
        yield ["--runner=SparkRunner", *endpoints]


@contextlib.contextmanager
def prism(folder: Path) -> Iterator[list[str]]:
    """Beam's Prism; yields Beam's options."""
    job, web = free_port(), free_port()
    command = [ENGINES / "bin/prism", "--job_port", str(job), "--web_port", str(web)]
    with running(Server(command, folder / "prism.log"), lambda: listens(job)):
        yield ["--runner=PortableRunner", f"--job_endpoint=localhost:{job}"]


@pytest.mark.parametrize("engine", [spark, prism])
def test_an_engine_makes_the_same_bytes_as_this_machine(engine, jobs, embedded, tmp_path):
    if not (ENGINES / {spark: "spark-job-server", prism: "bin/prism"}[engine]).exists():
        pytest.skip("run by `make test-engines`, which fetches it")
    with engine(tmp_path) as options:
        command = jobs(tmp_path / "shards", *options, "--environment_type=LOOPBACK")
        result = finish(start(*command), ENOUGH)  # a job server's own log may be in stderr
        assert result.code == 0, result.err
    assert content(tmp_path / "shards") == content(embedded)


def test_a_worker_pool_serves_a_job_from_this_environment(flink, jobs, embedded, tmp_path):
    port = free_port()
    pool = Server(
        [BIN / "albert-data", "worker-pool", "--port", str(port)],
        tmp_path / "pool.log",
        {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.fspath(Path(__file__).parents[2])},
    )
    external = ["--environment_type=EXTERNAL", f"--environment_config=localhost:{port}"]
    with running(pool, lambda: "workers at" in pool.text()):
        result = finish(start(*jobs(tmp_path / "shards", *flink.options, *external)), ENOUGH)
        assert result.code == 0, result.err
    assert content(tmp_path / "shards") == content(embedded)
