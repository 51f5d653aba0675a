"""The dataclasses of `schema.py` as JSON files that carry a hash over themselves, and names in such
files that stay in their folder.

What an earlier run left is believed only as far as it can be checked: a file cut short, full of zeros,
with one changed byte or copied from another place is told from the one that was written.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from albert_data.base.errors import DataError
from albert_data.schema import READABLE_VERSIONS, SCHEMA_VERSION
from albert_data.storage.atomic import write_json
from albert_data.storage.paths import RemotePath

SEAL, VERSION = "seal", "schema_version"
_UNSEALED = 1  # schema version of files without a seal; some of these did not say it
_T = TypeVar("_T")
_FIX = "restore the file, or remove it and run the command that made it again"


class Damaged(DataError):
    """A file that is not as it was written."""


def seal_of(content: dict[str, Any], kind: str) -> str:
    """SHA-256 (hex) over [kind, all fields but the seal]: JSON, keys sorted, no white space, UTF-8.

    Args:
        kind: name of the dataclass, so that no other file of ours passes in its place.
    """
    rest = {name: value for name, value in content.items() if name != SEAL}
    text = json.dumps([kind, rest], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def plain(record: Any) -> Any:
    """A dataclass as plain values, for JSON."""
    return msgspec.to_builtins(record)


def write_sealed(path: Path, record: Any) -> None:
    """Writes a dataclass as a JSON file with its schema version and seal atomically."""
    versioned = {VERSION: SCHEMA_VERSION, **plain(record)}
    write_json(path, {**versioned, SEAL: seal_of(versioned, type(record).__name__)})


def read_sealed(path: Path, kind: type[_T]) -> _T | None:
    """What a sealed file holds, a dataclass of `kind`; None where there is no such file.

    Raises:
        Damaged: it is not as it was written.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    return parse_sealed(raw, kind, str(path))


def parse_sealed(raw: bytes, kind: type[_T], where: str) -> _T:
    """What a sealed file's bytes hold, a dataclass of `kind`.

    Raises:
        Damaged: they are not as they were written, or a field is missing or of another type.
        DataError: another version wrote them.
    """
    content = _unsealed(raw, kind.__name__, where)
    version = content.get(VERSION, _UNSEALED)
    if version not in READABLE_VERSIONS:
        raise DataError(
            f"schema version {version}, this version reads {READABLE_VERSIONS}",
            where=where,
            fix="use the version of albert-data that made it, or make it anew",
        )
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise Damaged(f"the file is damaged: {error}", where=where, fix=_FIX) from None


def _unsealed(raw: bytes, kind: str, where: str) -> dict[str, Any]:
    """The fields of a file whose seal fits, or that needs none."""
    try:
        content = json.loads(raw.decode())
        if b"\\ud" in raw.lower():  # half a surrogate pair, which is no text without the other
            json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, no text
        raise Damaged(f"the file is damaged: not JSON, {error}", where=where, fix=_FIX) from None
    if not isinstance(content, dict):
        raise Damaged("the file is damaged: it is no JSON object", where=where, fix=_FIX)
    if SEAL not in content and content.get(VERSION, _UNSEALED) == _UNSEALED:
        return content
    if content.get(SEAL) != seal_of(content, kind):
        problem = "the file is damaged, was edited or is another one: its seal does not fit"
        raise Damaged(problem, where=where, fix=_FIX)
    return content


def read_marker(path: Path, kind: type[_T]) -> _T | None:
    """What a mark that work is done holds; None where the work must be done (again)."""
    try:
        return read_sealed(path, kind)
    except DataError:
        return None


def beside(folder: Path, name: Any, where: str) -> Path:
    """The file called `name`, which was read from a file, in a folder.

    Raises:
        DataError: the name leads out of the folder: by its path, or by a symbolic link.
    """
    if not isinstance(name, str) or name in ("", ".", "..") or {*"/\\\0"} & set(name):
        raise DataError(
            f"{name!r} is not the name of a file in its folder",
            where=where,
            fix="this file was edited: restore it, or make it anew",
        )
    path = folder / name
    if not isinstance(path, RemotePath) and path.is_symlink():
        target = path.resolve()
        if not target.is_relative_to(folder.resolve()):
            raise DataError(
                f"a symbolic link out of its folder, to {target}",
                where=str(path),
                fix="put the file itself there",
            )
    return path


def sizes(folder: Path) -> dict[str, int]:
    """Name and bytes of all files that lie directly in a folder."""
    if isinstance(folder, RemotePath):
        depth = len(folder.parts) + 1
        return {path.name: size for path, size in folder.objects() if len(path.parts) == depth}
    return {path.name: path.stat().st_size for path in folder.iterdir() if path.is_file()}
