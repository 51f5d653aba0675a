"""Memory of a computer that trains with its own processors.

What a training step frees, hundreds of megabytes in blocks, the C library gives back to the system, and gets
it again page by page in the next step: a third and more of a small model's processor time. Here it is kept.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

DEVICES = Path("/dev")
# Devices of NVIDIA, AMD and TPUs. Beside these, threads that read data would wait for the one arena.
_ACCELERATORS = ("nvidia[0-9]*", "kfd", "accel*", "vfio/[0-9]*")
# Of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8


def computes_here() -> bool:
    """Whether this computer has no accelerator."""
    return not any(found for name in _ACCELERATORS for found in DEVICES.glob(name))


def keep_freed_memory() -> None:
    """Lets this process keep what it frees, in one arena; elsewhere than on Linux with glibc nothing.

    Threads stay with the arena of their first allocation: it is for before a library starts its own.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_TOP_PAD, 2**26)
