"""`@kernel`: Numba compilation with a disk cache that holds for exactly this source code.

Numba's own cache looks only at the file of the function that was called, while a kernel contains the
kernels it calls from other files: after an edit or upgrade a stale mixture could run and change what
is in a shard. Here the cache folder is named by a hash of all source that kernels are made of, so it
cannot. The
first run on a machine compiles for about 15 s, later ones load in well under a second.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numba
from numba.core import config as numba_config

_PACKAGE = Path(__file__).resolve().parent
_IMPORT = re.compile(r"^ *from albert_data\.?([\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)


def code_fingerprint(*patterns: str) -> str:
    """SHA-256 (hex) of the package's source files that match a glob pattern (all by default)."""
    digest = hashlib.sha256()
    for path in sorted({p for pattern in patterns or ("**/*.py",) for p in _PACKAGE.glob(pattern)}):
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def kernel_files() -> tuple[str, ...]:
    """Files of the package with a kernel in them and all that these import, each other's imports too.

    What a kernel takes from another file (constants, kernels, the fields of a tuple) is compiled into it.
    """
    texts = {p.relative_to(_PACKAGE).as_posix(): p.read_text() for p in _PACKAGE.rglob("*.py")}
    to_read = [name for name, text in texts.items() if "\n@kernel" in text]
    needed: set[str] = set()
    while to_read:
        name = to_read.pop()
        if name in needed:
            continue
        needed.add(name)
        for module, names in _IMPORT.findall(texts[name]):
            folder = module.replace(".", "/")
            files = [folder, *(f"{folder}/{n}".lstrip("/") for n in re.findall(r"\w+", names))]
            to_read += [f"{file}.py" for file in files if f"{file}.py" in texts]
    return tuple(sorted(needed))


@cache
def _cache_folder() -> str:
    """The first of these that can be written: the user's cache, a folder of his under /tmp, a new one.

    What lies in it is code: a folder under /tmp must be the user's own.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "albert-data"
    shared = Path(tempfile.gettempdir()) / f"albert-data-{os.getuid()}"
    for base in (home, shared):
        folder = base / f"kernels-{code_fingerprint(*kernel_files())[:16]}"
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
