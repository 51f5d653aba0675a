"""The library of faults: every kind of fault is seen to happen, and the log says what would be lost."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dev.faults.shim import Faults, compiled, has_compiler

pytestmark = pytest.mark.skipif(not has_compiler(), reason="needs a C compiler, cc")

# Each call once on files under the folder, which is the first argument; prints what came of each.
_CALLS = """
import os, sys, time
folder = sys.argv[1]
def tell(name, call):
    try:
        print(name, call())
    except OSError as error:
        print(name, "errno", error.errno)
path = folder + "/file"
file = os.open(path, os.O_RDWR | os.O_CREAT)
tell("write", lambda: os.write(file, b"12345678"))
tell("sync", lambda: os.fsync(file))
tell("truncate", lambda: os.ftruncate(file, 6))
os.lseek(file, 0, 0)
tell("read", lambda: os.read(file, 4))
tell("close", lambda: os.close(file))
tell("open", lambda: os.close(os.open(path, os.O_RDONLY)))
tell("rename", lambda: os.rename(path, folder + "/other"))
tell("unlink", lambda: os.unlink(folder + "/other"))
tell("mkdir", lambda: os.mkdir(folder + "/inner"))
tell("time", lambda: int(time.time()))
"""


def run(tmp_path: Path, *rules: str, code: str = _CALLS) -> tuple[Faults, dict[str, str], int]:
    """Runs a program whose files lie under `tmp_path`/under: its faults, what it printed, its end."""
    under = tmp_path / "under"
    under.mkdir()
    faults = Faults(tmp_path / "faults", [under], rules)
    environment = {**os.environ, **faults.environment, "LD_PRELOAD": str(compiled())}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(under)],
        env=environment, capture_output=True, text=True, start_new_session=True,
    )  # fmt: skip
    lines = (line.split(" ", 1) for line in done.stdout.splitlines())
    return faults, {name: told for name, told in lines}, done.returncode


@pytest.mark.parametrize(
    ("call", "nth"),
    [
        ("write", 1), ("sync", 1), ("truncate", 1), ("read", 1), ("close", 1), ("open", 2), ("rename", 1),
        ("unlink", 1), ("mkdir", 1),
    ],
)  # fmt: skip
def test_a_call_that_is_drawn_fails_and_no_other_does(tmp_path, call, nth):
    faults, told, code = run(tmp_path, f"{call} {nth} 1 {errno.EIO}")
    assert code == 0 and told[call] == f"errno {errno.EIO}"
    others = {name: value for name, value in told.items() if name != call}
    unlinked = call == "rename"  # there is nothing under the new name then
    assert [n for n, v in others.items() if "errno" in v] == (["unlink"] if unlinked else [])
    assert faults.counts()["fired"] == 1
    assert [each[:3] for each in faults.log().fired] == [(call, str(nth), str(errno.EIO))]


def test_without_rules_calls_are_counted_and_none_fails(tmp_path):
    faults, told, _ = run(tmp_path)
    assert not any("errno" in value for value in told.values())
    counts = faults.counts()
    assert (counts["open"], counts["write"], counts["close"], counts["rename"]) == (2, 1, 2, 1)
    assert counts["any"] == sum(counts[call] for call in (
        "open", "read", "write", "sync", "close", "rename", "unlink", "mkdir", "truncate"
    ))  # fmt: skip
    assert counts["fired"] == 0


def test_a_fault_lasts_as_many_calls_as_it_is_told(tmp_path):
    code = """
import os, sys
file = os.open(sys.argv[1] + "/file", os.O_RDWR | os.O_CREAT)
for number in range(5):
    try:
        print(number, os.write(file, b"1"))
    except OSError as error:
        print(number, error.errno)
"""
    _, told, _ = run(tmp_path, f"write 2 3 {errno.ENOSPC}", code=code)
    assert told == {"0": "1", "1": "28", "2": "28", "3": "28", "4": "1"}


def test_a_short_call_moves_half(tmp_path):
    _, told, _ = run(tmp_path, "write 1 1 short", "read 1 1 short")
    assert told["write"] == "4" and told["read"] == "b'12'"


def test_a_copy_by_the_system_is_a_write(tmp_path):
    code = """
import shutil, sys
try:
    shutil.copyfile(sys.executable, sys.argv[1] + "/copy")
except OSError as error:
    print("copy", error.errno)
"""
    _, told, _ = run(tmp_path, f"write 1 9 {errno.ENOSPC}", code=code)
    assert told == {"copy": "28"}


def test_a_fault_of_some_paths_leaves_the_others_alone(tmp_path):
    code = """
import os, sys
for name in ("one", "two", "two", "one"):
    file = os.open(sys.argv[1] + "/" + name, os.O_RDWR | os.O_CREAT)
    try:
        print(name, os.write(file, b"1"))
    except OSError as error:
        print(name + "-again", error.errno)
"""
    _, told, _ = run(tmp_path, f"write 2 {10**9} {errno.ENOSPC} /two", code=code)
    assert told == {"one": "1", "two": "1", "two-again": "28"}


_OF_A_FILE = """
import ctypes, sys
library = ctypes.CDLL(None, use_errno=True)
library.fopen.restype = library.fwrite.restype = ctypes.c_size_t
of_a_file = lambda name, *given: getattr(library, name)(*given, ctypes.c_void_p(file))
file = library.fopen((sys.argv[1] + "/file").encode(), b"w")
for name in ("fwrite", "fflush", "fwrite", "fclose"):
    given = (b"1234", ctypes.c_size_t(1), ctypes.c_size_t(4)) if name == "fwrite" else ()
    found = of_a_file(name, *given)
    print(name, found if found in (0, 4) else "failed", ctypes.get_errno())
"""


@pytest.mark.parametrize(
    ("nth", "told", "left"),
    [
        (1, {"fwrite": "4 28", "fflush": "0 28", "fclose": "0 28"}, b"1234"),
        (2, {"fwrite": "4 28", "fflush": "failed 28", "fclose": "0 28"}, b"12341234"),
        (4, {"fwrite": "4 0", "fflush": "0 0", "fclose": "failed 28"}, b"1234"),
    ],
)
def test_what_the_c_library_buffers_fails_where_it_is_written(tmp_path, nth, told, left):
    """TensorFlow writes by `fwrite`: its first call, its `fflush`, and what is left for `fclose`."""
    faults, found, _ = run(tmp_path, f"write {nth} 1 {errno.ENOSPC}", code=_OF_A_FILE)
    assert found == told
    assert (tmp_path / "under/file").read_bytes() == left
    assert Path(next(iter(faults.log().unsynced))).name == "file"


def test_a_process_is_killed_at_a_call(tmp_path):
    faults, told, code = run(tmp_path, "rename 1 1 kill")
    assert code == -signal.SIGKILL and not told  # what it printed was not flushed
    assert (tmp_path / "under/file").exists() and faults.counts()["rename"] == 1


def test_the_time_of_day_jumps(tmp_path):
    _, before, _ = run(tmp_path)
    (tmp_path / "later").mkdir()
    _, after, _ = run(tmp_path / "later", "mkdir 1 1 clock:86400")
    assert 86_390 < int(after["time"]) - int(before["time"]) < 86_500


def test_the_log_tells_which_bytes_and_names_a_loss_of_power_may_take(tmp_path):
    code = """
import os, sys
def write(name, sync):
    file = os.open(f"{sys.argv[1]}/{name}", os.O_RDWR | os.O_CREAT)
    os.write(file, b"1")
    if sync:
        os.fsync(file)
    os.close(file)
write("named", True)
folder = os.open(sys.argv[1], os.O_RDONLY)
os.fsync(folder)
write("synced", True)
write("dirty", False)
write("temporary", False)
os.rename(sys.argv[1] + "/temporary", sys.argv[1] + "/moved")
write("gone", False)
os.unlink(sys.argv[1] + "/gone")
"""
    faults, _, _ = run(tmp_path, code=code)
    log = faults.log()
    assert {Path(path).name for path in log.unsynced} == {"dirty", "moved"}
    assert {Path(path).name for path in log.unnamed} == {"synced", "dirty", "moved"}


def test_a_process_stands_still_until_it_may_go_on(tmp_path):
    under = tmp_path / "under"
    under.mkdir()
    faults = Faults(tmp_path / "faults", [under], ["mkdir 1 1 stop"])
    environment = {**os.environ, **faults.environment, "LD_PRELOAD": str(compiled())}
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", _CALLS, str(under)], env=environment,
                               stdout=subprocess.DEVNULL)  # fmt: skip
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status) and faults.counts()["stopped"] == process.pid
    assert not (under / "inner").exists()
    os.kill(process.pid, signal.SIGCONT)
    assert process.wait(20) == 0 and (under / "inner").is_dir()
