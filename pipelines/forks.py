"""Where worker processes come from: forked from one that has loaded all they need (`preload.py`).

That process is Python's own fork server. It may be started before this process imports Beam, so that
both load side by side; each worker then starts in milliseconds and shares the loaded code's memory.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver

CONTEXT = multiprocessing.get_context("forkserver")


def prepare() -> None:
    """Starts the fork server; does nothing where it runs already."""
    CONTEXT.set_forkserver_preload(["pipelines.preload"])
    forkserver.ensure_running()
