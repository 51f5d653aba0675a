"""Builds whose input, tokens and shards lie in object stores: the same bytes as on this machine."""

from __future__ import annotations

import signal
import time
from urllib.parse import unquote

import pytest

from albert_data.storage.paths import location
from tests.command_line import MERGING, content, fails, finish, start, succeeds
from tests.engines.servers import ENOUGH, listens
from tests.engines.stores import downloaded, known_here, upload
from tests.shared import EXAMPLES

pytestmark = pytest.mark.engine


def test_input_tokens_and_shards_in_a_store_make_the_same_bytes(store, jobs, embedded, tmp_path):
    scheme, environment = store
    root = f"{scheme}://bucket/{tmp_path.name}"
    upload(EXAMPLES, f"{root}/corpus")
    sources = [f"--source=books:{root}/corpus/books", f"--source=wikipedia:{root}/corpus/*.xml"]
    given = [f"--tokens={root}/tokens", "--workers=2"]
    succeeds(finish(start(*jobs(f"{root}/shards", *given, sources=sources), **environment), ENOUGH))
    assert content(downloaded(f"{root}/shards", tmp_path / "a")) == content(embedded)
    succeeds(finish(start("verify", f"{root}/shards", **environment)))
    names = {path.name for path in location(f"{root}/shards").iterdir()}
    assert not names & {"work", ".lock"} and "manifest.json" in names
    remask = ["remask", f"{root}/tokens", "--output", f"{root}/again", "--config=tiny.yaml"]
    succeeds(finish(start(*remask, "--workers=2", program=MERGING, **environment)))
    assert content(downloaded(f"{root}/again", tmp_path / "b")) == content(embedded)


def test_a_store_is_asked_for_exact_ranges_and_writes_once(store, tmp_path):
    scheme, _ = store
    path = location(f"{scheme}://bucket/{tmp_path.name}/x")
    assert path.create(b"0123456789") and path.store.read(str(path), 3, 5) == b"34"
    assert path.stat().st_size == 10 and path.is_file() and path.parent.is_dir()
    if scheme == "s3":  # the emulator of Google's store knows no conditions
        assert not path.create(b"other")
    with pytest.raises(FileNotFoundError) as missing:
        location(f"{path}-not").read_bytes()
    assert missing.value.filename == f"{path}-not"


def test_a_build_in_a_folder_of_another_one_is_refused_and_clean_frees_it(store, jobs, tmp_path):
    scheme, environment = store
    folder = f"{scheme}://bucket/{tmp_path.name}"
    (location(folder) / ".lock").create(b'{"host": "elsewhere", "process": 7, "run": "a"}')
    refused = finish(start(*jobs(folder, "--workers=1"), **environment))
    fails(refused, "another build is writing", "process 7 of elsewhere", f"clean {folder}", code=2)
    listed = succeeds(finish(start("clean", folder, **environment)))
    assert "lock of process 7 of elsewhere" in listed.out and "--yes" in listed.err
    assert (location(folder) / ".lock").is_file()
    succeeds(finish(start("clean", folder, "--yes", **environment)))
    assert list(location(folder).objects()) == []


def test_a_killed_build_leaves_a_lock_that_the_next_one_replaces(store, jobs, embedded, tmp_path):
    scheme, environment = store
    folder = f"{scheme}://bucket/{tmp_path.name}"
    process = start(*jobs(folder, "--workers=1"), **environment)
    while not list(location(f"{folder}/tokens/parts").objects()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (location(folder) / ".lock").is_file()
    assert not (location(folder) / "manifest.json").is_file()
    succeeds(finish(start(*jobs(folder, "--workers=1"), **environment)))
    assert content(downloaded(folder, tmp_path / "a")) == content(embedded)
    assert "tokens" in {path.name for path in location(folder).iterdir()}


def test_a_store_that_goes_away_for_some_seconds_is_waited_for(google, jobs, embedded, tmp_path):
    server, environment = google
    folder = f"gs://bucket/{tmp_path.name}"
    process = start(*jobs(folder, "--workers=1"), **environment)
    port = int(environment["STORAGE_EMULATOR_HOST"].rpartition(":")[2])
    while f"{tmp_path.name}/tokens/parts/" not in unquote(server.text()):
        assert process.poll() is None
        time.sleep(0.02)
    server.stop()
    time.sleep(5)
    assert process.poll() is None
    server.start(lambda: listens(port))
    succeeds(finish(process, ENOUGH))
    with known_here(environment):
        assert content(downloaded(folder, tmp_path / "a")) == content(embedded)
