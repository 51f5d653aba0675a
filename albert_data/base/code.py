"""Fingerprints of source code: of modules and of all that these import from this package.

They name what an earlier run left, so that it is used again only where the same code would make it. Code
that only moves bytes (`storage/`) or says what is wrong (`base/errors.py`) decides about no byte and is
left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import albert_data

PACKAGE = Path(albert_data.__file__).resolve().parent
_IMPORT = re.compile(r"^ *from albert_data\.?([\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)
_NO_DATA = ("storage/", "base/errors.py")


def code_fingerprint(*modules: str, package: Path = PACKAGE) -> str:
    """SHA-256 (hex) of the source of modules and of what they import, each other's imports too.

    Args:
        modules: such as `shards.block`.
        package: folder of the package.
    """
    files = {name for name in map(_file(package), modules) if name}
    return source_fingerprint(imported(files, package), package)


@cache
def source_fingerprint(files: tuple[str, ...], package: Path = PACKAGE) -> str:
    """SHA-256 (hex) of files, by their paths in the package."""
    digest = hashlib.sha256()
    for name in files:
        digest.update(f"{name}\0".encode())
        digest.update((package / name).read_bytes())
    return digest.hexdigest()


@cache
def modules(package: Path = PACKAGE) -> frozenset[str]:
    """The files of a package's modules, by their paths in it."""
    return frozenset(path.relative_to(package).as_posix() for path in package.rglob("*.py"))


def imported(files: Iterable[str], package: Path = PACKAGE) -> tuple[str, ...]:
    """Files, by their paths in the package, and all that they import from it."""
    to_read, found = list(files), set[str]()
    while to_read:
        name = to_read.pop()
        if name not in found and not name.startswith(_NO_DATA):
            found.add(name)
            to_read += _imports(package / name, package)
    return tuple(sorted(found))


@cache
def _imports(path: Path, package: Path) -> tuple[str, ...]:
    """Files of the package that a file imports."""
    names = []
    for module, imports in _IMPORT.findall(path.read_text()):
        names += [module, *(f"{module}.{own}".lstrip(".") for own in re.findall(r"\w+", imports))]
    return tuple(file for file in map(_file(package), names) if file)


def _file(package: Path) -> Callable[[str], str | None]:
    """The file of a module, None for what is no module."""

    def file(module: str) -> str | None:
        base = module.replace(".", "/")
        candidates = (f"{base}.py", f"{base}/__init__.py") if module else ("__init__.py",)
        return next((name for name in candidates if name in files), None)

    files = modules(package)
    return file
