"""Every command with all that it reads and writes in a store, in this process: what paths there must know."""

from __future__ import annotations

from albert_data.storage import paths
from albert_data.storage.paths import location
from tests.all_commands import run_all
from tests.memory_store import MemoryStore
from tests.shared import EXAMPLES


def test_every_command_works_with_paths_of_a_store(tmp_path, monkeypatch):
    store = MemoryStore()
    monkeypatch.setitem(paths._stores, "gs", lambda: store)
    for path in EXAMPLES.rglob("*"):
        if path.is_file():
            name = path.relative_to(EXAMPLES).as_posix()
            location(f"gs://bucket/corpus/{name}").upload(path)
    run_all("gs://bucket", tmp_path)
    assert "gs://bucket/grid/two/manifest.json" in store.objects
