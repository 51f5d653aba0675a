"""Object stores and engines as processes of this machine, for as long as a block lasts."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ROOT / ".engines"  # made by `make .engines/ready`
BIN = Path(sys.executable).parent
ENOUGH = 500  # seconds for a build on an engine, on a busy machine


@dataclass
class Server:
    """A process and its log."""

    command: Sequence[str | Path]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    def start(self, ready: Callable[[], bool], seconds: float = 120) -> None:
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"{self.command[0]} did not start: {self.text()[-2000:]}")
            time.sleep(0.2)

    def stop(self, number: int = signal.SIGKILL) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait()

    def text(self) -> str:
        return self.log.read_text(errors="replace")


@contextlib.contextmanager
def running(server: Server, ready: Callable[[], bool]) -> Iterator[Server]:
    server.start(ready)
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> str:
    """What a server says at an address; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def google_storage(folder: Path, port: int) -> Server:
    """The emulator of Google Cloud Storage, with a bucket called `bucket`."""
    options = ["--host", "127.0.0.1", "--port", str(port), "--default-bucket", "bucket"]
    command = [BIN / "gcp-storage-emulator", "-d", folder / "gcs", "start", *options]
    return Server(command, folder / "gcs.log")


def amazon_storage(folder: Path, port: int) -> Server:
    return Server([BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)], folder / "s3.log")


def java(jars: Sequence[Path], main: str, *arguments: str, log: Path, memory: str) -> Server:
    """A Java program with the modules opened that Flink and Spark reach into."""
    packages = (
        "lang lang.invoke lang.reflect util util.concurrent util.concurrent.atomic nio net io text "
        "time".split()
    )
    inner = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in packages]
    inner += ["--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"]
    inner += ["--add-opens=java.base/sun.security.action=ALL-UNNAMED"]
    path = os.pathsep.join(map(str, jars))
    options = [f"-Xmx{memory}", "-XX:MaxDirectMemorySize=800m"]
    return Server(["java", *options, *inner, "-cp", path, main, *arguments], log)
