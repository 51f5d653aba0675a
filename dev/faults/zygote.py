"""A process that has loaded a program and the library of faults, and forks a child for each command.

Importing takes two thirds of a small build and half of a small training. A request is a line of JSON on
stdin (`arguments`, `environment`, `said`), answered by `began PID` and, when the child has ended, `ended PID
STATUS` (as of waitpid).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dev.faults.shim import begin, compiled

ROOT = Path(__file__).resolve().parents[2]


class Zygote:
    """The driver's side.

    Args:
        program: a name of `PROGRAMS`.
        first: a folder that Python looks into before all others (for a program with a planted defect).
        python: that runs the program.
        more: further environment.
    """

    def __init__(
        self,
        program: str,
        first: Path | None = None,
        python: str = sys.executable,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        folders = [*([first] if first else []), ROOT, ROOT / "typings"]
        environment = {
            **os.environ,
            **more,
            "LD_PRELOAD": str(compiled()),
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
        }
        self._process = subprocess.Popen(
            [python, "-m", "dev.faults.zygote", program],
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
    begin()


def _load_data() -> Callable[[list[str]], None]:
    """The library's command line."""
    import albert_pipelines.ablate
    import albert_pipelines.build  # noqa: F401

    from albert_data import cli

    cli.cli.list_commands(None)  # type: ignore[arg-type]
    for name in cli.COMMANDS:
        cli._command(name)

    def run(arguments: list[str]) -> None:
        from albert_data.__main__ import main as run

        sys.argv = ["albert-data", *arguments]
        run()

    return run


def _load_model(engine: str) -> Callable[[list[str]], None]:
    """The trainer's programs, `train` and `runs`, whose name is the first argument."""
    from model import run_page, train_tpu
    from model.training import engines

    engines.load(engine)
    import model.training.program  # noqa: F401 (which imports Keras)

    programs = {"train": train_tpu.main, "runs": run_page.main}

    def run(arguments: list[str]) -> None:
        name, *rest = arguments
        programs[name](rest, prog_name=f"albert-{name}")

    return run


PROGRAMS = {
    "albert-data": _load_data,
    **{engine: partial(_load_model, engine) for engine in ("tensorflow", "jax")},
}


def main(program: str) -> None:
    run = PROGRAMS[program]()
    request = _serve()
    if request is not None:
        _become(request)
        run(request["arguments"])


if __name__ == "__main__":
    main(sys.argv[1])
