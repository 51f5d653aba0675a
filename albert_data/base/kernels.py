"""`@kernel`: Numba compilation with a disk cache that holds for exactly this source code.

Numba's own cache looks only at the file of the function that was called, while a kernel contains the
kernels it calls from other files: after an edit or upgrade a stale mixture could run and change what
is in a shard. Here the cache folder is named by a hash of all source that kernels are made of, so it
cannot. The first run on a machine compiles for about 15 s, later ones load in well under a second.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import config as numba_config
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

from albert_data.base.code import PACKAGE, imported, modules, source_fingerprint
from albert_data.base.errors import DataError
from albert_data.base.private import is_own, own_folder
from albert_data.base.waiting import waiting

_LEAST_BYTES = 1.5e9  # of addresses; with 1.2e9 it was seen to work, with 0.6e9 not
P = ParamSpec("P")
R = TypeVar("R")


@cache
def kernel_files() -> tuple[str, ...]:
    """Files of the package with a kernel in them and all that these import, each other's imports too.

    What a kernel takes from another file (constants, kernels, the fields of a tuple) is compiled into it.
    """
    return imported(name for name in modules() if "\n@kernel" in (PACKAGE / name).read_text())


@cache
def _cache_folder() -> str:
    """The first of these that can be written: the user's cache, a folder of his under /tmp, a new one.

    What lies in it is code: nobody else may be able to write there.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "albert-data"
    name = f"kernels-{source_fingerprint(kernel_files())[:16]}"
    for mine in (False, True):
        with suppress(OSError):
            folder = (own_folder() if mine else home) / name
            folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                if is_own(folder) and is_own(folder.parent):
                    return str(folder)
    return tempfile.mkdtemp(prefix="albert-data-")


def _need_memory() -> None:
    """Raises DataError under a limit on memory with which LLVM would end the process."""
    if sys.platform == "win32":
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _LEAST_BYTES:
        problem = f"compiling needs 1.5 GB of memory, {limit / 1e9:.1f} GB are allowed (ulimit -v)"
        raise DataError(problem, fix="raise the limit: ulimit -v unlimited")


class _TellsOnce(event.Listener):  # type: ignore[misc]  # of a library without types
    """Says so when the first kernel is compiled; those that come from the cache are not."""

    def on_start(self, event: event.Event) -> None:
        if not self._told:
            self._told = True
            _need_memory()
            folder = _cache_folder()
            waiting(f"compiling for this processor, once: some 15 s (kept in {folder})")

    def on_end(self, event: event.Event) -> None:
        pass

    _told = False


event.register("numba:compile", _TellsOnce())


class _Cache(FunctionCache):  # type: ignore[misc]  # of a library without types
    """Numba's, without its getting ready to compile (0.4 s) for a kernel that is compiled already.

    What it needs beside is the allocator of arrays. Where it has none of a signature, Numba gets ready then.
    """

    def load_overload(self, signature: Any, target: Any) -> Any:
        rtsys.initialize(target)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(signature, target)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compiles a function without the GIL, cached on disk per version of the source.

    It makes no arrays: Numba refuses what would. So it counts no references of those that it is given: an
    atomic instruction wherever one is passed on or sliced, in all a fifth to a third of a record's time.

    Its annotations are for people and type checkers: Numba compiles it anew for every other type.
    """
    return compile_kernel(function, counts_references=False)


def kernel_making_arrays(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function that makes arrays."""
    return compile_kernel(function, counts_references=True)


def compile_kernel(function: Callable[P, R], counts_references: bool) -> Callable[P, R]:
    """What both do."""
    before = numba_config.CACHE_DIR
    numba_config.CACHE_DIR = _cache_folder()
    try:
        compiled = numba.njit(nogil=True, _nrt=counts_references)(function)
        compiled._cache = _Cache(function)  # as its `enable_caching`
        return cast(Callable[P, R], compiled)
    finally:
        numba_config.CACHE_DIR = before
