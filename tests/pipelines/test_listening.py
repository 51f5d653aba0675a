"""What listens, listens to this machine alone: by the kernel's tables, while it does."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import socket
from pathlib import Path

import pytest
from albert_pipelines.cluster.loopback import on_loopback
from albert_pipelines.engine.choose import choose
from albert_pipelines.engine.runner import ready

from tests.command_line import albert_data, fails, finish, start
from tests.listening import is_own, listening_at


def test_what_listens_is_found_with_its_address(tmp_path, monkeypatch):
    here = tmp_path / "s"
    with socket.socket() as own, socket.socket() as opened, socket.socket(socket.AF_UNIX) as unix:
        own.bind(("127.0.0.1", 0))
        opened.bind(("0.0.0.0", 0))
        monkeypatch.chdir(tmp_path)
        unix.bind(str(here))
        for one in (own, opened, unix):
            one.listen()
        found = listening_at(os.getpid())
    assert {"127.0.0.1", "0.0.0.0", str(here)} <= set(found)
    assert [is_own(a) for a in ("127.0.0.1", "::1", "0.0.0.0", "::", "10.0.0.1")] == [
        True,
        True,
        *[False] * 3,
    ]


def _note_what_listens(path, element):
    Path(path).write_text(json.dumps(listening_at(os.getpid())))
    yield element


@pytest.mark.slow
def test_beams_services_of_a_job_listen_on_loopback(tmp_path):
    seen = tmp_path / "seen.json"
    arguments = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    with ready(choose(arguments, workers=None)) as take:
        look = functools.partial(_note_what_listens, str(seen))
        take(lambda flow: flow.each("Look", flow.given("One", [1]), look, weight=int))
    addresses = json.loads(seen.read_text())
    assert addresses and all(map(is_own, addresses)), addresses


def test_a_server_that_asks_for_all_addresses_gets_one_and_others_what_they_ask():
    import grpc

    make, before = grpc.server, set(listening_at(os.getpid()))
    with on_loopback():
        for address in ("[::]:0", "0.0.0.0:0", "localhost:0"):
            server = grpc.server(None, options=())
            assert server.add_insecure_port(address) > 0
            server.start()
            new = set(listening_at(os.getpid())) - before
            server.stop(None)
            assert new and all(map(is_own, new)), (address, new)
    assert grpc.server is make


def opened(process, folder: Path) -> str:
    """What a pool says until it is ready."""
    said = ""
    while "workers at" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    return said


@pytest.mark.parametrize("given", [[], ["--host=0.0.0.0"]])
def test_a_worker_pool_listens_to_this_machine_unless_told_and_says_what_that_means(
    given, tmp_path
):
    process = start("worker-pool", "--port=0", *given)
    try:
        said = opened(process, tmp_path)
        addresses = listening_at(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
    finish(process)
    if given:
        assert not any(map(is_own, addresses))
        assert re.search("who reaches 0.0.0.0:[0-9]+ can run code as .*firewall", said)
    else:
        assert addresses == ["127.0.0.1"] and "warning" not in said


def test_a_taken_port_and_a_strange_address_are_one_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        fails(finish(start("worker-pool", f"--port={port}")), "nothing can listen there", code=2)
    fails(finish(start("worker-pool", "--port=0", "--host=192.0.2.1")), "192.0.2.1", code=2)
    assert albert_data("worker-pool", "--port=65536").code == 2
