"""One run of the search: a command that meets faults, then the same command without.

A run holds when at its end there are the bytes of a fault-free run, and each command on the way ended in one
of three ways: well and with these bytes; with an exit code and one clear error; killed by the fault. Drawn
from the seed: corpus, command, settings, workers, faults. Not decided by it: which of several workers comes
to the n-th call first, and what a process had done at a moment of the clock.
"""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from dev.faults import damage, training
from dev.faults.cases import (
    CORPORA,
    JOBS,
    TRAINING,
    WEIGHTS,
    Job,
    content_of,
    leftovers_of,
    write_common,
    write_corpus,
)
from dev.faults.commands import End, Finding, run, second_run
from dev.faults.kinds import KINDS, Fault, Kind
from dev.faults.shim import Faults
from dev.faults.zygote import Zygote

# After which a command hangs: the first may compile kernels, an engine is slow to start where others compute.
SECONDS, SECONDS_OF_AN_ENGINE = 300.0, 900.0
_NONE = Fault()
_ALL_JOBS = JOBS | TRAINING
_STOPPED_BY = {128 + number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
# What an error asks of whom edited files behind the program's back.
_REMOVE_MANIFEST = "remove manifest.json"
_REMOVE_FOLDER = (
    "remove this folder to start anew", "name a new or an empty folder", "begin in a new folder",
    "name an empty or new folder",
)  # fmt: skip
_HALF = ": not empty"  # a command that does not go on where it was, as `export`
# Of a file that it does not name.
_UNNAMED = re.compile(rf"error: (?:{os.strerror(errno.EIO)}|{os.strerror(errno.ENOSPC)})\n")
_REMOVE_FILE = re.compile(r"error: ([^\n:]+): .*\n  fix: restore the file, or remove it")
_REMOVE_LINE = re.compile(r"error: ([^\n:]+) line (\d+): .*\n  fix: remove the line")
_REMOVE_NAMED = re.compile(
    r"error: ([^\n:]+): .*\n  fix: name another folder [^\n]*, or remove this one"
)
_MOVE = re.compile(r"fix: move (\S+) elsewhere")


@dataclass
class Told:
    """A run, in words.

    Attributes:
        kinds: the faults, in their order.
        fired: how many of them were met.
        ends: of each of them: `survived`, `refused`, `killed`.
        finding: why it did not hold.
    """

    seed: int
    job: str = ""
    kinds: list[str] = field(default_factory=list)
    fired: list[bool] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    finding: str = ""


@dataclass
class Reference:
    """A fault-free run: what it made, its calls by kind and its seconds."""

    content: dict[str, str]
    seen: Mapping[str, float]


class Plan(NamedTuple):
    """What a run does.

    Attributes:
        job: a name of `JOBS` or `TRAINING`.
        corpus: its number.
        settings, workers: of the command.
        faults: kinds by name, one after the other.
    """

    job: str
    corpus: int
    settings: Sequence[str]
    workers: int
    faults: Sequence[tuple[str, Kind]]


class Search:
    """Runs in a folder, with what they share: a vocabulary, finished builds, fault-free runs.

    Args:
        home: a new folder.
        kinds, jobs: names of `KINDS`, and of `JOBS` or `TRAINING`, to draw from.
        first: as `Zygote` has it.
    """

    def __init__(
        self,
        home: Path,
        kinds: Sequence[str],
        jobs: Sequence[str],
        first: Path | None = None,
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home, self._kinds, self._jobs, self._first = home.resolve(), kinds, jobs, first
        self._zygotes: dict[str, Zygote] = {}
        self._load("")
        self._references: dict[tuple[str, ...], Reference] = {}
        self._common = self._home / "common"
        write_common(self._common)
        for number in range(CORPORA):
            write_corpus(self._common / f"corpus-{number}", number)

    def _load(self, engine: str) -> None:
        """Lets commands be those of the library, or of the trainer on an engine."""
        if engine not in self._zygotes:
            given = (training.python_of(engine), training.environment(self._home)) if engine else ()
            self._zygotes[engine] = Zygote(engine or "albert-data", self._first, *given)
        self._zygote = self._zygotes[engine]
        self._seconds = SECONDS_OF_AN_ENGINE if engine else SECONDS

    def close(self) -> None:
        for zygote in self._zygotes.values():
            zygote.close()

    def run(self, seed: int, plan: Plan | None = None) -> Told:
        """One run; what it leaves is removed where it held.

        Args:
            plan: None: it is drawn.
        """
        told, home, draw = Told(seed), self._home / f"run-{seed}", random.Random(seed)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        try:
            self._rounds(told, draw, plan or self._drawn(draw), home)
        except Finding as finding:
            told.finding = str(finding)
        else:
            shutil.rmtree(home)
        return told

    def _drawn(self, draw: random.Random) -> Plan:
        name = draw.choices(self._jobs, [WEIGHTS[job] for job in self._jobs])[0]
        job, number = _ALL_JOBS[name], draw.randrange(CORPORA)
        settings = list(draw.choice(job.settings))
        workers = draw.choice((1, 1, 2, 3))
        rounds = draw.choice((1, 1, 2, 3))
        kinds = [draw.choice(self._kinds) for _ in range(rounds)]
        # Of a training one corpus is enough: each needs a fault-free run.
        corpus = 0 if job.engine else number
        return Plan(name, corpus, settings, workers, [(kind, KINDS[kind]) for kind in kinds])

    def _rounds(self, told: Told, draw: random.Random, plan: Plan, home: Path) -> None:
        told.job, told.kinds = plan.job, [name for name, _ in plan.faults]
        job, settings = _ALL_JOBS[plan.job], plan.settings
        # The corpus keeps its name, which stands in the output, wherever it lies.
        corpus, output = home / f"corpus-{plan.corpus}", home / "output"
        if job.of_a_build:
            self._build(corpus)
        shutil.copytree(self._input_of(job, corpus), corpus)
        output.mkdir()
        self._load(job.engine)
        command = partial(job.arguments, corpus, self._common, output)
        given = [*settings, *([f"--workers={plan.workers}"] if job.workers else [])]
        told.lines.append(f"{plan.job} of {corpus.name}, {' '.join(given) or 'as it is'}")
        edited, damaged, known = False, False, self._reference(job, corpus, settings)
        before, fault = known, _NONE
        change = partial(job.change, draw, corpus)
        for name, kind in plan.faults:
            if told.ends[-1:] == ["survived"] and not fault.then:  # nothing is left to be met
                shutil.rmtree(output)
                output.mkdir()
                edited = damaged = False
            fault = kind.draw(draw, known.seen)
            faults = Faults(home / "faults", [output, corpus, self._common], fault.rules)
            end, happened = self._command(command(given), faults, fault, draw, change)
            log = faults.log()
            told.fired.append(bool(log.fired) or bool(happened) or not fault.rules)
            what = "; ".join([*(" ".join(f[:3]) + " " + f[3] for f in log.fired[:1]), *happened])
            told.lines.append(f"{name}: {what or 'not met'}")
            of_input = "input" in (fault.stopped, fault.then)
            edited |= kind.edited and not (of_input and job.engine)
            if not job.engine:
                known = self._reference(job, corpus, settings)
            told.ends.append(self._judge(end, name, kind, job, output, (before, known), edited))
            told.lines.append(f"  {told.ends[-1]}: {end.error}")
            if fault.then == "power loss":
                told.lines.append(f"  lost: {damage.lose_power(draw, log, output)}")
            elif fault.then == "damage" and (job.checked or told.ends[-1] != "survived"):
                damaged = True
                told.lines.append(f"  damaged: {damage.damage(draw, output)}")
            elif fault.then == "input":
                told.lines.append(f"  input: {change()}")
                if not job.engine:
                    known = self._reference(job, corpus, settings)
            before = known
        if job.engine:  # the cause is gone when the shards are whole
            shutil.rmtree(corpus)
            shutil.copytree(self._input_of(job, corpus), corpus)
        self._ends_the_same(told, job, command(given), home, output, known, edited, damaged)

    def _input_of(self, job: Job, corpus: Path) -> Path:
        return self._common / (f"built-{corpus.name}" if job.engine else corpus.name)

    def _ends_the_same(
        self,
        told: Told,
        job: Job,
        command: list[str],
        home: Path,
        output: Path,
        known: Reference,
        edited: bool,
        damaged: bool,
    ) -> None:
        """The same command without faults; where files were edited, errors are followed."""
        for _ in range(4):
            end, _ = self._command(command, Faults(home / "faults", []))
            if not end.code:
                break
            self._one_error(end, "the cause gone")
            told.lines.append(f"the cause gone: {end.error}")
            if not (edited or _HALF in end.err) or not self._follow(end, output):
                raise Finding(f"the cause gone, it does not end well: {end.err}")
        else:
            raise Finding(f"its own fixes do not help: {end.err}")
        told.lines.append("the cause gone: done")
        if other := _differing(job.content(output), known.content):
            needed = any(map(job.is_needed, other))
            if not damaged or (needed and not self._verify_fails(home, output)):
                raise Finding(f"other bytes: {other}")
            told.lines.append("which verify finds, or nobody needs")
            return
        if left := leftovers_of(output):
            raise Finding(f"left behind: {left}")

    def _verify_fails(self, home: Path, output: Path) -> bool:
        """Whether `verify` finds a damaged shard set in a folder."""
        sets = [path.parent for path in output.rglob("manifest.json")]
        ends = [
            self._command(["verify", str(folder)], Faults(home / "faults", []))[0]
            for folder in sets
        ]
        return any(end.code == 1 and "Traceback" not in end.err for end in ends)

    def _follow(self, end: End, output: Path) -> bool:
        """Does what an error's fix asks for; whether it is known."""
        if _REMOVE_MANIFEST in end.err:
            for manifest in output.rglob("manifest.json"):
                manifest.unlink()
        elif file := _REMOVE_FILE.search(end.err):
            Path(file[1]).unlink()
        elif line := _REMOVE_LINE.search(end.err):
            lines = Path(line[1]).read_bytes().splitlines(keepends=True)
            Path(line[1]).write_bytes(b"".join(lines[: int(line[2]) - 1] + lines[int(line[2]) :]))
        elif folder := _REMOVE_NAMED.search(end.err):
            shutil.rmtree(folder[1])
        elif files := _MOVE.search(end.err):
            for moved in output.glob(Path(files[1]).name):
                moved.unlink()
        elif any(words in end.err for words in _REMOVE_FOLDER):
            shutil.rmtree(output)
        else:
            return False
        return True

    def _judge(
        self, end: End, name: str, kind: Kind, job: Job, output: Path,
        known: tuple[Reference, ...], edited: bool,
    ) -> str:  # fmt: skip
        """How a command ended that met a fault."""
        if end.code == 0:
            made = job.content(output)
            if made not in [each.content for each in known] and not edited:
                raise Finding(f"done, but other bytes: {_differing(made, known[-1].content)}")
            if left := leftovers_of(output):
                raise Finding(f"done, but left behind: {left}")
            return "survived"
        if end.code < 0 or end.code in _STOPPED_BY:
            if not kind.dies:
                raise Finding(f"ended by signal {end.code}: {end.err}")
            if "Traceback" in end.err:
                raise Finding(f"a traceback: {end.err}")
            return "killed"
        self._one_error(end, name)
        return "refused"

    def _one_error(self, end: End, kind: str) -> None:
        clear = end.err.count("error:") == 1 and end.err.count("\n  fix: ") == 1
        clear &= not _UNNAMED.search(end.err)
        if "Traceback" in end.err or not clear or "unexpected failure" in end.err:
            raise Finding(f"{kind}: no clear error (exit code {end.code}): {end.err or end.out}")

    def _build(self, corpus: Path) -> None:
        """A finished build of a corpus, made once for the commands that read one."""
        output = self._common / f"built-{corpus.name}"
        if not output.exists():
            source = self._common / corpus.name
            self._load("")
            arguments = JOBS["build"].arguments(source, self._common, output, ["--workers=1"])
            self._without_faults(arguments)

    def _without_faults(self, arguments: list[str]) -> None:
        end, _ = self._command(arguments, Faults(self._home / "faults", []))
        if end.code:
            raise RuntimeError(f"the run without faults failed: {end.err}")

    def _reference(self, job: Job, corpus: Path, settings: Sequence[str]) -> Reference:
        """The fault-free run of a corpus as it is now."""
        digests = [f"{name} {sha256}" for name, sha256 in content_of(corpus).items()]
        key = (*job.arguments(Path(), Path(), Path(), []), *digests, *settings)
        if key not in self._references:
            home = self._home / "reference"
            shutil.rmtree(home, ignore_errors=True)
            output = home / "output"
            output.mkdir(parents=True)
            copy = shutil.copytree(corpus, home / corpus.name)
            faults = Faults(home / "faults", [output, copy, self._common])
            given = [*settings, *(["--workers=1"] if job.workers else [])]
            began = time.monotonic()
            end, _ = self._command(job.arguments(copy, self._common, output, given), faults)
            if end.code:
                raise RuntimeError(f"the run without faults failed: {end.err}")
            seen = {**faults.counts(), "seconds": time.monotonic() - began}
            self._references[key] = Reference(job.content(output), seen)
        return self._references[key]

    def _command(
        self,
        arguments: list[str],
        faults: Faults,
        fault: Fault = _NONE,
        draw: random.Random | None = None,
        change: Callable[[], str] = str,
    ) -> tuple[End, list[str]]:
        """Runs a command; how it ended, and what happened to it meanwhile."""

        def meanwhile(action: str) -> list[str]:
            if action == "input":
                return [f"input {change()}"]
            end = second_run(self._zygote, arguments, self._home / "second", self._seconds)
            if end.code:
                self._one_error(end, "the second run")
            return [f"a second run ended with {end.code} {end.error}".strip()]

        said, draw = self._home / "said", draw or random.Random(0)
        return run(self._zygote, arguments, faults, said, self._seconds, fault, draw, meanwhile)


def _differing(made: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*made, *known} if made.get(name) != known.get(name))
