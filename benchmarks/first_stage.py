"""The first stage alone, read, tokenise and write: this working tree beside earlier ones, in one run.

    git worktree add /tmp/before d46426c
    python benchmarks/first_stage.py books:BOOKS VOCABULARY /tmp/before [MORE ...]

A process for each tree and round, the trees in turn; the medians of CPU seconds of `tokenize_unit` over all
units, without start-up: a first unit of one short document is made before, and compiles. A process knows no
word at first. Token files are compared by their SHA-256 with those of this tree.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9


def measure(source: str, model: Path) -> dict[str, object]:
    """CPU seconds, and a hash of what was made, in the tree that PYTHONPATH names."""
    try:
        from albert_data.config.load import from_dict
        from albert_data.tokens.cache import plan_units
        from albert_data.tokens.unit import tokenize_unit
        from albert_data.tokens.vocabulary import load_vocabulary
    except ModuleNotFoundError:  # before the modules had rooms
        from albert_data.config_file import from_dict
        from albert_data.token_cache import plan_units
        from albert_data.token_units import tokenize_unit
        from albert_data.vocabulary import load_vocabulary
    config, vocabulary = from_dict({}), load_vocabulary(model)

    def tokenize(folder: Path, what: str) -> float:
        for name in ("units", "parts", "left-out"):
            (folder / name).mkdir(parents=True)
        units = plan_units([what], config, vocabulary)
        begin = time.process_time()
        for unit in units:
            tokenize_unit(unit, folder, config, vocabulary, lambda **counts: None)
        return time.process_time() - begin

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        short = folder / "short"
        short.mkdir()
        # Enough for compiled functions to be used, of few words.
        (short / "one.txt").write_text(
            "\n".join(["It was one of the old ones. We saw it."] * 30_000)
        )
        tokenize(folder / "warm", f"books:{short}")
        seconds = tokenize(folder / "made", source)
        digest = hashlib.sha256()
        parts = (folder / "made/parts").glob("*.parquet")
        for content in sorted(hashlib.sha256(part.read_bytes()).digest() for part in parts):
            digest.update(content)
    return {"seconds": seconds, "digest": digest.hexdigest()}


def in_tree(tree: Path, source: str, model: Path) -> dict[str, object]:
    environment = os.environ | {"PYTHONPATH": str(tree)}
    command = [sys.executable, __file__, "--measure", source, str(model)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tree)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def main(source: str, model: Path, before: list[Path]) -> None:
    from benchmarks.record import Record

    trees = {path.name: path.resolve() for path in before} | {"now": ROOT}
    rounds: dict[str, list[dict]] = {name: [] for name in trees}
    for _ in range(ROUNDS):
        for name, path in trees.items():
            rounds[name].append(in_tree(path, source, model))
    median = {
        name: statistics.median(one["seconds"] for one in own) for name, own in rounds.items()
    }
    with Record("first-stage", "tree", "CPU s, median", "of all", "× now", "token files") as record:
        for name, own in rounds.items():
            same = own[0]["digest"] == rounds["now"][0]["digest"]
            every = ", ".join(f"{one['seconds']:.2f}" for one in own)
            times = f"{median[name] / median['now']:.2f}"
            files = "the same" if same else "others"
            record.row(name, f"{median[name]:.2f}", every, times, files)


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        json.dump(measure(sys.argv[2], Path(sys.argv[3])), sys.stdout)
    else:
        sys.path.insert(0, str(ROOT))
        main(sys.argv[1], Path(sys.argv[2]), list(map(Path, sys.argv[3:])))
