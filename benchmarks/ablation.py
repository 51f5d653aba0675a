"""Cost of ablations against stated limits: `make bench-ablation`, some minutes.

Real corpora and vocabulary of ../shared/data, a few copies so that start-up weighs little; one process,
start-up of every command included. Limits stand beside the figures; read the ratios.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from main_job import SHARED, VOCABULARY, build, make_corpus, run
from record import Record

COPIES = 10
GRID = """\
base: {config: paper, pairs.dupe_factor: 1}
variants:
  sop: {}
  nsp: {pairs.objective: nsp}
  bigram: {masking.max_ngram: 2}
  rate: {masking.rate: 0.2}
"""
ALONE = {
    "sop": [],
    "nsp": ["--set=pairs.objective=nsp"],
    "bigram": ["--set=masking.max_ngram=2"],
    "rate": ["--set=masking.rate=0.2"],
}
# Ready grids that one token cache serves.
READY = ("objective", "ngram", "mask-rate", "length", "dupes", "data")


def main() -> None:
    if not SHARED.is_dir():
        sys.exit(f"the real corpora are not here: {SHARED}")
    with (
        tempfile.TemporaryDirectory(prefix="albert-bench-") as name,
        Record("ablation", "what", "measured", "compared with", "ratio") as record,
    ):
        folder = Path(name)
        once = make_corpus(folder / "once", 1)
        tokens = str(folder / "tokens")
        tokenize = ["tokenize", *once, f"--vocab={VOCABULARY}", f"--output={tokens}"]
        run(*tokenize, "--workers=1")  # compiles the kernels too
        run("remask", tokens, f"--output={folder}/warm", "--workers=1")
        for measure in (targets(folder), dynamic(folder, tokens), ready(folder, tokens)):
            for row in measure:
                record.row(*row)


def targets(folder: Path):
    """A variant against its full build; a grid of four against the four alone."""
    corpus = make_corpus(folder / "corpus", COPIES)
    whole, _ = build(folder / "build", 1, corpus)
    tokens, path = folder / "build" / "tokens", folder / "grid.yaml"
    shared = ["--workers=1", "--set=pairs.dupe_factor=1"]
    alone = {
        name: run("remask", str(tokens), f"--output={folder}/{name}", *shared, *own)[0]
        for name, own in ALONE.items()
    }
    path.write_text(GRID)
    output = f"--output={folder}/grid"
    grid, _ = run("ablate", str(path), f"--tokens={tokens}", output, "--workers=1")
    yield (
        "a variant from the cache (sop, 512/77, dupe 1), alone",
        f"{alone['sop']:.1f} s",
        f"its full build: {whole:.1f} s",
        f"{alone['sop'] / whole:.3f} (limit 0.1)",
    )
    yield (
        "a variant of the grid of four",
        f"{grid / 4:.1f} s",
        f"its full build: {whole:.1f} s",
        f"{grid / 4 / whole:.3f} (limit 0.1)",
    )
    total = sum(alone.values())
    yield (
        "a grid of four variants",
        f"{grid:.1f} s",
        f"the four alone: {total:.1f} s",
        f"{grid / total:.2f} (limit 0.8)",
    )


def dynamic(folder: Path, tokens: str):
    """Disk of unmasked pairs against static masks of as many epochs."""
    sizes = {}
    for name, own in (("static", []), ("dynamic", ["--set=masking.mode=dynamic"])):
        output = folder / f"one-{name}"
        run("remask", tokens, f"--output={output}", "--set=pairs.dupe_factor=1", *own)
        sizes[name] = json.loads((output / "manifest.json").read_text())["totals"]["shard_bytes"]
    yield (
        "disk of 40 epochs: one pass of unmasked pairs",
        f"{sizes['dynamic'] / 1e6:.1f} MB",
        f"40 static dupes: {40 * sizes['static'] / 1e6:,.0f} MB",
        f"{40 * sizes['static'] / sizes['dynamic']:.0f} x smaller",
    )


def ready(folder: Path, tokens: str):
    """Each ready grid on the corpora once, two processes."""
    for name in READY:
        output = folder / f"ready-{name}"
        took, _ = run("ablate", name, f"--tokens={tokens}", f"--output={output}", "--workers=2")
        variants = json.loads((output / "ablation.json").read_text())["variants"]
        records, size = (sum(v[key] for v in variants) for key in ("records", "bytes"))
        yield (
            f"grid {name}, two processes",
            f"{took:.0f} s",
            f"{len(variants)} variants, {records:,} records, {size / 1e6:,.0f} MB",
            f"{took / len(variants):.1f} s a variant",
        )


if __name__ == "__main__":
    main()
