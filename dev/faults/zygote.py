"""A process that has loaded the program and the library of faults, and forks a child for each command.

Importing takes two thirds of a small build. A request is a line of JSON on stdin (`arguments`, `environment`,
`out`, `err`), answered by `began PID` and, when the child has ended, `ended PID STATUS` (as of waitpid).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from dev.faults.shim import begin, compiled

ROOT = Path(__file__).resolve().parents[2]


class Zygote:
    """The driver's side.

    Args:
        first: a folder that Python looks into before all others (for a program with a planted defect).
    """

    def __init__(self, first: Path | None = None) -> None:
        folders = [*([first] if first else []), ROOT, ROOT / "typings"]
        environment = {
            **os.environ,
            "LD_PRELOAD": str(compiled()),
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dev.faults.zygote"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=ROOT,
        )  # fmt: skip
        self._ends: dict[int, int] = {}
        self._read = b""

    def start(self, arguments: list[str], environment: dict[str, str], said: Path) -> int:
        """Begins a command, whose output goes to `said`.out and .err; the number of its process, which leads
        a group of its own."""
        request = {"arguments": arguments, "environment": environment, "said": str(said)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        while True:
            line = self._line(60)
            if line and line[0] == "began":
                return int(line[1])

    def end(self, pid: int, seconds: float) -> int | None:
        """How a command ended (as of waitpid), None where it has not within so many seconds."""
        while pid not in self._ends:
            if self._line(seconds) is None:
                break
        return self._ends.pop(pid, None)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _line(self, seconds: float) -> list[str] | None:
        """The next answer; ends are kept."""
        assert self._process.stdout is not None
        stream = self._process.stdout.fileno()
        while b"\n" not in self._read:
            if not select.select([stream], [], [], seconds)[0]:
                return None
            more = os.read(stream, 4096)
            if not more:
                raise RuntimeError("the process that forks commands has ended")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        words = line.decode().split()
        if words[0] == "ended":
            self._ends[int(words[1])] = int(words[2])
        return words


def _serve() -> dict[str, Any] | None:
    """Answers requests; returns one in each child, None in the parent at the end."""
    children: dict[int, int] = {}  # the descriptor that tells of its end → process
    rest = b""
    while True:
        for ready in select.select([0, *children], [], [])[0]:
            if ready:
                os.close(ready)
                pid, status = os.waitpid(children.pop(ready), 0)
                _say(f"ended {pid} {status}")
                continue
            read = os.read(0, 65536)
            if not read:  # the driver is gone
                for pid in children.values():
                    with suppress(ProcessLookupError):
                        os.killpg(pid, signal.SIGKILL)
                return None
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                if not (pid := os.fork()):
                    request: dict[str, Any] = json.loads(line)
                    return request
                children[os.pidfd_open(pid)] = pid
                _say(f"began {pid}")


def _say(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def _become(request: dict[str, Any]) -> None:
    """Makes this child the command."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    for number, name in enumerate(("out", "err"), 1):
        file = os.open(f"{request['said']}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.closerange(3, 256)
    os.environ.update(request["environment"])
    sys.argv = ["albert-data", *request["arguments"]]
    begin()


def main() -> None:
    import albert_pipelines.ablate
    import albert_pipelines.build  # noqa: F401

    from albert_data import cli

    cli.cli.list_commands(None)  # type: ignore[arg-type]
    for name in cli.COMMANDS:
        cli._command(name)
    request = _serve()
    if request is not None:
        _become(request)
        from albert_data.__main__ import main as run

        run()


if __name__ == "__main__":
    main()
