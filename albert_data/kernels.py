"""`@kernel`: Numba compilation with a disk cache that holds for exactly this source code.

Numba's own cache looks only at the file of the function that was called, while a kernel contains the
kernels it calls from other files: after an edit or upgrade a stale mixture could run and change what
is in a shard. Here the cache folder is named by a hash of the package's source, so it cannot. The
first run on a machine compiles for about 15 s, later ones load in well under a second.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numba
from numba.core import config as numba_config

KERNEL_FILES = tuple(
    f"{name}.py"
    for name in (
        "kernels rng pairs mask_law masking wire records unmasked dynamic schema blocks pieces gather "
        "tfrecord parse encoder dedup contamination/words contamination/ngrams"
    ).split()
)


def code_fingerprint(*patterns: str) -> str:
    """SHA-256 (hex) of the package's source files that match a glob pattern (all by default)."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent
    for path in sorted({p for pattern in patterns or ("**/*.py",) for p in root.glob(pattern)}):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _cache_folder() -> str:
    """The first of these that can be written: the user's cache, a folder of his under /tmp, a new one.

    What lies in it is code: a folder under /tmp must be the user's own.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "albert-data"
    shared = Path(tempfile.gettempdir()) / f"albert-data-{os.getuid()}"
    for base in (home, shared):
        folder = base / f"kernels-{code_fingerprint(*KERNEL_FILES)[:16]}"
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                if base == home or base.stat().st_uid == os.getuid():
                    return str(folder)
    return tempfile.mkdtemp(prefix="albert-data-")


def kernel(function: Callable) -> Callable:
    """Compiles a function without the GIL, cached on disk per version of the source."""
    before = numba_config.CACHE_DIR
    numba_config.CACHE_DIR = _cache_folder()
    try:
        return numba.njit(cache=True, nogil=True)(function)
    finally:
        numba_config.CACHE_DIR = before
