"""A proxy before an object store's server that answers slowly, with 500s, or not at all."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


class Proxy:
    """A proxy at 127.0.0.1.

    Attributes:
        port: where it listens.
        delay: seconds that an answer is held back.
        fail_every: every n-th request is answered with 500 and not passed on, and every n-th in
            between with 500 after it was: the client cannot tell which. 0 for none.
        away_for: requests that speak of this are answered with 503, '' for all; None for none.
        failed: how many were answered so.
    """

    def __init__(self, behind: int, delay: float = 0, fail_every: int = 0) -> None:
        self.behind, self.delay, self.fail_every = behind, delay, fail_every
        self.away_for: str | None = None
        self.failed = 0
        self.port = 0
        self._numbers = itertools.count(1)

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, list, bytes]:
        """Status, headers and body."""
        asked = unquote(path) + body[:1000].decode("latin-1")
        if self.away_for is not None and self.away_for in asked:
            self.failed += 1
            return 503, [], b"away"
        number = next(self._numbers)
        time.sleep(self.delay)
        broken = self.fail_every and number % self.fail_every in (0, self.fail_every // 2)
        if broken and number % self.fail_every == 0:
            self.failed += 1
            return 500, [], b"broken before"
        connection = http.client.HTTPConnection("127.0.0.1", self.behind, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            found = connection.getresponse()
            content = found.read()
        if broken:
            self.failed += 1
            return 500, [], b"broken after"
        return found.status, found.getheaders(), content


@contextlib.contextmanager
def proxying(proxy: Proxy) -> Iterator[Proxy]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, content = proxy.answer(self.command, self.path, self.headers, body)
            self.send_response_only(status)
            size = str(len(content))
            for name, value in headers:
                if name.lower() == "content-length" and self.command == "HEAD":
                    size = value
                elif name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", size)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that went away
    proxy.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
