"""What a worker process needs, loaded once, in the process that workers are forked from.

Importing this takes about 2 s of CPU: Beam, Numba and its kernels, pyarrow.
"""

import logging
import signal
import sys
from typing import Any

signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGHUP})  # see forks.py
logging.getLogger().setLevel(logging.ERROR)  # Beam warns while it is imported

import numpy as np  # noqa: E402
from apache_beam.runners.worker import sdk_worker_main  # noqa: E402, F401

from albert_data.tokens import encoder  # noqa: E402

from .. import stages  # noqa: E402, F401

_none = np.zeros(0, np.int64)
encoder._look_up(_none.astype(np.int32), _none, _none, _none, _none.astype(np.int32))  # wakes Numba


def _report(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
    """Says nothing of a worker whose parent ended before it had told the worker what to do."""
    if kind is not EOFError:
        sys.__excepthook__(kind, error, traceback)


sys.excepthook = _report
