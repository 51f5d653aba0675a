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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fsspec.utils import glob_translate

from albert_data.base.errors import ConfigError
from albert_data.corpus.file_formats import compressed
from albert_data.corpus.file_formats.forms import UNPACK
from albert_data.corpus.source_protocol import Unread
from albert_data.storage import paths

CHECKSUMS, HIDDEN, BESIDE = "checksums", "hidden", "beside a file that is read"
_NO_INPUT = {
    HIDDEN: re.compile(r"^\."),
    CHECKSUMS: re.compile(
        r"(?i)\.(?:md5|sha1|sha224|sha256|sha384|sha512|crc32?|sfv|asc|sig)(?:\.txt)?$"
        r"|(?:^|[-_.])(?:md5|sha\d+|b2|ck)sums?(?:\.txt)?$"
    ),
    "about the data": re.compile(
        r"(?i)^(?:readme|licen[cs]e|copying|notice|changelog|authors|citation)\b[^.]*$"
    ),
}
_STREAM = re.compile(r"-|/dev/(?:stdin|fd/\d+)|/proc/\w+/fd/\d+")
_NAMES_SHOWN = 5

NO_FILE = "standard input, pipes and devices are not read: they cannot be cut or read again"
WRITE_FIRST = (
    "write what comes to a file first, and name that: COMMAND > FILE (a .zst is read, too)"
)


Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Names:
    """How a kind of source takes the files of a folder by their names.

    Attributes:
        kind: of the source.
        suffixes: that it reads; others have no place in a folder.
        takes: (of a name without a packing's suffix) stands for the suffixes where they do not tell.
        never: reason → names that are not read of a glob either.
        beside: parts of a path in which the forms of one input differ, beside the packing's suffix.
    """

    kind: str
    suffixes: Sequence[str]
    takes: Pattern | None = None
    never: Mapping[str, Pattern] = field(default_factory=dict)
    beside: Pattern | None = None

    def reason(self, name: str) -> str | None:
        """Why a file of this name (without its folders) is not read of a folder; None where it is."""
        if reason := _first(_NO_INPUT, name) or _first(self.never, name):
            return reason
        if self.takes is not None:
            taken = self.takes.search(compressed.without_suffix(name)) is not None
        else:
            taken = name.lower().endswith(tuple(self.suffixes))
        if taken:
            return None
        ending = re.sub(r"\d+", "0", os.path.splitext(name)[1].lower())
        return f"suffix {ending}" if ending else "no suffix"

    def same(self, path: str) -> str:
        """What the forms of one input have in common, packed or not."""
        path = compressed.without_suffix(path)
        return self.beside.sub("", path) if self.beside else path

    def looks_like(self, name: str) -> str:
        """The input that a file would be without the last parts of its name; empty where none."""
        while "." in name:
            name = name.rpartition(".")[0]
            if self.reason(name) is None:
                return name
        return ""


def _first(reasons: Mapping[str, Pattern], name: str) -> str | None:
    """The first reason whose pattern a name has."""
    return next((reason for reason, pattern in reasons.items() if pattern.search(name)), None)


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
    if _STREAM.fullmatch(path) or _is_special(path):
        raise ConfigError(NO_FILE, where=where, fix=WRITE_FIRST)
    if paths.location(path).is_file():
        if reason := _first(names.never, os.path.basename(path)):
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
    _refuse_copies(found, names)
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
            reason = "a pipe, socket or device" if os.path.exists(path) else _dead_link(path)
        if reason is None:
            yield path, name
        else:
            left.append(Unread(name, reason, path))


def _of_glob(pattern: str, names: Names, left: list[Unread]) -> Iterator[tuple[str, str]]:
    root = _fixed_part(pattern)
    for path in _matching(pattern):
        name, reason = relative(path, root), _first(names.never, os.path.basename(path))
        if not paths.is_remote(path) and not os.path.isfile(path):
            if os.path.isdir(path) and "**" in pattern:
                continue  # the files in it are matched themselves
            reason = "a folder" if os.path.isdir(path) else "a pipe, socket or device"
            reason = reason if os.path.exists(path) else _dead_link(path)
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
        if file.reason in (HIDDEN, CHECKSUMS) or not (own := names.looks_like(base)):
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


def _refuse_copies(found: Sequence[tuple[str, str]], names: Names) -> None:
    """Raises ConfigError where a file lies beside itself, packed in another way."""
    seen: dict[str, str] = {}
    for path, _ in found:
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
        held = f"; it holds {len(left):,} others: {some}{', …' if len(left) > 3 else ''}"
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


def _dead_link(path: str) -> str:
    """Raises ConfigError: what is linked to would have been read."""
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
