"""Memory that is freed stays with the process."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest
from albert_model import host_memory

# Ten times 64 MiB, as a step does: the system's pages that were asked for after the first time.
PAGES = """
import ctypes, resource
from albert_model import host_memory

c = ctypes.CDLL(None)
c.malloc.restype = ctypes.c_void_p
{call}

def use():
    block = ctypes.c_void_p(c.malloc(2**26))
    ctypes.memset(block, 1, 2**26)
    c.free(block)

use()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    use()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages(call: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PAGES.format(call=call)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc of glibc")
def test_freed_memory_is_used_again():
    assert pages("") > 10_000
    assert pages("host_memory.keep_freed_memory()") < 100


def test_an_accelerator_is_known_by_its_device(monkeypatch, tmp_path):
    monkeypatch.setattr(host_memory, "DEVICES", tmp_path)
    assert host_memory.computes_here()
    (tmp_path / "accel0").touch()
    assert not host_memory.computes_here()
