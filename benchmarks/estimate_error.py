"""How far `albert-data estimate` is from builds of the same corpora: `python benchmarks/estimate_error.py`.

Builds every variant (512 and 128 tokens, 1 and 5 passes, SOP and NSP) of every corpus of ../shared/data
from one token cache each, and compares what manifests and token index say with predictions from samples
of two sizes under several seeds. Prints a row for each corpus, sample and length: mean and worst
relative error over the other choices, and how many error bars cover the truth. CPU seconds are compared
with those of a sample of everything, in the same process. Half an hour or so.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from main_job import SHARED, VOCABULARY, run

from albert_data.config.load import load
from albert_data.insight.estimate.predict import predict
from albert_data.schema import Figure

CORPORA = {
    "books, hard-wrapped": ["books:{data}/books/hard_wrapped"],
    "books, a paragraph a line": ["books:{data}/books/paragraph_per_line"],
    "Wikipedia": ["wikipedia:{data}/wiki"],
    "all": ["books:{data}/books", "wikipedia:{data}/wiki"],
}
CONFIGS = {512: "paper", 128: "paper-128"}
DUPES, OBJECTIVES, SHARES = (1, 5), ("sop", "nsp"), (0.05, 0.1)
SIZES = ("tokens", "examples", "example_tokens", "shard_bytes", "provenance_bytes", "cache_bytes")
FIGURES = (*SIZES, "cpu_seconds")
Variant = tuple[int, int, str]  # length, passes, objective
VARIANTS: list[Variant] = list(product(CONFIGS, DUPES, OBJECTIVES))


def settings(variant: Variant) -> dict[str, str | int]:
    length, dupes, objective = variant
    return {
        "config": CONFIGS[length],
        "pairs.dupe_factor": dupes,
        "pairs.objective": objective,
    }


def build_all(sources: list[str], folder: Path) -> dict[Variant, dict[str, float]]:
    """What a build of each variant came to."""
    grid, tokens = folder / "grid.yaml", folder / "tokens"
    named = {"-".join(map(str, variant)): settings(variant) for variant in VARIANTS}
    grid.write_text(json.dumps({"variants": named}))  # JSON is YAML
    given = [f"--source={source}" for source in sources]
    run("tokenize", *given, f"--vocab={VOCABULARY}", f"--output={tokens}", "--workers=1")
    run("ablate", str(grid), f"--tokens={tokens}", f"--output={folder}/built", "--workers=1")
    index = json.loads((tokens / "tokens.json").read_text())
    cache_bytes = sum(file["bytes"] for file in index["files"])
    built = {}
    for variant, name in zip(VARIANTS, named, strict=True):
        manifest = json.loads((folder / "built" / name / "manifest.json").read_text())
        sidecars = sum(shard["provenance"]["bytes"] for shard in manifest["shards"])
        own = {"cache_bytes": cache_bytes, "provenance_bytes": sidecars}
        built[variant] = manifest["totals"] | own
    return built


def estimate(
    sources: list[str], variant: Variant, share: float, seed: int = 0
) -> dict[str, Figure]:
    given = settings(variant)
    config = load(str(given.pop("config")), [f"{key}={value}" for key, value in given.items()])
    return predict(sources, VOCABULARY, config, share=share, seed=seed).predicted


def row(estimates: list[tuple[dict[str, Figure], dict[str, float]]]) -> Iterator[str]:
    """Mean and worst error of each figure, and the share of the error bars that cover."""
    for name in FIGURES:
        errors = [abs(found[name].value / truth[name] - 1) for found, truth in estimates]
        yield f"{100 * sum(errors) / len(errors):.1f} / {100 * max(errors):.1f}"
    for name in ("tokens", "examples", "provenance_bytes"):
        covers = [found[name].low <= truth[name] <= found[name].high for found, truth in estimates]
        yield f"{100 * sum(covers) / len(covers):.0f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    if not SHARED.is_dir():
        sys.exit(f"the real corpora are not here: {SHARED}")
    covered = ("tokens covered", "examples covered", "sidecars covered")
    columns = ("corpus", "sample", "length", *(f.replace("_", " ") for f in FIGURES), *covered)
    print("mean / worst error in %, and % of the error bars that cover")
    print("| " + " | ".join(columns) + " |")
    print("| --- " * len(columns) + "|")
    for corpus, patterns in CORPORA.items():
        sources = [pattern.format(data=SHARED) for pattern in patterns]
        with tempfile.TemporaryDirectory(prefix="albert-bench-") as name:
            truth = build_all(sources, Path(name))
        for variant in VARIANTS:
            everything = estimate(sources, variant, 1.0)
            truth[variant]["cpu_seconds"] = everything["cpu_seconds"].value
        for share, length in product(SHARES, CONFIGS):
            own = [variant for variant in VARIANTS if variant[0] == length]
            found = [
                (estimate(sources, variant, share, seed), truth[variant])
                for variant, seed in product(own, range(seeds))
            ]
            cells = (corpus, f"{share:.0%}", str(length), *row(found))
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
