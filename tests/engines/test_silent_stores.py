"""Object stores that do not answer, or let nobody in, before a job has begun: one message in seconds."""

from __future__ import annotations

import time

import pytest

from albert_data.base.errors import NetworkError
from albert_data.storage.paths import location
from albert_data.tokens.vocabulary import load_vocabulary
from tests.engines.stores import known_here
from tests.silent import full, silent

pytestmark = pytest.mark.engine

SETTINGS = {"gs": "STORAGE_EMULATOR_HOST", "s3": "AWS_ENDPOINT_URL"}
KEYS = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.mark.parametrize("scheme", ["gs", "s3"])
@pytest.mark.parametrize("server", [silent, full])
def test_store_that_never_answers_is_named_and_no_vocabulary_is_asked_for(scheme, server):
    with server() as port:
        address = {SETTINGS[scheme]: f"http://127.0.0.1:{port}", "ALBERT_DATA_CONNECT_SECONDS": "1"}
        began = time.monotonic()
        with known_here({**KEYS, **address}), pytest.raises(NetworkError) as caught:
            load_vocabulary(f"{scheme}://bucket/my.model")
        assert time.monotonic() - began < 15  # with the import of the client
    error = caught.value
    assert error.where == f"{scheme}://bucket/my.model"
    assert error.problem.startswith(f"no answer from 127.0.0.1:{port} within 1 s")
    assert SETTINGS[scheme] in error.fix and "SentencePiece" not in error.fix


def test_metadata_server_that_never_answers_is_no_account(monkeypatch):
    from albert_data.storage import google_credentials

    with silent() as port:
        monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{port}")
        monkeypatch.setenv("GCE_METADATA_IP", f"127.0.0.1:{port}")
        monkeypatch.setenv("CLOUDSDK_CONFIG", "/nowhere")
        monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
        began = time.monotonic()
        assert not google_credentials.account_found(["scope"])
        assert time.monotonic() - began < 8


def test_server_of_tokens_that_never_answers_is_named(tmp_path, monkeypatch):
    from google.oauth2.credentials import Credentials

    from albert_data.storage import google_credentials

    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "1")
    with silent() as port:
        uri = f"http://127.0.0.1:{port}/token"
        user = Credentials(None, refresh_token="r", token_uri=uri, client_id="i", client_secret="s")
        with pytest.raises(NetworkError, match=f"no answer from 127.0.0.1:{port}"):
            google_credentials.refreshed(user)


def test_who_is_let_in_by_nobody_is_told_how_to_log_in(monkeypatch, amazon):
    _, environment = amazon
    without = {**environment, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nowhere",
               "AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}  # fmt: skip
    with known_here(without):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        with pytest.raises(NetworkError, match="no credentials found\n.*AWS_PROFILE"):
            location("s3://bucket/x").stat()


@pytest.mark.parametrize("code, account, words", [
    (403, "me@x", "me@x has no permission\n.*Storage Object User"),
    (401, "me@x", "the credentials of me@x are not valid\n.*gcloud auth"),
    (403, "", "no credentials found\n.*gcloud auth"),
    (503, "me@x", "the store answers 503 at every try"),
])  # fmt: skip
def test_answers_that_are_no_files_say_what_to_do(code, account, words):
    from albert_data.storage.object_stores import _failure

    with pytest.raises(NetworkError, match=words):
        raise _failure("gs://b/x", code, Exception("any"), account)
