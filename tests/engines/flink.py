"""A Flink cluster of this machine: JobManager, TaskManager and Beam's job server, three processes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.engines.servers import ENGINES, Server, answers, free_port, java, running

SLOTS = 2
_MEMORY = {
    "network.min": "256mb",
    "network.max": "256mb",
    "framework.off-heap.size": "128mb",
    "framework.heap.size": "128mb",
    "task.heap.size": "384mb",
    "managed.size": "256mb",
    "task.off-heap.size": "128mb",
    "jvm-metaspace.size": "256m",
    "jvm-overhead.min": "192m",
    "jvm-overhead.max": "192m",
}
_CONFIG = """
jobmanager.rpc.address: localhost
jobmanager.rpc.port: {rpc}
jobmanager.bind-host: localhost
taskmanager.bind-host: localhost
taskmanager.host: localhost
taskmanager.numberOfTaskSlots: {slots}
parallelism.default: {slots}
rest.address: localhost
rest.bind-address: localhost
rest.port: {rest}
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 2
restart-strategy.fixed-delay.delay: 1 s
heartbeat.timeout: 15000
heartbeat.interval: 3000
"""


@dataclass
class Flink:
    """A running cluster.

    Attributes:
        options: of Beam, to run on it.
        task_manager: the process that holds the task slots.
    """

    options: list[str]
    task_manager: Server
    rest: str

    def slots(self) -> int:
        return json.loads(answers(f"{self.rest}/overview") or "{}").get("slots-total", 0)

    def start_task_manager(self) -> None:
        self.task_manager.start(lambda: self.slots() == SLOTS)


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Flink]:
    rpc, rest, job, artifacts = (free_port() for _ in range(4))
    conf = folder / "conf"
    conf.mkdir()
    (conf / "config.yaml").write_text(_CONFIG.format(rpc=rpc, rest=rest, slots=SLOTS))
    (conf / "log4j.properties").write_text("rootLogger.level = WARN\n")
    jars = sorted((ENGINES / "flink").glob("*.jar"))
    given = ["--configDir", str(conf)]
    manager = java(
        jars, "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", *given,
        log=folder / "job_manager.log", memory="512m",
    )  # fmt: skip
    sizes = [f"-Dtaskmanager.memory.{name}={size}" for name, size in _MEMORY.items()]
    tasks = java(
        jars, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", *given, *sizes,
        "-Dtaskmanager.cpu.cores=2.0", log=folder / "task_manager.log", memory="700m",
    )  # fmt: skip
    server = java(
        sorted((ENGINES / "flink-job-server").glob("*.jar")),
        "org.apache.beam.runners.flink.FlinkJobServerDriver", f"--flink-master=localhost:{rest}",
        "--job-host=localhost", f"--job-port={job}", f"--artifact-port={artifacts}",
        "--expansion-port=0", f"--artifacts-dir={folder}/artifacts",
        log=folder / "job_server.log", memory="700m",
    )  # fmt: skip
    address = f"http://localhost:{rest}"
    options = [
        "--runner=FlinkRunner",
        f"--job_endpoint=localhost:{job}",
        f"--artifact_endpoint=localhost:{artifacts}",
        f"--parallelism={SLOTS}",
    ]
    flink = Flink(options, tasks, address)
    with (
        running(manager, lambda: "slots-total" in answers(f"{address}/overview")),
        running(server, lambda: "Job server now running" in server.text()),
    ):
        flink.start_task_manager()
        try:
            yield flink
        finally:
            flink.task_manager.stop()
