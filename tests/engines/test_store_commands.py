"""Every command with everything it reads and writes in an object store: as with local folders."""

from __future__ import annotations

import json

import pytest

from albert_data.storage.paths import location
from tests.all_commands import run_all
from tests.command_line import content
from tests.engines.stores import downloaded, upload
from tests.shared import EXAMPLES

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def on_this_machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("here")
    (folder / "corpus").symlink_to(EXAMPLES)
    run_all(str(folder), folder)
    return folder


def test_every_command_works_in_a_store_as_on_this_machine(store, on_this_machine, tmp_path):
    scheme, _ = store
    root = f"{scheme}://bucket/{tmp_path.name}"
    upload(EXAMPLES, f"{root}/corpus")
    run_all(root, tmp_path)
    made, here = downloaded(root, tmp_path / "made"), on_this_machine
    for folder in ("shards", "remasked", "grid/one", "grid/two"):
        assert content(made / folder) == content(here / folder)
    for name in ("own.model", "exclude.txt", "shards/tokens/exclude.txt"):
        assert (made / name).read_bytes() == (here / name).read_bytes()
    own, same = (json.loads((f / "contamination.json").read_text()) for f in (made, here))
    assert own["overlapping_documents"] == same["overlapping_documents"] > 0
    assert "<html" in (made / "report.html").read_text()
    assert not location(f"{root}/grid/work").is_dir()
