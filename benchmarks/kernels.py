"""Records made, packed, checked and compared: this working tree beside an earlier one, in one run.

    git worktree add /tmp/before 92d1358
    python benchmarks/kernels.py /tmp/before BOOKS VOCABULARY     # some minutes

BOOKS is a folder of plain text, VOCABULARY a SentencePiece model. A process for each tree and round, the
trees in turn; the median of the processes' own time (CPU, threads added up), so that a busy machine changes
less. Rows are microseconds a record save where they say seconds; *compile* is what the first call takes where
no cache of kernels is.

What both trees make is compared by its SHA-256 first: no figure is worth anything of other bytes. Packed
shards are compared unpacked.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
DUPES = 4
# name → settings, each of its own section.
CONFIGURATIONS = {
    "512/77": {},
    "128/20": {"pairs": {"max_length": 128}, "masking": {"max_predictions": 20}},
    "512/77 dynamic": {"masking": {"mode": "dynamic"}},
    "512/77 single words": {"masking": {"max_ngram": 1}},
    "512/77 pieces, no sentence task": {
        "pairs": {"objective": "none"},
        "masking": {"unit": "piece"},
    },
}


@contextmanager
def timed(figures: dict[str, float], name: str, per: int = 1) -> Iterator[None]:
    """Adds the CPU microseconds that a block took, each of `per` things."""
    begin = time.process_time()
    yield
    figures[name] = (time.process_time() - begin) / per * 1e6


def measure(tokens: Path, build: Path, again: Path) -> dict[str, object]:
    """Everything once, in the tree that PYTHONPATH names: figures and the SHA-256 of what was made."""
    from albert_data.config.load import from_dict
    from albert_data.examples.masking import MaskTables
    from albert_data.insight.diff import compare
    from albert_data.insight.inspect import find
    from albert_data.insight.shard_set import open_shards
    from albert_data.insight.verify import verify
    from albert_data.shards import block, partition, shard
    from albert_data.shards.manifest import read_manifest
    from albert_data.shards.provenance import read_names
    from albert_data.tokens.token_file import read_documents
    from albert_data.tokens.vocabulary import load_vocabulary

    vocabulary = load_vocabulary(tokens / "vocab.model")
    tables = MaskTables.of(vocabulary)
    (file,) = (tokens / "parts").glob("*.parquet")
    documents, names = read_documents(file), read_names(file)
    figures: dict[str, float] = {}
    digests: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, given in CONFIGURATIONS.items():
            config = from_dict(given)
            placed = [
                block.place_pairs(documents, vocabulary.starts, config.pairs, config.seed, d, names)
                for d in range(DUPES)
            ]
            records = sum(len(one.keys) for one in placed)

            def blocks(count: int, placed=placed, config=config, name=name) -> list:
                path = Path(folder, f"{hash(name)}")
                return [
                    block.write_block(
                        path.with_suffix(f".{d}"), (0, 0, d), placed[d], tables, config, 2
                    )
                    for d in range(count)
                ]

            with timed(figures, f"compile, then a block of {name} (seconds)", 10**6):
                blocks(1)
            with timed(figures, f"blocks of {name}", records):
                made = blocks(DUPES)
            digest = hashlib.sha256()
            for packing in ("none", "gzip") if name in ("512/77", "128/20") else ("none",):
                packed = from_dict({**given, "shards": {"compression": packing}})
                with timed(figures, f"shards of {name}, compression {packing}", records):
                    shards = [
                        shard.write_shard(
                            Path(folder),
                            n,
                            2,
                            partition.ranges_of([b.part() for b in made], n),
                            packed,
                        )
                        for n in range(2)
                    ]
                for one in shards:
                    raw = Path(folder, one.name).read_bytes()
                    figures[f"MB of {name}, compression {packing}"] = (
                        sum(s.bytes for s in shards) / 1e6
                    )
                    digest.update(gzip.decompress(raw) if packing == "gzip" else raw)
            digests[name] = digest.hexdigest()
    records = read_manifest(build).totals.examples
    with timed(figures, "compile, then verify (seconds)", 10**6):
        verify(build)
    with timed(figures, "verify of 512/77", records):
        verify(build)
    compare(build, again)
    with timed(figures, "diff of 512/77, a record of each build", 2 * records):
        compare(build, again)
    shards = open_shards(build)
    document = shards.origins(shards.files[-1])["document"][0].as_py()
    with timed(figures, "inspect --document, the first three (milliseconds)", 1000):
        for _, _ in zip(range(3), find(shards, document=document), strict=False):
            pass
    return {"figures": figures, "digests": digests}


def in_tree(tree: Path, cache: Path, *paths: Path) -> dict[str, dict]:
    """`measure` in another tree, the kernels' cache in a folder of its own."""
    environment = os.environ | {"PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, __file__, "--measure", *map(str, paths)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tree)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def main(before: Path, books: Path, vocabulary: Path) -> None:
    from benchmarks.record import Record

    trees = {"before": before.resolve(), "now": ROOT}
    with tempfile.TemporaryDirectory(prefix="albert-kernels-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "albert_data"]
        source = ["--source", f"books:{books}", "--vocab", str(vocabulary), "--workers=1"]

        def run(*arguments: str) -> None:
            environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'typings'}"}
            subprocess.run([*command, *arguments], check=True, env=environment, capture_output=True)

        run("tokenize", *source, f"--output={folder / 'tokens'}")
        for seed in (1, 2):
            run("build", *source, f"--output={folder / str(seed)}", f"--set=seed={seed}")
        paths = folder / "tokens", folder / "1", folder / "2"
        cold = {
            tree: in_tree(path, folder / f"cache-{tree}", *paths) for tree, path in trees.items()
        }
        rounds: dict[str, list[dict]] = {tree: [] for tree in trees}
        for _ in range(ROUNDS):
            for tree, path in trees.items():
                rounds[tree].append(in_tree(path, folder / f"cache-{tree}", *paths))
    with Record("kernels", "what", "before", "now", "now / before") as record:
        for configuration, digest in cold["before"]["digests"].items():
            same = digest == cold["now"]["digests"][configuration]
            record.row(
                f"SHA-256 of shards, {configuration}",
                digest[:16],
                "the same" if same else "OTHER",
                "",
            )
        for what in cold["before"]["figures"]:
            if what.startswith("compile"):
                of = {tree: cold[tree]["figures"][what] for tree in trees}
            else:
                of = {
                    tree: statistics.median(one["figures"][what] for one in rounds[tree])
                    for tree in trees
                }
            record.row(
                what, f"{of['before']:.2f}", f"{of['now']:.2f}", f"{of['now'] / of['before']:.2f}"
            )


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        json.dump(measure(*map(Path, sys.argv[2:])), sys.stdout)
    else:
        sys.path.insert(0, str(ROOT))
        main(*map(Path, sys.argv[1:]))
