"""Other engines behind Beam's Job API: the same bytes as on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import MERGING, PROGRAM, content, finish, start, succeeds
from tests.engines.servers import (
    ENGINES,
    ENOUGH,
    Server,
    answers,
    free_port,
    java,
    listens,
    running,
)

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


def _spark_jars() -> list[Path]:
    return sorted((ENGINES / "spark-job-server").glob("*.jar"))


@contextlib.contextmanager
def spark(folder: Path, master: str = "local[2]") -> Iterator[list[str]]:
    """Beam's Spark job server, by itself with two cores of this machine; yields Beam's options."""
    job, artifacts = free_port(), free_port()
    server = java(
        _spark_jars(), "org.apache.beam.runners.spark.SparkJobServerDriver",
        f"--spark-master-url={master}", "--job-host=localhost", f"--job-port={job}",
        f"--artifact-port={artifacts}", "--expansion-port=0", f"--artifacts-dir={folder}/artifacts",
        log=folder / "spark.log", memory="1500m",
    )  # fmt: skip
    with running(server, lambda: listens(job)):
        endpoints = [
            f"--job_endpoint=localhost:{job}",
            f"--artifact_endpoint=localhost:{artifacts}",
        ]
        yield ["--runner=SparkRunner", *endpoints]


@contextlib.contextmanager
def spark_cluster(folder: Path) -> Iterator[list[str]]:
    """A standalone master, a worker of two cores (which starts an executor) and the job server."""
    home, port, web = folder / "spark", free_port(), free_port()
    home.mkdir()
    (home / "jars").symlink_to(ENGINES / "spark-job-server")
    address = f"spark://127.0.0.1:{port}"
    master = java(
        _spark_jars(), "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1",
        "--port", str(port), "--webui-port", str(web), log=folder / "master.log", memory="256m",
    )  # fmt: skip
    worker = java(
        _spark_jars(), "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1",
        "--cores", "2", "--memory", "1g", "--work-dir", str(folder / "executors"), "--webui-port",
        str(free_port()), address, log=folder / "worker.log", memory="256m",
    )  # fmt: skip
    for server in (master, worker):
        server.environment = {"SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.12"}
    with (
        running(master, lambda: listens(port)),
        running(worker, lambda: '"state" : "ALIVE"' in answers(f"http://127.0.0.1:{web}/json/")),
        spark(folder, address) as options,
    ):
        yield options


@contextlib.contextmanager
def prism(folder: Path) -> Iterator[list[str]]:
    """Beam's Prism; yields Beam's options."""
    job, web = free_port(), free_port()
    command = [ENGINES / "bin/prism", "--job_port", str(job), "--web_port", str(web)]
    with running(Server(command, folder / "prism.log"), lambda: listens(job)):
        yield ["--runner=PortableRunner", f"--job_endpoint=localhost:{job}"]


@pytest.mark.parametrize(
    "engine, program",
    [(spark, PROGRAM), (spark_cluster, MERGING), (prism, PROGRAM), (prism, MERGING)],
)
def test_an_engine_makes_the_same_bytes_as_this_machine(engine, program, jobs, embedded, tmp_path):
    if not (ENGINES / ("bin/prism" if engine is prism else "spark-job-server")).exists():
        pytest.skip("run by `make test-engines`, which fetches it")
    with engine(tmp_path) as options:
        command = jobs(tmp_path / "shards", *options, "--environment_type=LOOPBACK")
        succeeds(finish(start(*command, program=program), ENOUGH))
    assert content(tmp_path / "shards") == content(embedded)
