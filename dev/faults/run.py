"""One run of the search: a command that meets faults, then the same command without.

A run holds when at its end there are the bytes of a fault-free run, and each command on the way ended in one
of three ways: well and with these bytes; with an exit code and one clear error; killed by the fault. Drawn
from the seed: corpus, command, settings, workers, faults. Not decided by it: which of several workers comes
to the n-th call first, and what a process had done at a moment of the clock.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil

from dev.faults import damage
from dev.faults.cases import (
    CORPORA,
    JOBS,
    WEIGHTS,
    Job,
    content_of,
    is_needed,
    leftovers_of,
    write_common,
    write_corpus,
)
from dev.faults.kinds import KINDS, Fault
from dev.faults.shim import Faults
from dev.faults.zygote import Zygote

SECONDS = 300.0  # after which a command hangs; the first may compile kernels
_STOPPED_BY = {128 + number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
# What an error asks of whom edited files behind the program's back.
_REMOVE_MANIFEST = "remove manifest.json"
_REMOVE_FOLDER = ("remove this folder to start anew", "name a new or an empty folder")
_HALF = ": not empty"  # a command that does not go on where it was, as `export`
_REMOVE_FILE = re.compile(r"error: ([^\n:]+): .*\n  fix: restore the file, or remove it")


class Finding(Exception):
    """A run that did not hold; the text says how."""


@dataclass
class End:
    """How a command ended.

    Attributes:
        code: its exit code, or minus the signal that killed it.
    """

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        return self.err.partition("error: ")[2].partition("\n")[0]


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


class Search:
    """Runs in a folder, with what they share: a vocabulary, finished builds, fault-free runs.

    Args:
        home: a new folder.
        kinds, jobs: names of `KINDS` and `JOBS` to draw from.
        first: as `Zygote` has it.
    """

    def __init__(
        self, home: Path, kinds: list[str], jobs: list[str], first: Path | None = None
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._home, self._kinds, self._jobs = home.resolve(), kinds, jobs
        self._zygote = Zygote(first)
        self._references: dict[tuple[str, ...], Reference] = {}
        self._common = self._home / "common"
        write_common(self._common)
        for number in range(CORPORA):
            write_corpus(self._common / f"corpus-{number}", number)

    def close(self) -> None:
        self._zygote.close()

    def run(self, seed: int) -> Told:
        """One run; what it leaves is removed where it held."""
        told, home = Told(seed), self._home / f"run-{seed}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        try:
            self._rounds(told, random.Random(seed), home)
        except Finding as finding:
            told.finding = str(finding)
        else:
            shutil.rmtree(home)
        return told

    def _rounds(self, told: Told, draw: random.Random, home: Path) -> None:
        told.job = draw.choices(self._jobs, [WEIGHTS[job] for job in self._jobs])[0]
        job, number = JOBS[told.job], draw.randrange(CORPORA)
        settings = list(draw.choice(job.settings))
        workers = draw.choice((1, 1, 2, 3))
        rounds = draw.choice((1, 1, 2, 3))
        told.kinds = [draw.choice(self._kinds) for _ in range(rounds)]
        # The corpus keeps its name, which stands in the output, wherever it lies.
        corpus, output = home / f"corpus-{number}", home / "output"
        shutil.copytree(self._common / corpus.name, corpus)
        output.mkdir()
        if job.of_a_build:
            self._build(corpus)
        command = partial(job.arguments, corpus, self._common, output)
        given = [*settings, *([f"--workers={workers}"] if job.workers else [])]
        told.lines.append(f"{told.job} of {corpus.name}, {' '.join(given) or 'as it is'}")
        edited, damaged, known = False, False, self._reference(job, corpus, settings)
        before, fault = known, Fault()
        for kind in told.kinds:
            if told.ends[-1:] == ["survived"] and not fault.then:  # nothing is left to be met
                shutil.rmtree(output)
                output.mkdir()
                edited = damaged = False
            fault = KINDS[kind].draw(draw, known.seen)
            faults = Faults(home / "faults", [output, corpus, self._common], fault.rules)
            end, happened = self._command(command(given), faults, fault, draw, corpus, output)
            log = faults.log()
            told.fired.append(bool(log.fired) or bool(happened) or not fault.rules)
            what = "; ".join([*(" ".join(f[:3]) + " " + f[3] for f in log.fired[:1]), *happened])
            told.lines.append(f"{kind}: {what or 'not met'}")
            edited |= KINDS[kind].edited
            known = self._reference(job, corpus, settings)
            told.ends.append(self._judge(end, kind, output, (before, known), edited))
            told.lines.append(f"  {told.ends[-1]}: {end.error}")
            if fault.then == "power loss":
                told.lines.append(f"  lost: {damage.lose_power(draw, log, output)}")
            elif fault.then == "damage" and (job.checked or told.ends[-1] != "survived"):
                damaged = True
                told.lines.append(f"  damaged: {damage.damage(draw, output)}")
            elif fault.then == "input":
                told.lines.append(f"  input: {damage.change_input(draw, corpus)}")
                known = self._reference(job, corpus, settings)
            before = known
        self._ends_the_same(told, job, command(given), home, output, known, edited, damaged)

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
            end, _ = self._command(command, Faults(home / "faults", []), Fault())
            if not end.code:
                break
            self._one_error(end, "the cause gone")
            told.lines.append(f"the cause gone: {end.error}")
            if not (edited or _HALF in end.err) or not self._follow(end, output):
                raise Finding(f"the cause gone, it does not end well: {end.err}")
        else:
            raise Finding(f"its own fixes do not help: {end.err}")
        told.lines.append("the cause gone: done")
        if other := _differing(content_of(output), known.content):
            if not damaged or (any(map(is_needed, other)) and not self._verify_fails(home, output)):
                raise Finding(f"other bytes: {other}")
            told.lines.append("which verify finds, or nobody needs")
            return
        if left := leftovers_of(output):
            raise Finding(f"left behind: {left}")

    def _verify_fails(self, home: Path, output: Path) -> bool:
        """Whether `verify` finds a damaged shard set in a folder."""
        sets = [path.parent for path in output.rglob("manifest.json")]
        ends = [
            self._command(["verify", str(folder)], Faults(home / "faults", []), Fault())[0]
            for folder in sets
        ]
        return any(end.code == 1 and "Traceback" not in end.err for end in ends)

    def _follow(self, end: End, output: Path) -> bool:
        """Does what an error's fix asks for; whether it is known."""
        if _REMOVE_MANIFEST in end.err:
            (output / "manifest.json").unlink()
        elif file := _REMOVE_FILE.search(end.err):
            Path(file[1]).unlink()
        elif any(words in end.err for words in _REMOVE_FOLDER):
            shutil.rmtree(output)
        else:
            return False
        return True

    def _judge(
        self, end: End, kind: str, output: Path, known: tuple[Reference, ...], edited: bool
    ) -> str:
        """How a command ended that met a fault."""
        if end.code == 0:
            made = content_of(output)
            if made not in [each.content for each in known] and not edited:
                raise Finding(f"done, but other bytes: {_differing(made, known[-1].content)}")
            if left := leftovers_of(output):
                raise Finding(f"done, but left behind: {left}")
            return "survived"
        if end.code < 0 or end.code in _STOPPED_BY:
            if not KINDS[kind].dies:
                raise Finding(f"ended by signal {end.code}: {end.err}")
            if "Traceback" in end.err:
                raise Finding(f"a traceback: {end.err}")
            return "killed"
        self._one_error(end, kind)
        return "refused"

    def _one_error(self, end: End, kind: str) -> None:
        clear = end.err.count("error:") == 1 and end.err.count("\n  fix: ") == 1
        if "Traceback" in end.err or not clear or "unexpected failure" in end.err:
            raise Finding(f"{kind}: no clear error (exit code {end.code}): {end.err or end.out}")

    def _build(self, corpus: Path) -> None:
        """A finished build of a corpus, made once for the commands that read one."""
        output = self._common / f"built-{corpus.name}"
        if not output.exists():
            source = self._common / corpus.name
            arguments = JOBS["build"].arguments(source, self._common, output, ["--workers=1"])
            self._without_faults(arguments)

    def _without_faults(self, arguments: list[str]) -> None:
        end, _ = self._command(arguments, Faults(self._home / "faults", []), Fault())
        if end.code:
            raise RuntimeError(f"the run without faults failed: {end.err}")

    def _reference(self, job: Job, corpus: Path, settings: list[str]) -> Reference:
        """The fault-free run of a corpus as it is now."""
        digests = [f"{name} {sha256}" for name, sha256 in content_of(corpus).items()]
        key = (job.arguments.__name__, *digests, *settings)
        if key not in self._references:
            home = self._home / "reference"
            shutil.rmtree(home, ignore_errors=True)
            output = home / "output"
            output.mkdir(parents=True)
            copy = shutil.copytree(corpus, home / corpus.name)
            faults = Faults(home / "faults", [output, copy, self._common])
            given = [*settings, *(["--workers=1"] if job.workers else [])]
            began = time.monotonic()
            end, _ = self._command(
                job.arguments(copy, self._common, output, given), faults, Fault()
            )
            if end.code:
                raise RuntimeError(f"the run without faults failed: {end.err}")
            seen = {**faults.counts(), "seconds": time.monotonic() - began}
            self._references[key] = Reference(content_of(output), seen)
        return self._references[key]

    def _command(
        self,
        arguments: list[str],
        faults: Faults,
        fault: Fault,
        draw: random.Random | None = None,
        corpus: Path = Path(),
        output: Path = Path(),
    ) -> tuple[End, list[str]]:
        """Runs a command; how it ended, and what happened to it meanwhile."""
        said, happened = self._home / "said", []
        pid = self._zygote.start(arguments, faults.environment, said)
        end, status, began = time.monotonic() + SECONDS, None, time.monotonic()
        signalled = not fault.signal
        watching = bool(fault.stopped)
        while status is None and time.monotonic() < end:
            wait = 0.005 if watching else SECONDS
            if not signalled:
                wait = max(0.0, began + fault.after - time.monotonic())
            status = self._zygote.end(pid, wait)
            if status is None and not signalled:
                signalled = True
                happened += _send(fault.signal, fault.whom, pid, draw)
            if status is None and watching and (stopped := faults.counts()["stopped"]):
                watching = False
                assert draw is not None
                happened += self._meanwhile(fault.stopped, draw, arguments, corpus, output)
                os.kill(stopped, signal.SIGCONT)
        if status is None:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self._zygote.end(pid, SECONDS)
            raise Finding(f"it hangs: {said.with_suffix('.err').read_text(errors='replace')}")
        with suppress(ProcessLookupError):  # of a command that was killed, its workers are ending
            os.killpg(pid, signal.SIGKILL)
        out, err = (Path(f"{said}.{name}").read_text(errors="replace") for name in ("out", "err"))
        return End(os.waitstatus_to_exitcode(status), out, err), happened

    def _meanwhile(
        self, action: str, draw: random.Random, arguments: list[str], corpus: Path, output: Path
    ) -> list[str]:
        """Something else that happens while a command stands still."""
        if action == "input":
            return [f"input {damage.change_input(draw, corpus)}"]
        said = self._home / "second"
        pid = self._zygote.start(arguments, {}, said)
        status = self._zygote.end(pid, SECONDS)
        if status is None:
            os.killpg(pid, signal.SIGKILL)
            raise Finding("a second run of the same command hangs")
        end = End(os.waitstatus_to_exitcode(status), "", Path(f"{said}.err").read_text())
        if end.code:
            self._one_error(end, "the second run")
        return [f"a second run ended with {end.code} {end.error}".strip()]


def _send(number: int, whom: str, pid: int, draw: random.Random | None) -> list[str]:
    """Sends a signal to a command's group, itself or one of its workers; where it went."""
    with suppress(ProcessLookupError, psutil.NoSuchProcess):
        if whom == "group":
            os.killpg(pid, number)
        elif whom == "command":
            os.kill(pid, number)
        else:
            workers = psutil.Process(pid).children(recursive=True)
            if not workers or draw is None:
                return []
            os.kill(draw.choice(workers).pid, number)
        return [f"{signal.Signals(number).name} to the {whom}"]
    return []


def _differing(made: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*made, *known} if made.get(name) != known.get(name))
