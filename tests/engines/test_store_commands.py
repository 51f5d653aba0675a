"""Every command with everything it reads and writes in an object store: as with local folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from albert_data.storage.paths import location
from tests.command_line import albert_data, content, succeeds
from tests.engines.stores import downloaded, upload
from tests.shared import EXAMPLES

pytestmark = pytest.mark.engine

GRID = """
base: {{config: tiny.yaml, vocabulary: {root}/own.model}}
variants:
  one: {{}}
  two: {{masking.max_ngram: 1}}
"""


def run_all(root: str, here: Path) -> None:
    """Runs all commands on the folder `root`, which has the example corpus in `corpus`."""
    sources = [f"--source=books:{root}/corpus/books", f"--source=wikipedia:{root}/corpus/*.xml"]
    model, tiny = f"--vocab={root}/own.model", ["--config=tiny.yaml"]
    (here / "grid.yaml").write_text(GRID.format(root=root))
    tokens, dedup = f"{root}/tokens", "--set=tokens.dedup=exact"
    for command in (
        ["vocab", *sources, f"--output={root}/own.model", "--size=800"],
        ["estimate", *sources, model, *tiny, f"--save={root}/shards/estimate.json"],
        ["tokenize", *sources, model, *tiny, dedup, f"--output={tokens}", "--workers=1"],
        [
            "contamination", f"--tokens={tokens}", f"--against=text:{root}/corpus/books/*goose*.txt",
            f"--exclude={root}/exclude.txt", f"--output={root}/contamination.json", "--ngram=8",
        ],
        [
            "build", *sources, model, *tiny, f"--exclude={root}/exclude.txt",
            f"--output={root}/shards", "--workers=1",
        ],
        ["remask", tokens, *tiny, f"--output={root}/remasked", "--workers=1"],
        [
            "ablate", here / "grid.yaml", *sources, f"--output={root}/grid", "--workers=1",
        ],
        ["verify", f"{root}/shards"],
        ["inspect", f"{root}/shards", "--count=1"],
        ["report", f"{root}/shards", f"--against={root}/remasked", f"--output={root}/report.html"],
        ["diff", f"{root}/shards", f"{root}/remasked"],
        ["clean", f"{root}/shards"],
    ):  # fmt: skip
        succeeds(albert_data(*command))


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
