"""The one kind of failure a user sees: what is wrong, where, and what to do about it."""

from __future__ import annotations

import errno
import io
import os

from albert_data.base import neutral

_FIXES = {
    errno.ENOENT: "restore it or correct the path",
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room there or choose another folder"),
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM), "correct its permissions, or choose another path"
    ),
    # Running the same again would meet the same limit.
    errno.EFBIG: "raise the limit on the size of a file (ulimit -f unlimited)",
    **dict.fromkeys(
        (errno.EMFILE, errno.ENFILE),
        "raise the limit on open files (ulimit -n 4096), or give fewer --workers",
    ),
    errno.EAGAIN: "raise the limit on processes (ulimit -u 4096), or give fewer --workers",
    errno.ENOMEM: "raise the limit on memory (ulimit -v unlimited), or give fewer --workers",
    errno.ELOOP: "remove the symbolic link",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EISDIR: "name a file: this is a folder",
    **dict.fromkeys((errno.EEXIST, errno.ENOTDIR), "name a folder: this is a file"),
}


RUN_AGAIN = "run the same command again: it goes on where it was"
_NO_THREAD = "can't start new thread"  # all that Python says of a limit on processes


def as_os_error(error: BaseException) -> OSError | None:
    """A lack of memory or of threads as the error of the system that it is; None of other exceptions."""
    if isinstance(error, MemoryError):
        return OSError(errno.ENOMEM, "out of memory")
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return OSError(errno.EAGAIN, "no more processes or threads can be started")
    return error if isinstance(error, OSError) else None


def fix_of(error: OSError, again: str) -> str:
    """What to do about an error of the system.

    Args:
        again: what to do when its cause is mended.
    """
    known = _FIXES.get(error.errno or 0)
    return f"{known}, then {again}" if known else f"mend this, then {again}"


def of_the_system(error: BaseException) -> DataError | None:
    """What to say of an error of the system that a program ends with; None of other exceptions."""
    cause = as_os_error(error)
    if cause is None:
        return None
    fix = fix_of(cause, RUN_AGAIN)
    return DataError(cause.strerror or str(cause), where=file_of(cause), fix=fix)


def file_of(error: OSError) -> str:
    """The file that an error of the system names, or else the one that was open where it was raised:
    a read or a write that fails does not say of which file it was. Empty where there is none."""
    if error.filename is not None:
        return os.fsdecode(error.filename)
    found, traceback = "", error.__traceback__
    while traceback:
        for value in traceback.tb_frame.f_locals.values():
            name = getattr(value, "name", None) if isinstance(value, io.IOBase) else None
            if isinstance(name, str | os.PathLike):
                found = os.fspath(name)
        traceback = traceback.tb_next
    return found


class DataError(Exception):
    """Something the user can act on: bad input, a full disk, an occupied folder.

    Attributes:
        problem: what is wrong, one sentence without a full stop.
        where: the file and the place in it (byte, line, page, row), or the setting.
        fix: what to do, one sentence.
    """

    exit_code = 1

    def __init__(self, problem: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(problem, where, fix)
        self.problem = problem
        self.where = where
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.problem, self.where, self.fix)

    def __str__(self) -> str:
        head = f"{self.where}: {self.problem}" if self.where else self.problem
        return neutral.plain(f"{head}\n  fix: {self.fix}" if self.fix else head)


class ConfigError(DataError):
    """A setting, option or argument that cannot be used; found before any work starts."""

    exit_code = 2


class NetworkError(DataError):
    """A machine elsewhere does not answer, or does not let anyone in.

    No OSError: what asks whether a file is there, or takes an unreadable one for damaged and makes it anew
    or leaves it out, must not hear of a network in that way.
    """


def _rebuild(kind: type[DataError], problem: str, where: str, fix: str) -> DataError:
    return kind(problem, where=where, fix=fix)
