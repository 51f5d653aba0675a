"""Builds that are killed at a random moment, then damaged in one file of their folder, then run again.

    python -m tests.pipelines.kill_and_damage --first 1 --runs 50

A seed decides everything: the moment (a time, or a rename), the file (any in the folder) and the damage.
At the end there are the bytes of an undisturbed build, or one clear error; of a folder that was finished
before it was damaged only names and sizes are checked, and `verify` must find what those do not show.
Prints a line a run.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click

from albert_data.config.settings import Config
from albert_data.tokens.train_vocabulary import train_vocabulary
from tests.command_line import (
    CORPUS,
    SMALL,
    Result,
    albert_data,
    content,
    fails,
    finish,
    start,
    stop_at,
    succeeds,
)
from tests.shared import EXAMPLES

RENAMES = 30  # about as many as a build makes in one process
SECONDS = 8  # more than it takes


def run(seed: int, home: Path, jobs: Callable, reference: Path) -> str:
    """Kills, damages and resumes a build; returns how it ended, in words."""
    draw = random.Random(seed)
    folder, workers = home / "shards", draw.choice((1, 2))
    home.mkdir()
    killed = _kill(draw, jobs(folder, f"--workers={workers}"), home)
    whole = (folder / "manifest.json").exists() and not (folder / "work").exists()
    damage = _damage(draw, folder)
    result = finish(start(*jobs(folder, "--workers=1")))
    if result.code == 0:
        succeeds(result)
        same = content(folder) == content(reference)
        if not same and whole:  # of a finished folder only names and sizes are checked
            fails(albert_data("verify", folder))
            return f"{killed}; {damage}: found by verify"
        assert same, f"seed {seed}: {killed}; {damage}: other bytes"
        return f"{killed}; {damage}: the same bytes"
    fails(Result(result.code, "", result.err))
    return f"{killed}; {damage}: one error: {result.err.partition('error: ')[2].splitlines()[0]}"


def _kill(draw: random.Random, command: list, home: Path) -> str:
    """Runs a build and kills it at a random moment, if it lives as long."""
    if draw.random() < 0.5:
        number, when = draw.randint(1, RENAMES), draw.choice(("before", "after"))
        process = start(*command, **stop_at(home, when, "/", number))
        moment = f"{when} rename {number}"
    else:
        process, seconds = start(*command), draw.uniform(1, SECONDS)
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        moment = f"after {seconds:.2f} s"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return moment if finish(process).code == -signal.SIGKILL else "ended"


def _damage(draw: random.Random, folder: Path) -> str:
    """Damages one file of a folder, if there is one."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    if not files:
        return "no file yet"
    path, other = draw.choice(files), draw.choice(files)
    kind = draw.choice(("byte", "zeros", "removed", "swapped"))
    raw = bytearray(path.read_bytes())
    name = path.relative_to(folder)
    if kind == "byte":
        raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        path.write_bytes(raw)
    elif kind == "zeros":
        path.write_bytes(bytes(len(raw)))
    elif kind == "removed":
        path.unlink()
    else:
        path.write_bytes(other.read_bytes())
        other.write_bytes(raw)
        return f"{name} swapped with {other.relative_to(folder)}"
    return f"{name} {kind}"


@click.command()
@click.option("--first", default=1, help="First seed.")
@click.option("--runs", default=50)
def main(first: int, runs: int) -> None:
    """Tries seeds one after the other; ends at the first that fails."""
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        sources = [f"books:{EXAMPLES}/books", f"wikipedia:{EXAMPLES}/wikipedia.xml"]
        train_vocabulary(sources, home / "small.model", 2000, Config())

        def jobs(output, *options):
            given = ["--vocab", home / "small.model", "--output", output]
            return ["build", *CORPUS, *given, *SMALL, *options]

        succeeds(finish(start(*jobs(home / "reference", "--workers=1"))))
        for seed in range(first, first + runs):
            told = run(seed, home / str(seed), jobs, home / "reference")
            click.echo(f"{seed}: {told}")
            ends[told.split(": ")[1]] += 1
            shutil.rmtree(home / str(seed))
    click.echo(f"{runs} runs: {dict(ends)}")


if __name__ == "__main__":
    main()
