"""Worker processes of a local run, started and watched here in the place of Beam's own.

Beam 2.77 by itself waits for ever for a worker that was killed, and hears of a failed one only when
the others have finished. Here the first failure, Ctrl-C or SIGTERM ends all workers at once; they also
end when this process is killed. This file knows Beam's inner parts (`fn_api_runner.worker_handlers`)
and must be looked at when Beam's version changes. Processes are forked, see `forks.py`.

A signal's exception can cut short whatever the main thread does, so a thread of its own starts the
processes: a worker has a process once that runs, and one that comes too late is killed there.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import wait
from typing import Any

import grpc  # type: ignore[import-untyped]
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import python_urns
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.fn_api_runner import worker_handlers
from apache_beam.runners.worker import sdk_worker, sdk_worker_main

from albert_data.base.errors import DataError

from ..engine.failures import LESS_MEMORY, marked
from . import forks


def ending(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


class Crew:
    """The worker processes of one run; the first failure or signal ends them all."""

    def __init__(self, options: PipelineOptions, verbose: bool) -> None:
        self.options, self.verbose = options, verbose
        self.workers: list[_Worker] = []
        self.failure = ""
        self.stopped_by = 0
        self.dismissed = False
        self.lock = threading.Lock()
        self.starter = ThreadPoolExecutor(1, "starter")

    @property
    def over(self) -> bool:
        """Whether no worker is wanted any more."""
        return bool(self.dismissed or self.failure or self.stopped_by)

    @contextlib.contextmanager
    def hired(self) -> Iterator[None]:
        """Meanwhile FnApiRunner's processes are this crew's, signals end it, and Beam is quiet."""
        with contextlib.ExitStack() as undo:
            handlers, urn = worker_handlers.WorkerHandler, python_urns.SUBPROCESS_SDK
            registered = handlers._registered_environments
            undo.callback(registered.__setitem__, urn, registered[urn])
            handlers.register_environment(urn, bytes)(functools.partial(_Worker, self))
            if not self.verbose:
                undo.enter_context(_quiet())
            before = {}
            if threading.current_thread() is threading.main_thread():
                numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
                before = {number: signal.getsignal(number) for number in numbers}
            for number, handler in before.items():
                undo.callback(signal.signal, number, handler)
            undo.callback(self.disband)
            self.starter.submit(int).result()  # its thread runs before a signal can come between
            for number, handler in before.items():
                if handler is not signal.SIG_IGN:  # as nohup asks
                    signal.signal(number, self.stop)
            yield

    def stop(self, number: int, frame: Any) -> None:
        """Handles a signal: ends the workers, then the run; a second signal ends this process."""
        if self.stopped_by:
            os._exit(128 + number)
        self.stopped_by = number
        self.kill()
        raise ending(number)

    def fail(self, text: str) -> None:
        """Remembers the first failure, ends all workers and tells whoever waits for them."""
        with self.lock:
            self.failure = self.failure or text
        self.kill()
        for worker in self.workers:
            worker.control_conn.give_up()

    def kill(self) -> None:
        """Ends all workers that run and waits for that; takes no lock, for the signal handler's sake.

        A worker that is being started meanwhile is killed by the starter: that sets `process` and then
        looks at `over`, which whoever calls this has set before.
        """
        processes = [worker.process for worker in self.workers if worker.process]
        for process in processes:
            process.kill()
        for process in processes:
            wait([process.sentinel])

    def disband(self) -> None:
        """Ends all workers for good, those too that were being started, and closes their logs."""
        self.dismissed = True
        self.starter.shutdown(cancel_futures=True)
        self.kill()
        for worker in self.workers:
            if worker.watcher:
                worker.watcher.join()  # it may be reading the log
            worker.log.close()

    def dismiss(self) -> None:
        """Tells all workers at once that there is no more to do, so that they end side by side."""
        if not self.dismissed:
            self.dismissed = True
            for worker in self.workers:
                worker.control_conn.push(worker_handlers.BeamFnControlServicer._DONE_MARKER)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps from stderr what Beam, a job server and workers that are threads here say of failures:
    the command ends with one error of its own."""
    loggers = [logging.getLogger(name) for name in ("", "apache_beam", "grpc")]
    levels, hook = [logger.level for logger in loggers], threading.excepthook
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    threading.excepthook = lambda args: None
    sdk_worker.print = lambda *args, **kwargs: None  # type: ignore[attr-defined]  # a traceback
    try:
        yield
    finally:
        del sdk_worker.print  # type: ignore[attr-defined]
        threading.excepthook = hook
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class _Worker(worker_handlers.GrpcWorkerHandler):
    """One worker process, in the place of Beam's SubprocessSdkWorkerHandler."""

    control_conn: _Control

    def __init__(self, crew: Crew, command: bytes, *beam_args: Any) -> None:
        super().__init__(*beam_args)
        self.crew = crew
        self.process: Any = None  # once it runs
        self.watcher: threading.Thread | None = None
        self.log = tempfile.NamedTemporaryFile()  # noqa: SIM115 (lives as long as the process)
        self.control_conn = _Control(crew)
        self.control_handler._connections_by_worker_id[self.worker_id] = self.control_conn
        crew.workers.append(self)

    def start_worker(self) -> None:
        self.crew.starter.submit(self._start).result()
        if self.crew.over:
            raise RuntimeError("the run is over")  # `run` says what ended it

    def _start(self) -> None:
        """Starts the process, unless it is too late; runs in the crew's starter."""
        if self.crew.over:
            return
        verbose = self.crew.verbose
        options = {"default_sdk_harness_log_level": "INFO" if verbose else "ERROR"}
        options |= self.crew.options.get_all_options(drop_default=True)
        environment = {
            **os.environ,
            "CONTROL_API_SERVICE_DESCRIPTOR": f'url: "{self.control_address}"',
            "PIPELINE_OPTIONS": json.dumps({"options": options}, default=str),
            "WORKER_ID": self.worker_id,
            "no_grpc_proxy": "localhost",
        }
        log = None if verbose else self.log.name
        forks.prepare()
        process = forks.CONTEXT.Process(target=_work, args=(environment, log), daemon=True)
        process.start()
        self.process = process
        if self.crew.over:
            process.kill()
        self.watcher = threading.Thread(target=self._watch, args=(process,), daemon=True)
        self.watcher.start()

    def _watch(self, process: Any) -> None:
        wait([process.sentinel])
        code = process.exitcode
        if self.crew.over:
            return
        problem, fix = "killed, most likely because the machine ran out of memory", LESS_MEMORY
        if code != -signal.SIGKILL:
            self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - 4096))
            last = self.log.read().decode(errors="replace").strip().rpartition("\n")[2]
            ending = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            problem = f"died ({ending}) {last}".strip()
            fix = "run the same command with --verbose to learn more: finished units are kept"
        where = f"worker process {process.pid}"
        self.crew.fail(marked(DataError(problem, where=where, fix=fix)))

    def close(self) -> None:
        self.crew.dismiss()
        super().close()

    def stop_worker(self) -> None:
        if self.process:
            self.process.join(timeout=10)


def _work(environment: dict[str, str], log: str | None) -> None:
    """What a worker process does: Beam's harness, until it is dismissed or the parent is gone.

    It ends without taking Python apart, which costs 0.4 s.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if log is not None:
        file = os.open(log, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, 1)
        os.dup2(file, 2)
    sdk_worker_main.main(sys.argv)
    atexit._run_exitfuncs()
    os._exit(0)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


class _Control(worker_handlers.ControlConnection):
    """A connection to a worker that tells the crew of errors at once, and can be given up."""

    def __init__(self, crew: Crew) -> None:
        super().__init__()
        self.crew = crew

    def _read(self) -> None:
        with contextlib.suppress(grpc.RpcError):  # the process ended, and its watcher says so
            for response in self._input or ():
                if response.error:
                    self.crew.fail(response.error)
                self._futures_by_id.pop(response.instruction_id).set(response)

    def push(self, req: Any) -> Any:
        future = super().push(req)
        if self.crew.failure:
            self.give_up()
        return future

    def give_up(self) -> None:
        """Answers everything that was asked of the worker with the crew's failure."""
        answer = beam_fn_api_pb2.InstructionResponse(error=self.crew.failure)
        for future in list(self._futures_by_id.values()):
            future.set(answer)
