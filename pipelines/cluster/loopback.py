"""Beam's services of this process, on this machine's own addresses only.

Beam has its servers listen on all addresses (`[::]`), without a password, and who reaches one can run code
as this user: a job's steps are pickles. All that run in this process serve this machine (a job service,
workers under `LOOPBACK`), so they need no other address.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import grpc

OWN = "127.0.0.1"
_ALL = ("[::]:", "0.0.0.0:")


@contextlib.contextmanager
def on_loopback() -> Iterator[None]:
    """Meanwhile, a gRPC server that is asked to listen on all addresses does so on the loopback one."""
    make = grpc.server

    def server(*arguments: Any, **named: Any) -> Any:
        made = make(*arguments, **named)
        listen = made.add_insecure_port
        made.add_insecure_port = lambda address: listen(_own(address))
        return made

    grpc.server = server
    try:
        yield
    finally:
        grpc.server = make


def _own(address: str) -> str:
    return next((f"{OWN}:{address[len(a) :]}" for a in _ALL if address.startswith(a)), address)
