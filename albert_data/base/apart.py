"""A call that may end its process, made in a child, whose end is an error like others.

Arrow's reader of Parquet aborts on some damaged files (an exception of C++ that its binding does not take),
and a process that plans a build must say which file it was. Cost: a fork, some milliseconds.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing import Pipe
from typing import Any, TypeVar, cast

_T = TypeVar("_T")


class Ended(Exception):
    """The call ended its process; the text says by what."""


def apart(call: Callable[[], _T]) -> _T:
    """What `call` returns or raises, which can be pickled; made in this process elsewhere than on Linux.

    Raises:
        Ended: it ended its process.
    """
    if sys.platform != "linux":
        return call()
    receiver, sender = Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of Arrow's threads, which it makes anew
        process = os.fork()
    if not process:
        _answer(call, sender)
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = None
    except BaseException:  # a signal: nobody waits for the answer
        os.kill(process, signal.SIGKILL)
        raise
    finally:
        receiver.close()
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if answer is None:
        raise Ended(signal.Signals(-code).name if code < 0 else f"exit code {code}")
    failed, found = answer
    if failed:
        raise found
    return cast(_T, found)


def _answer(call: Callable[[], Any], sender: Any) -> None:
    """Sends what a call gives and ends this process; what libraries say at its end is kept quiet."""
    try:
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            answer = False, call()
        except Exception as error:
            answer = True, error
        sender.send(answer)
    finally:
        os._exit(1)
