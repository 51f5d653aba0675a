"""`verify` and packing: whole commands of this working tree beside an earlier one, in one run.

    git worktree add /tmp/before d46426c
    python benchmarks/whole_commands.py VOCABULARY SOURCE /tmp/before     # ten minutes

SOURCE is `books:FOLDER` of some megabytes. Rows, each the median of rounds in which the trees take turns, of
CPU time with that of all processes started:

    verify, a record    the difference between shard sets of many and of few passes over the same tokens, so
                        that start-up and what is done once are in neither
    remask, a record    the same of this tree alone: gzip shards beside plain ones
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from remask import ROOT, run

ROUNDS = 5
FEW, MANY = 4, 24  # passes
HEADINGS = ("what", "tree or packing", "median", "lowest to highest", "ratio")


def in_turns(works: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """What each work measures, in rounds after one to warm up."""
    for work in works.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            found[name].append(work())
    return found


def rows(what: str, unit: str, found: dict[str, list[float]]) -> list[list[str]]:
    """A row for each name; the ratio is its median over that of the first one."""
    medians = {name: statistics.median(values) for name, values in found.items()}
    first = next(iter(medians.values()))
    return [
        [
            what,
            name,
            f"{medians[name]:.2f} {unit}",
            f"{min(values):.2f} to {max(values):.2f}",
            f"{medians[name] / first:.2f}",
        ]
        for name, values in found.items()
    ]


def remask(tree: Path, tokens: Path, output: Path, passes: int, packing: str) -> float:
    shutil.rmtree(output, ignore_errors=True)
    settings = [f"--set=pairs.dupe_factor={passes}", f"--set=shards.compression={packing}"]
    return run(tree, "remask", str(tokens), f"--output={output}", "--workers=1", *settings)


def records(output: Path) -> int:
    count: int = json.loads((output / "manifest.json").read_text())["totals"]["examples"]
    return count


def a_record(many: float, few: float, of_many: Path, of_few: Path) -> float:
    """Microseconds a record, of the seconds for two shard sets."""
    return (many - few) / (records(of_many) - records(of_few)) * 1e6


def main(vocabulary: Path, source: str, before: Path) -> None:
    from record import Record

    trees = {before.name: before.resolve(), "now": ROOT}
    with (
        tempfile.TemporaryDirectory(prefix="albert-commands-") as name,
        Record("whole-commands", *HEADINGS) as record,
    ):
        home = Path(name)
        folders = {tree: home / tree for tree in trees}
        for tree, path in trees.items():
            folder = folders[tree]
            folder.mkdir()
            given = [f"--source={source}", f"--vocab={vocabulary}", "--workers=1"]
            run(path, "tokenize", *given, f"--output={folder / 'tokens'}")
            for passes in (FEW, MANY):
                remask(path, folder / "tokens", folder / str(passes), passes, "none")

        def verify(tree: str) -> float:
            few, many = (folders[tree] / str(passes) for passes in (FEW, MANY))
            seconds = [run(trees[tree], "verify", str(output)) for output in (many, few)]
            return a_record(*seconds, many, few)

        def packed(packing: str) -> float:
            tokens, few, many = (folders["now"] / name for name in ("tokens", "few", "many"))
            seconds = [
                remask(ROOT, tokens, output, passes, packing)
                for output, passes in ((many, MANY), (few, FEW))
            ]
            return a_record(*seconds, many, few)

        checked = {tree: lambda tree=tree: verify(tree) for tree in trees}
        packings = {
            packing: lambda packing=packing: packed(packing) for packing in ("none", "gzip")
        }
        for what, unit, works in (
            ("verify, a record", "µs", checked),
            ("remask, a record", "µs", packings),
        ):
            for row in rows(what, unit, in_turns(works)):
                record.row(*row)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3]))
