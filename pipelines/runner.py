"""Runs a Beam pipeline to its end on worker processes of this machine, or on a remote runner.

A failure anywhere becomes one exception, without Beam's tracebacks on the way: what workers raise
inside `reported_errors` arrives here as the same DataError, and a worker that dies becomes one too.
Beam 2.77 by itself waits for ever for a worker that was killed, and hears of a failed one only when
the others have finished; so the processes are started and watched here (`_Worker`), and the first
failure, Ctrl-C or SIGTERM ends them all at once. They also end when this process is killed.

Price of a worker process: about 1.3 s of CPU, of which importing Beam is 1.2, and 200 MB.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import heapq
import inspect
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import apache_beam as beam
import grpc  # type: ignore[import-untyped]
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability import python_urns
from apache_beam.portability.api import beam_fn_api_pb2
from apache_beam.runners.portability.fn_api_runner import worker_handlers

from albert_data import errors
from albert_data.errors import ConfigError, DataError
from pipelines.options import is_local, local_workers

_MARK = "albert-data-error:"
_RESUME = "run the same command again: finished units are kept"
_MEMORY = f"give fewer --workers or the machine more memory, then {_RESUME}"
_FIXES = {
    errno.ENOENT: f"restore it or correct the path, then {_RESUME}",
    **dict.fromkeys(
        (errno.ENOSPC, errno.EDQUOT), f"make room there or choose another folder, then {_RESUME}"
    ),
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM), "correct its permissions, or choose another path"
    ),
}

# What a worker process runs. Ctrl-C is the parent's to handle; on Linux the kernel kills the worker
# with its parent (PR_SET_PDEATHSIG), elsewhere the broken connection ends it within seconds. It
# ends without taking Python apart, which costs 0.4 s.
_WORKER = """
import atexit, ctypes, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(os.environ["ALBERT_DATA_PARENT"]):
    sys.exit("the parent process is gone")
from apache_beam.runners.worker import sdk_worker_main
sdk_worker_main.main(sys.argv)
atexit._run_exitfuncs()
os._exit(0)
"""


def run(
    pipeline_fn: Callable[[beam.Pipeline], Any], options: PipelineOptions, *, verbose: bool = False
) -> None:
    """Builds a pipeline with `pipeline_fn` and runs it to its end.

    Args:
        options: from `pipelines.options.parse_beam_options`.
        verbose: lets Beam's log and the workers' output through to stderr.

    Raises:
        DataError: what a worker reported, a worker that died, or anything unexpected (`__cause__`
            then has Beam's own exception). No worker process is left.
        KeyboardInterrupt, SystemExit: Ctrl-C; SIGTERM or SIGHUP.
    """
    crew = _Crew(options, verbose)
    with crew.hired():
        try:
            with _pipeline(options) as pipeline:
                pipeline_fn(pipeline)
        except BaseException as error:
            if crew.stopped_by:
                raise _stop(crew.stopped_by) from None
            if isinstance(error, DataError) or not isinstance(error, Exception):
                raise
            raise _failure(crew.failure or f"{type(error).__name__}: {error}") from error
    standard = options.view_as(StandardOptions)
    state = pipeline.result.state
    if state not in (None, "DONE") and not standard.no_wait_until_finish:
        raise DataError(f"the job ended as {state}", where=standard.runner, fix="see its log there")


def _pipeline(options: PipelineOptions) -> beam.Pipeline:
    try:
        return beam.Pipeline(options=options)
    except (ValueError, ImportError) as error:  # what a remote runner finds wrong with the options
        raise ConfigError(" ".join(str(error).split()), where="Beam options") from error


class Spread(beam.PTransform):
    """Deals elements out so that every worker gets about the same weight of them.

    FnApiRunner hands the i-th key of a grouping to worker i modulo n before a stage starts, and
    moves nothing afterwards: equal numbers, not equal work. Here elements go, heaviest first, to
    the worker with the least so far (at most 4/3 of the best possible; nearly even for many small
    elements), under one key a worker. Remote runners balance by themselves and get a Reshuffle.

    Elements pass through this process's memory, so they should be references.

    Args:
        weight: element -> its expected cost in any unit, such as bytes.
    """

    def __init__(self, weight: Callable[[Any], float] = lambda element: 1) -> None:
        super().__init__()
        self.weight = weight

    def expand(self, elements: beam.PCollection) -> beam.PCollection:
        workers, weight = local_workers(elements.pipeline.options), self.weight
        if not workers:
            return elements | beam.Reshuffle()
        return (
            elements
            | "All" >> beam.Map(lambda element: (0, element))
            | "Gather" >> beam.GroupByKey()
            | "Deal" >> beam.FlatMap(lambda pair: deal(pair[1], weight, workers))
            | "Hand out" >> beam.GroupByKey()
            | "Each" >> beam.FlatMap(lambda pair: pair[1])
        )


def deal(
    elements: Iterable[Any], weight: Callable[[Any], float], workers: int
) -> Iterator[tuple[int, Any]]:
    """(worker, element) for all elements: heaviest first, each to the worker with least so far."""
    loads = [(0.0, worker) for worker in range(workers)]
    for element in sorted(elements, key=weight, reverse=True):
        load, worker = loads[0]
        heapq.heapreplace(loads, (load + weight(element), worker))
        yield worker, element


class reported_errors(contextlib.ContextDecorator):
    """Wraps a worker's code so that its DataErrors, I/O errors and lack of memory reach `run`.

    Use it as `with reported_errors(path):`, or `@reported_errors()` on a function or generator such
    as DoFn.process. Beam carries only text from a worker, so the fields travel in it as JSON.

    Args:
        where: named in the error if the exception itself names no file.
    """

    def __init__(self, where: str | os.PathLike = "") -> None:
        self.where = os.fspath(where)

    def __call__(self, function: Callable) -> Callable:  # type: ignore[override]
        if not inspect.isgeneratorfunction(function):
            return super().__call__(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with self:
                yield from function(*args, **kwargs)

        return wrapped

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, DataError):
            raise _Reported(_marked(error)) from error
        if isinstance(error, MemoryError):
            found = DataError("out of memory", where=self.where, fix=_MEMORY)
            raise _Reported(_marked(found)) from error
        if isinstance(error, OSError):
            where = str(error.filename or self.where)
            fix = _FIXES.get(error.errno or 0, _RESUME)
            found = DataError(error.strerror or str(error), where=where, fix=fix)
            raise _Reported(_marked(found)) from error


class _Reported(RuntimeError):
    """Text with a marked DataError in it, which survives Beam's additions to it."""


def _marked(error: DataError) -> str:
    fields = (type(error).__name__, error.problem, error.where, error.fix)
    return _MARK + json.dumps(fields)


def _failure(text: str) -> DataError:
    """The DataError that is marked in a text, or one about the last line of it."""
    _, mark, after = text.partition(_MARK)
    if mark:
        with contextlib.suppress(ValueError):  # a remote runner may have cut it short
            kind, problem, where, fix = json.JSONDecoder().raw_decode(after)[0]
            return getattr(errors, kind, DataError)(problem, where=where, fix=fix)
    last = [line for line in text.splitlines() if line.strip()][-1].strip()
    fix = "run again with --verbose, and report what it prints: this may be a defect of albert-data"
    return DataError(f"unexpected failure, {last}", fix=fix)


def _stop(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)


class _Crew:
    """The worker processes of one run; the first failure or signal ends them all."""

    def __init__(self, options: PipelineOptions, verbose: bool) -> None:
        self.options, self.verbose = options, verbose
        self.workers: list[_Worker] = []
        self.failure = ""
        self.stopped_by = 0
        self.dismissed = False
        self.lock = threading.Lock()

    @contextlib.contextmanager
    def hired(self) -> Iterator[None]:
        """Meanwhile FnApiRunner's processes are this crew's, signals end it, and Beam is quiet."""
        with contextlib.ExitStack() as undo:
            handlers, urn = worker_handlers.WorkerHandler, python_urns.SUBPROCESS_SDK
            registered = handlers._registered_environments
            undo.callback(registered.__setitem__, urn, registered[urn])
            handlers.register_environment(urn, bytes)(functools.partial(_Worker, self))
            if is_local(self.options) and not self.verbose:
                undo.callback(setattr, threading, "excepthook", threading.excepthook)
                threading.excepthook = lambda args: None
                for logger in (logging.getLogger("apache_beam"), logging.getLogger("grpc")):
                    undo.callback(logger.setLevel, logger.level)
                    logger.setLevel(logging.CRITICAL + 1)
            if threading.current_thread() is threading.main_thread():
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup asks
                        undo.callback(signal.signal, number, signal.signal(number, self.stop))
            undo.callback(self.kill)
            yield

    def stop(self, number: int, frame: Any) -> None:
        """Handles a signal: ends the workers, then the run; a second signal ends this process."""
        if self.stopped_by:
            os._exit(128 + number)
        self.stopped_by = number
        self.kill()
        raise _stop(number)

    def fail(self, text: str) -> None:
        """Remembers the first failure, ends all workers and tells whoever waits for them."""
        with self.lock:
            self.failure = self.failure or text
        self.kill()
        for worker in self.workers:
            worker.control_conn.give_up()

    def kill(self) -> None:
        """Ends all workers and waits for that; takes no lock, for the signal handler's sake."""
        processes = [worker.process for worker in self.workers if worker.process]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    def dismiss(self) -> None:
        """Tells all workers at once that there is no more to do, so that they end side by side."""
        if not self.dismissed:
            self.dismissed = True
            for worker in self.workers:
                worker.control_conn.push(worker_handlers.BeamFnControlServicer._DONE_MARKER)


class _Worker(worker_handlers.GrpcWorkerHandler):
    """One worker process, in the place of Beam's SubprocessSdkWorkerHandler."""

    control_conn: _Control

    def __init__(self, crew: _Crew, command: bytes, *beam_args: Any) -> None:
        super().__init__(*beam_args)
        self.crew = crew
        self.process: subprocess.Popen | None = None
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        self.control_conn = _Control(crew)
        self.control_handler._connections_by_worker_id[self.worker_id] = self.control_conn
        crew.workers.append(self)

    def start_worker(self) -> None:
        verbose = self.crew.verbose
        options = {"default_sdk_harness_log_level": "INFO" if verbose else "ERROR"}
        options |= self.crew.options.get_all_options(drop_default=True)
        environment = {
            "OMP_NUM_THREADS": "1",
            **os.environ,
            "ALBERT_DATA_PARENT": str(os.getpid()),
            "CONTROL_API_SERVICE_DESCRIPTOR": f'url: "{self.control_address}"',
            "PIPELINE_OPTIONS": json.dumps({"options": options}, default=str),
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            "WORKER_ID": self.worker_id,
            "no_grpc_proxy": "localhost",
        }
        command, output = [sys.executable, "-c", _WORKER], 2 if verbose else self.log
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        threading.Thread(target=self._watch, args=(self.process,), daemon=True).start()

    def _watch(self, process: subprocess.Popen) -> None:
        code = process.wait()
        if self.crew.dismissed or self.crew.failure or self.crew.stopped_by:
            return
        problem, fix = "killed, most likely because the machine ran out of memory", _MEMORY
        if code != -signal.SIGKILL:
            self.log.seek(max(0, self.log.seek(0, os.SEEK_END) - 4096))
            last = self.log.read().decode(errors="replace").strip().rpartition("\n")[2]
            ending = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            problem = f"died ({ending}) {last}".strip()
            fix = "run the same command with --verbose to learn more: finished units are kept"
        where = f"worker process {process.pid}"
        self.crew.fail(_marked(DataError(problem, where=where, fix=fix)))

    def close(self) -> None:
        self.crew.dismiss()
        super().close()

    def stop_worker(self) -> None:
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)


class _Control(worker_handlers.ControlConnection):
    """A connection to a worker that tells the crew of errors at once, and can be given up."""

    def __init__(self, crew: _Crew) -> None:
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
