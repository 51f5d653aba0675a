"""First contact with machines elsewhere: an answer in seconds, or who did not give one and what to do."""

from __future__ import annotations

import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from albert_data.base import contact
from albert_data.base.errors import ConfigError, NetworkError
from tests.silent import closed_port, full, silent


def ask(port: int, name: str = "127.0.0.1") -> None:
    """What a library does that waits for long."""
    urllib.request.urlopen(f"http://{name}:{port}/", timeout=60).close()


def failure(port: int, seconds: float | None = None) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        contact.answered(lambda: ask(port), "the.host", "gs://b/x", "SETTING names it", seconds)
    return caught.value


@pytest.mark.parametrize("server", [silent, full])
def test_server_that_says_nothing_is_named_with_its_setting_when_the_time_is_up(
    server, monkeypatch
):
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.4")
    began = time.monotonic()
    with server() as port:
        error = failure(port)
    assert 0.3 < time.monotonic() - began < 3
    assert (error.where, error.problem) == (
        "gs://b/x", "no answer from the.host within 0.4 s (ALBERT_DATA_CONNECT_SECONDS)"
    )  # fmt: skip
    assert "SETTING names it" in error.fix and "firewall" in error.fix


def test_ten_seconds_are_waited_for_where_nothing_else_is_set(monkeypatch):
    monkeypatch.delenv("ALBERT_DATA_CONNECT_SECONDS", raising=False)
    assert contact.patience() == 10


@pytest.mark.parametrize("given", ["ten", "", "0", "-1", "inf", "nan"])
def test_what_is_no_number_of_seconds_is_refused(given, monkeypatch):
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", given)
    with pytest.raises(ConfigError, match="not a number of seconds"):
        contact.patience()


def test_look_up_of_a_name_that_hangs_is_given_up_too(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait())
    began = time.monotonic()
    assert "no answer from the.host" in failure(80, 0.3).problem
    assert time.monotonic() - began < 3
    never.set()


def test_name_that_is_not_known_is_said_at_once(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    began = time.monotonic()
    error = failure(80, 60)
    assert time.monotonic() - began < 3
    assert error.problem == "no machine is known here by the name the.host" and "DNS" in error.fix


def test_port_where_nobody_listens_is_tried_until_the_time_is_up(monkeypatch):
    monkeypatch.setattr(contact, "AGAIN_SECONDS", 0.05)
    assert failure(closed_port(), 0.3).problem == "the.host refuses connections"


def test_server_that_is_just_starting_is_waited_for(monkeypatch):
    monkeypatch.setattr(contact, "AGAIN_SECONDS", 0.01)
    tries = []

    def request() -> str:
        tries.append(1)
        if len(tries) < 4:
            raise ConnectionRefusedError(111, "Connection refused")
        return "here"

    assert contact.answered(request, "h", "w", "s", 30) == "here"


def test_an_answer_of_any_kind_is_an_answer():
    def forbidden() -> None:
        raise urllib.error.HTTPError("http://h/", 403, "no", None, None)  # type: ignore[arg-type]

    with pytest.raises(urllib.error.HTTPError):
        contact.answered(forbidden, "h", "w", "s", 5)
    with pytest.raises(KeyError):
        contact.answered(lambda: {}["x"], "h", "w", "s", 5)
    assert contact.answered(lambda: 7, "h", "w", "s", 5) == 7


def test_reasons_are_found_below_the_layers_of_libraries():
    inner = OSError(101, "Network is unreachable")
    outer = RuntimeError("Max retries exceeded")
    outer.__cause__ = inner
    told = contact.unreachable("h", "w", "s", outer)
    assert told.problem == "this machine has no way to h"
    told = contact.unreachable("h", "w", "s", Exception("CERTIFICATE_VERIFY_FAILED"))
    assert "not trusted" in told.problem and "AWS_CA_BUNDLE" in told.fix


def test_the_proxy_in_use_is_named(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy:3128")
    told = str(contact.unreachable("h", "w", "s", TimeoutError()))
    assert "the proxy of HTTPS_PROXY" in told and "secret" not in told
