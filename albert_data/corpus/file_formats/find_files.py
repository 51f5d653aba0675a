"""The files of a path, folder or glob: which are read, and of all others why they are not.

Nothing of a folder is passed over in silence. A file that is plainly no input (a checksum, a README, a
book's picture) is named and counted by its reason. One that looks like input in a form that cannot be
read (`articles2.xml-p10p19.7z`, `b.txt.part`) stops the build, as does an input that lies beside itself
in another packing, which would be read twice.
"""

from __future__ import annotations

import difflib
import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence

from albert_data.base.errors import ConfigError
from albert_data.corpus.file_formats.forms import UNPACK
from albert_data.corpus.file_formats.names import BESIDE, CHECKSUMS, FOLDER, HIDDEN, NO_FILE, Names
from albert_data.corpus.source_protocol import Unread
from albert_data.storage import paths

_STREAM = re.compile(r"-|/dev/(?:stdin|fd/\d+)|/proc/\w+/fd/\d+")
_NAMES_SHOWN = 5

NO_STREAM = "standard input, pipes and devices are not read: they cannot be cut or read again"
WRITE_FIRST = (
    "write what comes to a file first, and name that: COMMAND > FILE (a .zst is read, too)"
)


def find(target: str, names: Names, unread: list[Unread] | None = None) -> list[tuple[str, str]]:
    """The files of a path, folder or glob as (path, name), sorted by name.

    A folder is searched to its depth for files that `names` takes; a file named outright, or by a glob
    (`**` crosses folders), may have any name. The name is relative to the folder, or to the part of a
    glob before its first wildcard.

    Args:
        unread: takes the files that are not read.

    Raises:
        ConfigError: there is nothing of that name, or it holds no such file; one that looks like input
            cannot be read; one would be read twice.
    """
    path = target if paths.is_remote(target) else os.path.expanduser(target)
    where = f"{names.kind}:{target}"
    if not path:
        fix = f"write {names.kind}:PATH, a file, folder or glob"
        raise ConfigError("no path after the colon", where=where, fix=fix)
    if "\0" in path:
        raise ConfigError("no path: it holds a NUL", where=repr(path), fix="name a file or folder")
    if _STREAM.fullmatch(path) or _is_special(path):
        raise ConfigError(NO_STREAM, where=where, fix=WRITE_FIRST)
    if paths.location(path).is_file():
        if reason := names.never_read(os.path.basename(path)):
            raise ConfigError(f"not read: {reason}", where=where, fix="name the data itself")
        return [(path, os.path.basename(path))]
    left: list[Unread] = []
    if is_folder(path):
        found = list(_of_folder(path, names, left))
        _refuse_unreadable(where, found, left, names)
        if not found:
            raise _nothing(where, names, left)
    elif glob.has_magic(path):
        found = list(_of_glob(path, names, left))
        if not found and left:
            raise _nothing(where, names, left)
        if not found:
            raise ConfigError(
                "no file matches this pattern",
                where=where,
                fix="quote the pattern for the shell; ** crosses folders, as in 'corpus/**/*.txt'",
            )
    else:
        raise ConfigError("no such file or folder", where=where, fix=_nearest(path))
    found.sort(key=lambda file: file[1])
    refuse_copies([path for path, _ in found], names)
    if unread is not None:
        unread += sorted(left)
    return found


def is_folder(path: str) -> bool:
    return paths.location(path).is_dir()


def _of_folder(folder: str, names: Names, left: list[Unread]) -> Iterator[tuple[str, str]]:
    for path in _walk(folder):
        name = relative(path, folder)
        reason = names.reason(os.path.basename(name.rstrip("/")))
        if not paths.is_remote(path) and reason is None and not os.path.isfile(path):
            reason = _special(path)
        if reason is None:
            yield path, name
        else:
            left.append(Unread(name, reason, path))


def _of_glob(pattern: str, names: Names, left: list[Unread]) -> Iterator[tuple[str, str]]:
    root = _fixed_part(pattern)
    for path in _matching(pattern):
        name, reason = relative(path, root), names.never_read(os.path.basename(path))
        if not paths.is_remote(path) and not os.path.isfile(path):
            if os.path.isdir(path) and "**" in pattern:
                continue  # the files in it are matched themselves
            reason = FOLDER if os.path.isdir(path) else _special(path)
        if reason is None:
            yield path, name
        else:
            left.append(Unread(name, reason, path))


def _walk(folder: str) -> Iterator[str]:
    """All files of a folder to any depth; a hidden folder of it as one, with a slash behind."""
    if paths.is_remote(folder):
        for path in _objects(folder):
            parts = relative(path, folder).split("/")
            if not any(part.startswith(".") for part in parts[:-1]):
                yield path
        return

    def fail(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        raise ConfigError(reason, where=str(error.filename), fix="check its permissions")

    seen = set()
    for root, folders, files in os.walk(folder, onerror=fail, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:  # through a symbolic link, perhaps to a folder above
            folders.clear()
            continue
        seen.add(real)
        yield from (os.path.join(root, name, "") for name in folders if name.startswith("."))
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(root, name) for name in files)


def _refuse_unreadable(
    where: str, found: Sequence[tuple[str, str]], left: list[Unread], names: Names
) -> None:
    """Raises ConfigError for files that are input in a form that cannot be read.

    One that is read in another form as well is none of them, and says so.
    """
    read = {names.same(name) for _, name in found}
    broken = []
    for place, file in enumerate(left):
        folder, base = os.path.split(file.name)
        if file.reason in (HIDDEN, CHECKSUMS, *names.never) or not (own := names.looks_like(base)):
            continue
        if names.same(os.path.join(folder, own)) in read:
            left[place] = file._replace(reason=BESIDE)
        else:
            broken.append(file.name)
    if broken:
        more = f" and {len(broken) - _NAMES_SHOWN:,} more" if len(broken) > _NAMES_SHOWN else ""
        ways = dict.fromkeys(UNPACK.get(os.path.splitext(name)[1].lower(), "") for name in broken)
        unpack = "; ".join(way for way in ways if way) or "unpack or complete them"
        raise ConfigError(
            f"{len(broken):,} of its files look like {names.kind} input but cannot be read: "
            f"{', '.join(sorted(broken)[:_NAMES_SHOWN])}{more}",
            where=where,
            fix=f"{unpack}; or move them away, or name those to read by a glob",
        )


def refuse_copies(files: Sequence[str], names: Names) -> None:
    """Raises ConfigError where a file lies beside itself, packed in another way.

    Args:
        files: their paths, sorted.
    """
    seen: dict[str, str] = {}
    for path in files:
        first = seen.setdefault(names.same(path), path)
        if first != path:
            raise ConfigError(
                f"the same as {os.path.basename(first)} in another form: all would be read twice",
                where=path,
                fix="name the one to read, or move the other away",
            )


def _nothing(where: str, names: Names, left: Sequence[Unread]) -> ConfigError:
    held = ""
    if left:
        some = ", ".join(f"{file.name} ({file.reason})" for file in sorted(left)[:3])
        more = f" and {len(left) - 3:,} more" if len(left) > 3 else ""
        held = f"; other files in it: {some}{more}"
    ends = ", ".join(f"*{suffix}" for suffix in names.suffixes)
    fix = f"{names.kind} reads {ends} in it and its subfolders; a glob reads any name"
    return ConfigError(f"no input in this folder{held}", where=where, fix=fix)


def _is_special(path: str) -> bool:
    """Whether it is there, and neither a file nor a folder."""
    if paths.is_remote(path):
        return False
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _special(path: str) -> str:
    """Why what is no file is not read.

    Raises:
        ConfigError: it is a link to nothing: what was there would have been read.
    """
    if os.path.exists(path):
        return NO_FILE
    raise ConfigError(
        f"a link to {os.readlink(path)}, which is not there",
        where=path,
        fix="put it back, or remove the link",
    )


def _objects(folder: str) -> Iterator[str]:
    """Everything in a folder of an object store and its subfolders."""
    return (str(path) for path, _ in paths.RemotePath(folder).objects())


def _matching(pattern: str) -> list[str]:
    """What a glob names."""
    if not paths.is_remote(pattern):
        return glob.glob(pattern, recursive=True)
    from fsspec.utils import glob_translate

    matches = re.compile(glob_translate(pattern)).match
    return [path for path in _objects(_fixed_part(pattern)) if matches(path)]


def relative(path: str, folder: str) -> str:
    end = "/" if path.endswith("/") else ""
    return os.path.relpath(path, folder or ".").replace(os.sep, "/") + end


def _fixed_part(pattern: str) -> str:
    parts = pattern.split("/")
    plain = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return "/".join(parts[:plain]) or ("/" if pattern.startswith("/") else ".")


def _nearest(path: str) -> str:
    folder, name = os.path.split(path)
    try:
        known = [path.name for path in paths.location(folder or ".").iterdir()]
        near = difflib.get_close_matches(name, known, n=1)
    except OSError:
        return f"there is no folder {folder} either"
    return f"did you mean {os.path.join(folder, near[0])}?" if near else "check the path"
