"""Object stores that fail, are slow or go away, damaged objects, two builds at once: the same bytes in
the end, or one clear error and nothing that looks whole."""

from __future__ import annotations

import os
import signal
import socket
import time
import urllib.error
import urllib.request

import pytest

from albert_data.storage.paths import location
from tests.command_line import content, fails, finish, start, succeeds
from tests.engines.proxy import Proxy, proxying
from tests.engines.servers import ENOUGH
from tests.engines.stores import downloaded, names_in

pytestmark = pytest.mark.engine

# Clients that give up soon.
IMPATIENT = {"ALBERT_DATA_RETRY_SECONDS": "2", "AWS_MAX_ATTEMPTS": "2"}


def through(proxy: Proxy, environment: dict[str, str]) -> dict[str, str]:
    """The environment in which the store is reached through a proxy."""
    addresses = ("STORAGE_EMULATOR_HOST", "AWS_ENDPOINT_URL")
    own = {name: f"http://127.0.0.1:{proxy.port}" for name in addresses if name in environment}
    return {**environment, **own}


def port_of(environment: dict[str, str]) -> int:
    address = environment.get("STORAGE_EMULATOR_HOST") or environment["AWS_ENDPOINT_URL"]
    return int(address.rpartition(":")[2])


def stop_between_requests(group: int, environment: dict[str, str]) -> None:
    """Stops a group of processes while a store that serves one request at a time waits for none of them."""
    while True:
        os.killpg(group, signal.SIGSTOP)
        try:
            request = urllib.request.urlopen(f"http://127.0.0.1:{port_of(environment)}/", timeout=2)
            request.close()
            return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:  # no answer in time
            os.killpg(group, signal.SIGCONT)
            time.sleep(0.05)


def test_slow_answers_and_500s_change_no_byte(store, jobs, embedded, tmp_path):
    scheme, environment = store
    folder = f"{scheme}://bucket/{tmp_path.name}"
    with proxying(Proxy(port_of(environment), delay=0.02, fail_every=20)) as proxy:
        own = through(proxy, environment)
        succeeds(finish(start(*jobs(folder, "--workers=1"), **own), ENOUGH))
        assert proxy.failed >= 10
    assert content(downloaded(folder, tmp_path / "a")) == content(embedded)


@pytest.mark.parametrize(
    ("store", "away_for", "left"),
    [("gs", "tokens/parts/", "tokens"), ("gs", "shards-0", "work"), ("s3", "shards-0", "work")],
    indirect=["store"],
)
def test_a_store_that_stays_away_ends_a_build_which_goes_on_later(
    store, jobs, embedded, tmp_path, away_for, left
):
    scheme, environment = store
    folder = f"{scheme}://bucket/{tmp_path.name}"
    with proxying(Proxy(port_of(environment))) as proxy:
        proxy.away_for = away_for
        own = {**through(proxy, environment), **IMPATIENT}
        result = finish(start(*jobs(folder, "--workers=1"), **own))
        fails(result, f"error: {folder}/", f"/{away_for}", "503", code=1)
        there = names_in(folder)
        assert "manifest.json" not in there and not any(n.startswith("shards-") for n in there)
        assert left in there
        proxy.away_for = None
        if away_for == "shards-0":  # what the first run left is checked before it is used
            replace_byte(sorted(location(f"{folder}/work/blocks").iterdir())[0], 100)
        succeeds(finish(start(*jobs(folder, "--workers=1"), **own)))
    assert content(downloaded(folder, tmp_path / "a")) == content(embedded)
    assert "work" not in names_in(folder)


def replace_byte(path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.unlink()
    assert path.create(bytes(content))


@pytest.mark.parametrize("store", ["gs"], indirect=True)
def test_a_damaged_token_file_of_an_earlier_run_is_made_again(store, jobs, embedded, tmp_path):
    scheme, environment = store
    root = f"{scheme}://bucket/{tmp_path.name}"
    command = jobs(f"{root}/shards", f"--tokens={root}/tokens", "--workers=1")
    tokenize = ["tokenize", *command[1 : command.index("--output")], f"--output={root}/tokens"]
    tokenize += command[command.index("--output") + 2 : -2]
    succeeds(finish(start(*tokenize, **environment)))
    file = sorted(location(f"{root}/tokens/parts").iterdir())[0]
    replace_byte(file, 1000)
    succeeds(finish(start(*command, **environment)))
    assert content(downloaded(f"{root}/shards", tmp_path / "a")) == content(embedded)


@pytest.mark.parametrize(
    ("store", "machine"),
    [("gs", "this"), ("gs", "another"), ("s3", "another")],
    indirect=["store"],
)
def test_a_second_build_is_refused_with_the_name_of_the_first(
    store, jobs, embedded, tmp_path, machine
):
    scheme, environment = store
    folder = f"{scheme}://bucket/{tmp_path.name}"
    first = start(*jobs(folder, "--workers=1"), **environment)
    while not (location(folder) / ".lock").is_file():
        assert first.poll() is None
        time.sleep(0.05)
    stop_between_requests(first.pid, environment)  # at work, and not done before the second begins
    # A machine of its own has its temporary files, and with them its local locks, elsewhere.
    own = {"TMPDIR": str(tmp_path)} if machine == "another" else {}
    try:
        second = finish(start(*jobs(folder, "--workers=1"), **environment, **own))
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    fails(second, f"another build is writing into this folder (process {first.pid} of "
          f"{socket.gethostname()})", code=2)  # fmt: skip
    succeeds(finish(first))
    assert content(downloaded(folder, tmp_path / "a")) == content(embedded)
