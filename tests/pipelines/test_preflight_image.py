"""A worker's image is asked of its registry: a stand-in on this machine that speaks its protocol."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading

import pytest
from albert_pipelines.preflight import google, registry
from albert_pipelines.preflight.registry import LABEL, Image, Labels, labels, parse

from albert_data.base.errors import ConfigError, NetworkError
from tests.silent import silent

TOKEN = "let-me-in"


@contextlib.contextmanager
def registry_of(config, index=False, token=False, status=200):
    """`HOST/NAME` of a registry with one image whose configuration this is."""
    manifest = {"config": {"digest": "sha256:c"}}
    answers = {
        "/v2/me/worker/manifests/1": {"manifests": [
            {"digest": "sha256:a", "platform": {"architecture": "arm64"}},
            {"digest": "sha256:b", "platform": {"architecture": "amd64"}},
        ]} if index else manifest,
        "/v2/me/worker/manifests/sha256:b": manifest,
        "/v2/me/worker/blobs/sha256:c": {"config": config},
    }  # fmt: skip

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path, _, query = self.path.partition("?")
            known = answers.get(path)
            code = status if known is not None else 404
            if path == "/token":
                assert query == "service=here&scope=pull"
                known, code = {"token": TOKEN}, 200
            elif token and self.headers["Authorization"] != f"Bearer {TOKEN}":
                code = 401
            self.send_response(code)
            where = f"http://127.0.0.1:{self.server.server_port}/token"
            self.send_header(
                "WWW-Authenticate", f'Bearer realm="{where}",service="here",scope="pull"'
            )
            self.end_headers()
            self.wfile.write(json.dumps(known).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}/me/worker"
    finally:
        server.shutdown()
        server.server_close()


CONFIG = {"Labels": {LABEL: "0.2.0"}, "Env": ["PATH=/bin", "PYTHON_VERSION=3.11.9"]}


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("token", [False, True])
def test_label_and_python_are_read_through_index_and_token(index, token):
    with registry_of(CONFIG, index, token) as name:
        assert labels(f"{name}:1") == Labels("0.2.0", "3.11.9")


def test_image_without_label_or_environment_says_nothing():
    with registry_of({}) as name:
        assert labels(f"{name}:1") == Labels("", "")


def test_image_that_is_not_there_may_not_be_read_or_whose_registry_is_ill():
    with registry_of(CONFIG) as name, pytest.raises(ConfigError, match="no such image"):
        labels(f"{name}:2")
    with (
        registry_of(CONFIG, status=403) as name,
        pytest.raises(ConfigError, match="may not be read"),
    ):
        labels(f"{name}:1")
    with registry_of(CONFIG, status=500) as name, pytest.raises(NetworkError, match="answers 500"):
        labels(f"{name}:1")


def test_registry_that_never_answers_is_named(monkeypatch):
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.4")
    with silent() as port, pytest.raises(NetworkError, match=f"no answer from 127.0.0.1:{port}"):
        labels(f"127.0.0.1:{port}/me/worker:1")


@pytest.mark.parametrize("config, problem", [
    ({"Labels": {LABEL: "0.1.0"}}, "it holds version 0.1.0, this is 0.2.0"),
    ({"Labels": {LABEL: "0.2.0"}, "Env": ["PYTHON_VERSION=3.1.4"]}, "it runs Python 3.1.4"),
])  # fmt: skip
def test_image_of_another_version_or_python_fails(config, problem, monkeypatch):
    monkeypatch.setattr("albert_data.__version__", "0.2.0")
    with registry_of(config) as name, pytest.raises(ConfigError, match=problem):
        google._image(f"{name}:1", "")


def test_image_of_this_version_is_right_and_one_that_does_not_say_is_not_judged(monkeypatch):
    monkeypatch.setattr("albert_data.__version__", "0.2.0")
    with registry_of({"Labels": {LABEL: "0.2.0"}}) as name:
        assert google._image(f"{name}:1", "") == "it holds version 0.2.0"
    with registry_of({}) as name, pytest.raises(NetworkError, match="does not say which version"):
        google._image(f"{name}:1", "")


@pytest.mark.parametrize("name, parts", [
    ("europe-docker.pkg.dev/p/r/worker:2", Image("europe-docker.pkg.dev", "p/r/worker", "2")),
    ("gcr.io/p/worker", Image("gcr.io", "p/worker", "latest")),
    ("python:3.11-slim", Image("registry-1.docker.io", "library/python", "3.11-slim")),
    ("me/worker", Image("registry-1.docker.io", "me/worker", "latest")),
    ("localhost:5000/w@sha256:00ff", Image("localhost:5000", "w", "sha256:00ff")),
])  # fmt: skip
def test_names_of_images_are_taken_apart(name, parts):
    assert parse(name) == parts


@pytest.mark.parametrize("name", ["", "https://gcr.io/p/w", "gcr.io/P/w:1", "a b"])
def test_what_is_no_name_of_an_image_is_refused(name):
    with pytest.raises(ConfigError, match="not the name of an image"):
        parse(name)


def test_token_of_google_goes_to_registries_of_google_only():
    for host, sent in (("europe-docker.pkg.dev", True), ("eu.gcr.io", True), ("evil.dev", False)):
        assert bool(registry._Asker(host, "i", "t").authorization) == sent
