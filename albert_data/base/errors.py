"""The one kind of failure a user sees: what is wrong, where, and what to do about it."""

from __future__ import annotations


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
        return f"{head}\n  fix: {self.fix}" if self.fix else head


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
