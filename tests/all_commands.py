"""Every command that reads or writes corpora and shards, one after another in one folder."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import albert_data, succeeds

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
