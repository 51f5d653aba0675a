"""A stand-in for Dataflow's REST service that runs what is staged, in a clean environment.

It takes a job, installs the staged wheel (and nothing else of ours) and runs the staged pipeline.
It knows nothing of permissions, quota, images or machines.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import sysconfig
import threading
import venv
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from albert_data.storage.paths import location

RUN_STAGED = Path(__file__).with_name("run_staged.py")


class Dataflow:
    """Jobs as they were asked for, and how their runs went."""

    def __init__(self, folder: Path, environment: dict[str, str], install: bool) -> None:
        self.folder, self.install = folder, install
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GOOGLE"))}
        self.environment = {**kept, **environment}
        self.jobs: list[dict[str, Any]] = []
        self.run: subprocess.Popen | None = None
        self.port = 0

    @property
    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")

    def create(self, job: dict[str, Any]) -> None:
        self.jobs.append(job)
        options = job["environment"]["sdkPipelineOptions"]["options"]
        with open(self.folder / "worker.log", "wb") as log:
            self.run = subprocess.Popen(
                [self._python(job), RUN_STAGED, options["pipelineUrl"]],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def state(self) -> str:
        assert self.run is not None
        code = self.run.poll()
        names = {None: "JOB_STATE_RUNNING", 0: "JOB_STATE_DONE"}
        return names.get(code, "JOB_STATE_FAILED")

    def wheels(self, job: dict[str, Any]) -> list[str]:
        """What was staged beside the pipeline, as gs:// paths."""
        packages = job["environment"]["workerPools"][0]["packages"]
        places = [package["location"] for package in packages]
        paths = [f"gs://{place.partition('/')[2]}" for place in places]
        return [path for path in paths if path.endswith(".whl")]

    def _python(self, job: dict[str, Any]) -> Path:
        """An environment with the libraries that our wheel needs, and the staged wheel."""
        clean = self.folder / "clean"
        venv.create(clean)
        python = clean / "bin" / "python"
        packages = next(clean.glob("lib/python*/site-packages"))
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
        for path in self.wheels(job) if self.install else ():
            wheel = self.folder / path.rpartition("/")[2]
            wheel.write_bytes(location(path).read_bytes())
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
            subprocess.run([*pip, "--target", packages, wheel], check=True)
        return python


@contextlib.contextmanager
def serving(dataflow: Dataflow) -> Iterator[Dataflow]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/token"):
                self._answer({"access_token": "any", "expires_in": 3600, "token_type": "Bearer"})
                return
            dataflow.create(json.loads(sent))
            self._answer({"id": "job-1", "name": "job", "currentState": "JOB_STATE_RUNNING"})

        def do_GET(self) -> None:
            if "/messages" in self.path or "/metrics" in self.path:
                self._answer({})
            else:
                self._answer({"id": "job-1", "name": "job", "currentState": dataflow.state()})

        def _answer(self, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    dataflow.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield dataflow
    finally:
        server.shutdown()
        server.server_close()
        if dataflow.run is not None and dataflow.run.poll() is None:
            dataflow.run.kill()


def service_account(folder: Path, port: int) -> Path:
    """A key file of a service account whose tokens come from this machine."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "account.json"
    account = {
        "type": "service_account",
        "project_id": "a-project",
        "private_key_id": "1",
        "private_key": text.decode(),
        "client_email": "nobody@a-project.iam.gserviceaccount.com",
        "token_uri": f"http://localhost:{port}/token",
    }
    path.write_text(json.dumps(account))
    return path
