"""The real command line, for tests: in this process (about a second a build), or as a process that
can be interrupted, killed, or made to stop at a chosen moment."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from albert_data.cli import main
from albert_data.storage.sealed import seal_of
from tests.shared import EXAMPLES, ROOT

PROGRAM = [str(Path(sys.executable).with_name("albert-data"))]
# The program as it is, but for the number of pieces from which on blocks are merged.
_MERGING = """
from albert_data.cli import main
from albert_pipelines import launch
launch.most_pieces = lambda home: 0
main()
"""
MERGING = [sys.executable, "-c", _MERGING]
CORPUS = [f"--source=books:{EXAMPLES}/books", f"--source=wikipedia:{EXAMPLES}/wikipedia.xml"]
# Input in units of 40 kB: five of them, so that every stage has several files to make.
SMALL = ["--config=tiny.yaml", "--set=sources.unit_bytes=40000"]

# Read by Python at the start of a process: at its n-th rename to a path that holds `text`, the whole
# process group is killed before or after it, or the process, the first one only, writes its number to
# the file STOP_SIGN and waits until there is a file of that name and ".on".
_STOP_AT = """
import contextlib, os, pathlib, signal, threading, time
when, text, number = os.environ["STOP_AT"].split("|")
seen, replace, counting = 0, os.replace, threading.Lock()
def wait():
    sign, end = pathlib.Path(os.environ["STOP_SIGN"]), time.monotonic() + 100
    with contextlib.suppress(FileExistsError):
        with open(sign, "x") as stream:
            stream.write(str(os.getpid()))
        while not pathlib.Path(str(sign) + ".on").exists() and time.monotonic() < end:
            time.sleep(0.05)
def stopping_replace(source, target):
    global seen
    with counting:
        seen += text in str(target)
        stop = seen == int(number) and text in str(target)
    if stop and when == "before":
        os.killpg(0, signal.SIGKILL)
    if stop and when == "wait before":
        wait()
    replace(source, target)
    if stop and when == "after":
        os.killpg(0, signal.SIGKILL)
    if stop and when == "wait after":
        wait()
os.replace = stopping_replace
"""


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


def albert_data(*arguments: str | Path) -> Result:
    """Runs a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


def start(
    *arguments: str | Path, program: Sequence[str] = PROGRAM, **environment: str
) -> subprocess.Popen:
    """Starts a command as the leader of a new process group."""
    return subprocess.Popen(
        [*program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": python_path(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def python_path(*first: Path) -> str:
    """A PYTHONPATH by which the program runs this checkout's code, as the tests do."""
    known = filter(None, [os.environ.get("PYTHONPATH")])
    return os.pathsep.join([*map(str, first), str(ROOT), *known])


def finish(process: subprocess.Popen, seconds: float = 120) -> Result:
    """Waits for a started command; kills its group if that takes longer."""
    try:
        out, err = process.communicate(timeout=seconds)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Result(process.returncode, out, err)


def stop_at(folder: Path, when: str, text: str, number: int) -> dict[str, str]:
    """Environment for `start`: to be killed `before` or `after` the number-th rename to a path with
    `text` in it, or to `wait before` or `wait after` it, having written its process number to
    `folder`/stopped, for 100 s or until there is a file `folder`/stopped.on."""
    (folder / "sitecustomize.py").write_text(_STOP_AT)
    return {
        "PYTHONPATH": python_path(folder),
        "STOP_AT": f"{when}|{text}|{number}",
        "STOP_SIGN": str(folder / "stopped"),
    }


def stopped_in(folder: Path, process: subprocess.Popen) -> int:
    """Waits until a process that `stop_at` stops waits; its number."""
    sign = folder / "stopped"
    while not (sign.exists() and sign.read_text()):
        assert process.poll() is None, finish(process).err
        time.sleep(0.02)
    return int(sign.read_text())


def go_on(folder: Path) -> None:
    """Lets a process that waits go on."""
    (folder / "stopped.on").touch()


def succeeds(result: Result) -> Result:
    """The result, which must be that of a command that did what it was asked."""
    assert result.code == 0, result.err
    assert "error" not in result.err and "Traceback" not in result.err
    return result


def fails(result: Result, *expected: str, code: int | None = None) -> None:
    """The command must have ended in one clear error that says all of `expected` and a fix."""
    assert result.code == code if code is not None else result.code in (1, 2), result.err
    assert result.err.count("error:") == 1, result.err
    assert result.err.count("\n  fix: ") == 1, result.err
    assert "Traceback" not in result.err and result.out == ""
    for text in expected:
        assert text in result.err


_KINDS = {"manifest": "Manifest", "tokens": "TokenIndex", "contamination": "Contamination"}


def edit(path: Path, change: Callable[[dict], Any]) -> None:
    """Changes a sealed file as its writer would have written it."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps({**content, "seal": seal_of(content, _KINDS[path.stem])}))


def content(folder: Path) -> dict[str, str]:
    """SHA-256 (hex) of everything in the folder that a build is for."""
    names = ["manifest.json", "README.md", "vocab.model", *shard_names(folder)]
    names += sorted(path.name for path in folder.glob("provenance-*"))
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def shard_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("shards-*"))


def leftovers(folder: Path) -> list[str]:
    """What a finished build must not leave: temporary and work files."""
    found = [path for path in folder.rglob("*") if path.name.startswith(".tmp-")]
    return [str(path) for path in [*found, *folder.glob("work")]]


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A file system of its own at `folder`; skips the test where this is not permitted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = None
    if sys.platform == "linux" and shutil.which("mount"):
        done = subprocess.run(command, capture_output=True, text=True)
    if done is None or done.returncode != 0:
        reason = done.stderr.strip() if done else "this is no Linux"
        pytest.skip(f"needs root on Linux, to mount a small file system: {reason}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def workers_of(parent: int) -> list[psutil.Process]:
    """The worker processes of a process: its children, but Python's own helper."""
    helper = "multiprocessing.resource_tracker"
    return [
        child
        for child in psutil.Process(parent).children()
        if not any(helper in word for word in child.cmdline())
    ]
