"""The worker processes of a local run.

They are made before there is work, from a process that has loaded the stages and runs no other thread of
Python: forked, so that a worker starts in milliseconds and shares the loaded code's memory (elsewhere than on
Linux, or beside other threads, spawned). This process and each worker talk over a pair of pipes; nothing
listens anywhere. The first failure, a killed worker, Ctrl-C, SIGTERM or SIGHUP ends all of them at once;
they also end when this process is killed.

A signal's exception can cut short whatever this process does, so signals are held back while it starts
workers: each is known here as soon as it runs.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

from albert_data.base.errors import DataError

from ..engine import progress
from ..engine.failures import LESS_MEMORY, failure_in, reported_errors
from ..engine.stopping import SIGNALS

_LAST = 4096  # bytes of a worker's log that are looked at
_TURNS = 8  # in how many a worker would do its share of what is left


class Crew:
    """Worker processes; none before ``hire``."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []

    def hire(self, workers: int, verbose: bool = False) -> None:
        """Starts processes.

        Args:
            workers: int. How many.
            verbose: bool. Their output goes to this process' own; else it is kept from it.
        """
        alone = sys.platform == "linux" and threading.active_count() == 1
        context: Any = multiprocessing.get_context("fork" if alone else "spawn")
        with held_back(SIGNALS):
            for _ in range(workers):
                self._workers.append(_Worker(context, verbose))

    def run(
        self,
        function: Callable[..., Any],
        elements: Sequence[Any],
        sides: Sequence[Any],
        weight: Callable[[Any], float],
    ) -> list[Any]:
        """Calls function(element, *sides) for all elements, the heaviest first, by the next worker that is
        free.

        A worker takes several light elements that follow one another: those of one file, which it then reads
        once. The less is left, the fewer.

        Raises:
            DataError: what a worker reported, or a worker that died.

        Returns: for each element, in their order, the list of what the call gave.
        """
        weights = [weight(element) for element in elements]
        order = sorted(range(len(elements)), key=weights.__getitem__)
        left = sum(weights)
        stage = pickle.dumps(_Stage(function, tuple(sides)))
        idle = list(self._workers)
        busy: dict[_Worker, list[int]] = {}
        found: list[Any] = [None] * len(elements)
        for worker in idle:
            worker.stage = stage
        while order or busy:
            while order and idle:
                worker, most = idle.pop(), left / (_TURNS * len(self._workers))
                taken = [order.pop()]
                size = weights[taken[0]]
                while order and size + weights[order[-1]] <= most:
                    size += weights[order[-1]]
                    taken.append(order.pop())
                left -= size
                worker.send([elements[at] for at in taken])
                busy[worker] = taken
            waited = [w.connection for w in busy] + [w.process.sentinel for w in self._workers]
            ready = set(wait(waited))
            for worker in [w for w in busy if w.connection in ready]:
                for at, made in zip(busy.pop(worker), worker.receive(), strict=True):
                    found[at] = made
                idle.append(worker)
            for worker in self._workers:
                if worker.process.sentinel in ready:
                    raise worker.death()
        return found

    def end(self) -> None:
        """Lets the workers write what they have to tell, and waits for them."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.connection.send_bytes(b"")
        for worker in self._workers:
            worker.process.join()

    def kill(self) -> None:
        """Ends all workers at once and waits for that."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            wait([worker.process.sentinel])

    def close(self) -> None:
        """Kills those that still run, and closes their logs and pipes."""
        with held_back(SIGNALS):
            self.kill()
            for worker in self._workers:
                worker.close()
            self._workers = []


@contextlib.contextmanager
def held_back(numbers: Sequence[int]) -> Iterator[None]:
    """Keeps signals of these numbers waiting meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Stage(NamedTuple):
    """What a worker is told before the elements."""

    function: Callable[..., Any]
    sides: tuple[Any, ...]


class _Worker:
    """One process, as this one knows it.

    Attributes:
        stage: what it is to do with elements; not sent yet, or None.
    """

    def __init__(self, context: Any, verbose: bool) -> None:
        self.log = tempfile.NamedTemporaryFile()  # noqa: SIM115 (lives as long as the process)
        self.connection, other = context.Pipe()
        log = None if verbose else self.log.name
        self.process = context.Process(target=_work, args=(other, log), daemon=True)
        try:
            self.process.start()
        except BaseException:
            self.connection.close()
            self.log.close()
            raise
        finally:
            other.close()
        self.stage: bytes | None = None

    def send(self, elements: list[Any]) -> None:
        try:
            if self.stage is not None:
                self.connection.send_bytes(self.stage)
                self.stage = None
            self.connection.send_bytes(pickle.dumps(elements))
        except OSError:  # it is gone
            raise self.death() from None

    def receive(self) -> Any:
        try:
            worked, found = self.connection.recv()
        except (EOFError, OSError):
            raise self.death() from None
        if not worked:
            raise failure_in(found)
        return found

    def death(self) -> DataError:
        """The error of a process that has ended by itself, or is about to."""
        self.process.join()
        with contextlib.suppress(EOFError, OSError):  # it may have said why
            while self.connection.poll():
                worked, found = self.connection.recv()
                if not worked:
                    return failure_in(found)
        code = self.process.exitcode
        problem, fix = "killed, most likely because the machine ran out of memory", LESS_MEMORY
        if code != -signal.SIGKILL:
            self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - _LAST))
            last = self.log.read().decode(errors="replace").strip().rpartition("\n")[2]
            ending = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            problem = f"died ({ending}) {last}".strip()
            fix = "run the same command with --verbose to learn more: finished units are kept"
        return DataError(problem, where=f"worker process {self.process.pid}", fix=fix)

    def close(self) -> None:
        self.process.join()
        self.process.close()
        self.connection.close()
        self.log.close()


def _work(connection: Connection, log: str | None) -> None:
    """What a worker process does: it is told a stage and is given elements of it, then another stage, until
    an empty message comes or the parent is gone."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    if log is not None:
        file = os.open(log, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.stdout = sys.stderr = os.fdopen(file, "w", buffering=1)  # whatever they were
    started = _outcome(threading.Thread(target=_end_with_parent, daemon=True).start)
    if not started[0]:
        connection.send(started)
        return
    stage = None
    while message := connection.recv_bytes():
        given = pickle.loads(message)
        if isinstance(given, _Stage):
            stage = given
            continue
        assert stage is not None
        connection.send(_outcome(partial(_made, stage, given)))
    progress.close()


def _outcome(call: Callable[[], Any]) -> tuple[bool, Any]:
    """(True, what a call gives), or (False, the traceback of what it raises), which goes to the log, too."""
    try:
        with reported_errors():
            return True, call()
    except BaseException:
        text = traceback.format_exc()
        print(text, file=sys.stderr, flush=True)
        return False, text


def _made(stage: _Stage, elements: list[Any]) -> list[list[Any]]:
    return [list(stage.function(element, *stage.sides)) for element in elements]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
