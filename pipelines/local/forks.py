"""Where worker processes come from: forked from one that has loaded all they need (`preload.py`).

That process is Python's own fork server. It may be started before this process imports Beam, so that
both load side by side; each worker then starts in milliseconds and shares the loaded code's memory.
"""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing import forkserver, resource_tracker

CONTEXT = multiprocessing.get_context("forkserver")


def prepare() -> None:
    """Starts the fork server; does nothing where it runs already.

    It inherits that Ctrl-C is held back, for it ignores Ctrl-C only once `preload.py` has begun, and
    Python's resource tracker that a hang-up is, for a dead one is complained of at the next start.
    """
    CONTEXT.set_forkserver_preload(["albert_pipelines.engine.preload"])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        resource_tracker.ensure_running()  # where it has to start, it lets Ctrl-C through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
