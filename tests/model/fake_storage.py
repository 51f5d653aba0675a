"""Google Cloud Storage for TensorFlow's own client, which knows one address: a proxy in its way.

Objects are files of a folder, under any bucket's name. What is read of them is kept.
"""

from __future__ import annotations

import http.server
import json
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote


def certificate(folder: Path) -> Path:
    """A certificate of Google's hosts, signed by itself, and its key in one file; needs openssl."""
    path, names = folder / "certificate.pem", "subjectAltName=DNS:*.googleapis.com"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made += ["-subj", "/CN=test", "-addext", names, "-keyout", path, "-out", folder / "public.pem"]
    subprocess.run(made, check=True, capture_output=True)
    path.write_text(path.read_text() + (folder / "public.pem").read_text())
    return path


class FakeStorage:
    """Attributes: sent: (name of an object, bytes) of each answer; variables: that lead TensorFlow here."""

    def __init__(self, objects: Path, folder: Path) -> None:
        self.sent: list[tuple[str, int]] = []
        path, storage = certificate(folder), self
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(path)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.connection = secure.wrap_socket(self.connection, server_side=True)
                self.rfile = self.connection.makefile("rb")
                self.wfile = self.connection.makefile("wb", 0)
                self.close_connection = False

            def do_GET(self) -> None:
                path = unquote(self.path).partition("?")[0]
                about = path.startswith("/storage/v1/")
                name = path.partition("/o/")[2] if about else path.split("/", 2)[2]
                file = objects / name
                if not file.is_file():
                    self.answer(404, b"{}")
                elif about:
                    told = {"size": str(file.stat().st_size), "generation": "1"}
                    told["updated"] = "2026-01-01T00:00:00.000Z"
                    self.answer(200, json.dumps(told).encode())
                else:
                    first, last = self.headers["Range"].partition("=")[2].split("-")
                    content = file.read_bytes()[int(first) : int(last) + 1]
                    storage.sent.append((name, len(content)))
                    self.answer(206, content)

            def finish(self) -> None:
                super().finish()
                self.connection.close()

            def answer(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.variables = {
            "https_proxy": f"http://127.0.0.1:{self.server.server_port}",
            "CURL_CA_BUNDLE": str(folder / "public.pem"),
            "GOOGLE_AUTH_TOKEN_FOR_TESTING": "a-token",
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
