"""Faults as a search: commands that meet drawn faults, each held to end in the same bytes or one clear error.

    python -m dev.faults [--seed N] [--runs N | --minutes M] [--kind NAME] [--job NAME] [--keep FOLDER]

Prints a line for each run that did not hold, then a table by kind of fault. Cost: two to three seconds of
a processor a run; twenty of a training (`--job train`, `train-jax`), which is drawn where it is asked for
alone. One seed again, in words: `--seed N --runs 1 --verbose`.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dev.faults import training
from dev.faults.cases import JOBS, TRAINING
from dev.faults.kinds import KINDS
from dev.faults.run import Search, Told

ENDS = ("survived", "refused", "killed")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=0, help="instead of runs: as long as this")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only faults of this kind")
    parser.add_argument(
        "--job", action="append", choices=[*JOBS, *TRAINING], help="only this command"
    )
    parser.add_argument("--keep", type=Path, help="keeps what runs with a finding left, here")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    for engine in {TRAINING[job].engine for job in given.job or () if job in TRAINING}:
        if not training.python_of(engine):
            parser.error(f"no Python here has {engine}: make .venv/test.stamp or .venv-jax/stamp")
    runs: list[Told] = []
    end = time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory(prefix="albert-faults-") as home:
        kinds, jobs = given.kind or [*KINDS], given.job or [*JOBS]
        search = Search(given.keep or Path(home, "search"), kinds, jobs)
        seed = given.seed
        with suppress(KeyboardInterrupt):  # the table of what was run until then
            while time.monotonic() < end if given.minutes else seed < given.seed + given.runs:
                told = search.run(seed)
                runs.append(told)
                if given.verbose or told.finding:
                    print(f"seed {seed}: {'; '.join(told.lines)}", flush=True)
                if told.finding:
                    print(f"FINDING, seed {seed}: {told.finding}", flush=True)
                seed += 1
        search.close()
    print("\n".join(table(runs)))
    sys.exit(any(told.finding for told in runs))


def table(runs: Iterable[Told]) -> list[str]:
    """By kind: faults drawn and met, how the commands ended that met them, and runs that did not hold."""
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    number = 0
    for told in runs:
        number += 1
        for place, kind in enumerate(told.kinds):
            own = counts[kind]
            own["drawn"] += 1
            if place < len(told.ends) and told.fired[place]:
                own["met"] += 1
                own[told.ends[place]] += 1
            last = place == max(0, len(told.ends) - 1 if place < len(told.ends) else place)
            own["findings"] += bool(told.finding) and last
    lines = [
        "| fault | drawn | met | survived | one error | killed | findings |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    columns = ("drawn", "met", *ENDS, "findings")
    for kind, own in sorted(counts.items()):
        lines.append(f"| {kind} | {' | '.join(str(own[c]) for c in columns)} |")
    return [*lines, f"{number} runs"]


if __name__ == "__main__":
    main()
