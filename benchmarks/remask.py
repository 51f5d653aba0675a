"""What a record costs when shards are made again from a token cache, in several trees, in one run.

    git worktree add /tmp/before d46426c
    python benchmarks/remask.py VOCABULARY SOURCE... --against /tmp/before [--against ...]  # some minutes

Each tree makes its own token cache of the sources (`books:FOLDER`), then `remask` runs with few and with
many passes, the trees in turn. A record's CPU time (of all processes) is the difference between the two
runs over the records between them: start-up, and all that is done once, is in neither. With TMPDIR and --home
in memory (/dev/shm) the disk has no part in it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LENGTHS = {
    "512/77": [],
    "128/20": ["--set=pairs.max_length=128", "--set=masking.max_predictions=20"],
}


def run(tree: Path, *arguments: str) -> float:
    """CPU seconds of a command in a tree, its children's included."""
    environment = os.environ | {"PYTHONPATH": f"{tree}:{tree / 'typings'}"}
    command = [sys.executable, "-m", "albert_data", *arguments]
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, cwd=tree, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def remask(tree: Path, folder: Path, passes: int, settings: list[str]) -> tuple[float, int]:
    """CPU seconds and records of one `remask` by one process."""
    output = folder / "made"
    seconds = run(
        tree, "remask", str(folder / "tokens"), f"--output={output}", "--workers=1",
        f"--set=pairs.dupe_factor={passes}", *settings,
    )  # fmt: skip
    records = json.loads((output / "manifest.json").read_text())["totals"]["examples"]
    shutil.rmtree(output)
    return seconds, records


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("vocabulary", type=Path)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--against", type=Path, action="append", required=True)
    parser.add_argument("--length", choices=LENGTHS, action="append")
    parser.add_argument("--passes", type=int, nargs=2, default=[1, 9])
    parser.add_argument("--home", type=Path, help="where token caches are kept for further runs")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    trees = [*(tree.resolve() for tree in asked.against), ROOT]
    from record import Record

    headings = ("length", "tree", "records", "µs a record, median", "lowest to highest", "of now")
    with (
        tempfile.TemporaryDirectory(prefix="albert-remask-") as name,
        Record("remask", *headings) as record,
    ):
        home = asked.home or Path(name)
        folders = {tree: home / _commit_of(tree) for tree in trees}
        for tree, folder in folders.items():
            given = [f"--source={source}" for source in asked.sources]
            run(tree, "tokenize", *given, f"--vocab={asked.vocabulary}", f"--output={folder / 'tokens'}",
                "--workers=1")  # fmt: skip
        for length in asked.length or LENGTHS:
            costs: dict[Path, list[float]] = {tree: [] for tree in trees}
            counts = {}
            for tree, folder in folders.items():
                remask(tree, folder, 1, LENGTHS[length])  # compiles
            for _ in range(asked.rounds):
                for tree, folder in folders.items():
                    (before, fewer), (seconds, records) = (
                        remask(tree, folder, passes, LENGTHS[length]) for passes in asked.passes
                    )
                    counts[tree] = records - fewer
                    costs[tree].append((seconds - before) / counts[tree] * 1e6)
                    print(
                        f"{length} {folder.name} {costs[tree][-1]:.1f}", file=sys.stderr, flush=True
                    )
            now = statistics.median(costs[ROOT])
            for tree, own in costs.items():
                median = statistics.median(own)
                record.row(
                    length, "now" if tree == ROOT else _commit_of(tree), f"{counts[tree]:,}",
                    f"{median:.1f}", f"{min(own):.1f} to {max(own):.1f}", f"{median / now:.2f}",
                )  # fmt: skip


def _commit_of(tree: Path) -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(
        command, cwd=tree, capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
