"""A worker's failure → the same DataError in the process that waits for it.

Beam carries only text from a worker, reworded and with tracebacks around it, so the error's fields
travel in that text as JSON behind a mark.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from albert_data.base import errors
from albert_data.base.errors import DataError, as_os_error, file_of, fix_of

_Function = TypeVar("_Function", bound=Callable[..., Any])
_MARK = "albert-data-error:"
_JAVA = re.compile(r"\.(java|scala):\d+\)$")
RESUME = "run the same command again: finished units are kept"
LESS_MEMORY = f"give fewer --workers or the machine more memory, then {RESUME}"


class reported_errors(contextlib.ContextDecorator):
    """Wraps a worker's code so that its DataErrors, I/O errors and lack of memory reach `run`.

    Use it as `with reported_errors(path):`, or `@reported_errors()` on a function or generator such
    as DoFn.process. Beam carries only text from a worker, so the fields travel in it as JSON.

    Args:
        where: named in the error if the exception itself names no file.
    """

    def __init__(self, where: str | os.PathLike[str] = "") -> None:
        self.where = os.fspath(where)

    def __call__(self, function: _Function) -> _Function:
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with self:
                yield from function(*args, **kwargs)

        return cast(_Function, wrapped)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, DataError):
            raise _Reported(marked(error)) from error
        if isinstance(error, MemoryError):
            found = DataError("out of memory", where=self.where, fix=LESS_MEMORY)
            raise _Reported(marked(found)) from error
        if error is not None and (cause := as_os_error(error)) is not None:
            where = file_of(cause) or self.where
            fix = fix_of(cause, RESUME)
            # Arrow writes `Error writing bytes to file. Detail: [errno 28] No space left on device`.
            problem = (cause.strerror or str(cause)).rpartition("Detail: [errno ")[2]
            problem = problem.removeprefix(f"{cause.errno}] ")
            found = DataError(problem, where=where, fix=fix)
            raise _Reported(marked(found)) from error


class _Reported(RuntimeError):
    """Text with a marked DataError in it, which survives Beam's additions to it."""


def marked(error: DataError) -> str:
    fields = (type(error).__name__, error.problem, error.where, error.fix)
    return _MARK + json.dumps(fields)


def failure_in(text: str) -> DataError:
    """The DataError that is marked in a text, or one about the last line of it."""
    _, mark, after = text.partition(_MARK)
    if mark:
        with contextlib.suppress(ValueError):  # a remote runner may have cut it short
            kind, problem, where, fix = json.JSONDecoder().raw_decode(after)[0]
            return getattr(errors, kind, DataError)(problem, where=where, fix=fix)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[0 if _JAVA.search(lines[-1]) else -1]  # a traceback of Python ends with the error
    fix = "run again with --verbose, and report what it prints: this may be a defect of albert-data"
    return DataError(f"unexpected failure, {last}", fix=fix)
