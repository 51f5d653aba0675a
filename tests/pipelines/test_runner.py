"""Running: one clear error for every kind of failure, no process left behind, balanced work."""

import contextlib
import errno
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import forkserver
from pathlib import Path

import apache_beam as beam
import psutil
import pytest
from albert_pipelines.engine.failures import failure_in, reported_errors
from albert_pipelines.engine.options import parse_beam_options
from albert_pipelines.engine.progress import Reporter, read
from albert_pipelines.engine.runner import run
from albert_pipelines.local.spread import Spread, deal

from albert_data.base.errors import ConfigError, DataError
from albert_data.schema import StageCounts
from tests.command_line import workers_of

ROOT = Path(__file__).resolve().parents[2]


class Act(beam.DoFn):
    """(what to do, how long) → what was done, by whom."""

    def __init__(self, folder=None):
        self.reporter = Reporter(folder)

    @reported_errors("the output folder")
    def process(self, element):
        action, seconds = element
        if action == "report":
            raise ConfigError("two\nlines, “quoted”", where="a.txt:7", fix="mend it")
        if action == "blunder":
            raise KeyError("pieces")
        if action == "be killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if action == "exit":
            print("the last words", flush=True)
            os._exit(3)
        if action == "compute":
            sum(number * number for number in range(int(seconds * 1e7)))
        else:
            time.sleep(seconds)
        self.reporter.add("act", units=1)
        yield {"process": os.getpid(), "seconds": seconds, "imported": sorted(sys.modules)}


def failing(action):
    """A pipeline where one worker fails at once and the other would work for a minute."""

    def build(pipeline):
        elements = [(action, 60), ("sleep", 59)]
        _ = pipeline | beam.Create(elements) | Spread(lambda e: e[1]) | beam.ParDo(Act())

    return build


def failure(action, workers, **named):
    with pytest.raises(DataError) as caught:
        run(failing(action), parse_beam_options([], workers=workers), **named)
    return caught.value


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = signal.getsignal(signal.SIGTERM), threading.excepthook
    yield
    assert workers_of(os.getpid()) == []
    assert (signal.getsignal(signal.SIGTERM), threading.excepthook) == before
    assert logging.getLogger("apache_beam").level == logging.NOTSET


@pytest.mark.parametrize("workers", [1, 2])
def test_a_reported_error_arrives_whole_at_once_and_without_noise(workers, capfd):
    start = time.monotonic()
    error = failure("report", workers)
    assert time.monotonic() - start < 40, "the other worker's minute was not waited for"
    assert type(error) is ConfigError
    assert (error.problem, error.where, error.fix) == (
        "two\nlines, “quoted”",
        "a.txt:7",
        "mend it",
    )
    assert capfd.readouterr() == ("", "")


def test_a_killed_worker_is_one_error_that_says_what_to_do(capfd):
    error = failure("be killed", 2)
    assert error.where.startswith("worker process")
    assert "killed" in error.problem and "memory" in error.problem
    assert "--workers" in error.fix and "finished units are kept" in error.fix
    assert capfd.readouterr() == ("", "")


def test_once_a_worker_has_died_no_other_is_started(monkeypatch, capfd):
    connect, asked = forkserver.connect_to_new_process, []

    def kill_the_first(fds):
        asked.append(fds)
        for worker in workers_of(os.getpid()):
            worker.kill()
            time.sleep(0.5)  # for its watcher
        return connect(fds)

    monkeypatch.setattr(forkserver, "connect_to_new_process", kill_the_first)
    assert "killed" in failure("sleep", 4).problem
    assert len(asked) == 2, "the second was being started meanwhile"
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_exits_is_reported_with_its_last_words():
    assert failure("exit", 2).problem == "died (exit code 3) the last words"


def test_a_blunder_names_itself_and_the_way_to_learn_more(capfd):
    error = failure("blunder", 1)
    assert "KeyError" in error.problem and "pieces" in error.problem and "--verbose" in error.fix
    assert error.__cause__ is not None
    assert capfd.readouterr() == ("", "")


def test_verbose_lets_the_workers_traceback_through():
    script = SCRIPT.replace('"sleep"', '"blunder"').replace("=2)", "=2), verbose=True")
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "in process\n    raise KeyError" in ended.stderr


def test_an_error_while_building_the_pipeline_is_passed_on():
    def build(pipeline):
        raise ConfigError("no such split")

    with pytest.raises(ConfigError, match="no such split"):
        run(build, parse_beam_options([], workers=1))


@pytest.mark.parametrize(
    ("code", "fix"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.EROFS, "another path"),
        (errno.EACCES, "another path"),
        (errno.EPERM, "another path"),
        (errno.ENOENT, "restore it"),
        (errno.EIO, "same command again"),
    ],
)
def test_io_errors_name_the_path_and_the_fix(code, fix):
    for name, where in (("/data/x", "/data/x"), (None, "folder")):
        with pytest.raises(RuntimeError) as caught, reported_errors("folder"):
            raise OSError(code, os.strerror(code), name)
        error = failure_in(f"Traceback\n  _Reported: {caught.value} [while running 'x']")
        assert (error.where, error.problem) == (where, os.strerror(code))
        assert fix in error.fix


def test_lack_of_memory_names_the_place_and_the_fix():
    with pytest.raises(RuntimeError) as caught, reported_errors(Path("tokens/7.parquet")):
        raise MemoryError
    error = failure_in(str(caught.value))
    assert (error.problem, error.where) == ("out of memory", "tokens/7.parquet")
    assert "--workers" in error.fix


def test_other_exceptions_are_left_to_beam():
    for kind in (ValueError, StopIteration, KeyboardInterrupt):
        with pytest.raises(kind), reported_errors():
            raise kind


def test_a_decorated_generator_stays_lazy_and_reports():
    seen = []

    @reported_errors()
    def numbers(limit):
        for number in range(limit):
            seen.append(number)
            yield number
        raise DataError("end")

    iterator = numbers(2)
    assert seen == [] and next(iterator) == 0 and seen == [0]
    with pytest.raises(RuntimeError):
        list(iterator)


def test_elements_are_dealt_heaviest_first_to_the_least_loaded_worker():
    assert list(deal([1, 7, 3, 5, 4], float, 2)) == [(0, 7), (1, 5), (1, 4), (0, 3), (1, 1)]
    assert list(deal("ab", lambda _: 1, 3)) == [(0, "a"), (1, "b")]


def test_worker_processes_share_unequal_work_report_it_and_import_no_tensorflow(tmp_path):
    costs = [60, 1, 30, 1, 30, 1, 20, 1, 20, 2, 10, 2, 10, 2]  # dealt in turn: 180 against 10

    def build(pipeline):
        done = (
            pipeline
            | beam.Create([("rest", cost / 1e4) for cost in costs], reshuffle=False)
            | Spread(lambda element: element[1])
            | beam.ParDo(Act(str(tmp_path)))
            | beam.combiners.ToList()
        )
        _ = done | beam.Map(lambda rows, path: Path(path).write_text(json.dumps(rows)), path)

    path = str(tmp_path / "done.txt")
    run(build, parse_beam_options([], workers=2))
    rows = json.loads(Path(path).read_text())
    loads: dict[int, float] = {}
    for row in rows:
        loads[row["process"]] = loads.get(row["process"], 0.0) + row["seconds"] * 1e4
    assert os.getpid() not in loads and sorted(round(load) for load in loads.values()) == [95, 95]
    assert not any("tensorflow" in row["imported"] for row in rows)
    assert read(tmp_path) == {"act": StageCounts(units=len(costs))}


SCRIPT = """
import logging
logging.basicConfig(level=logging.ERROR)  # as the command line does
from albert_pipelines.engine.options import parse_beam_options
from albert_pipelines.engine.runner import run
from tests.pipelines.test_runner import failing
run(failing("sleep"), parse_beam_options([], workers=2))
"""


def test_no_worker_outlives_its_parent():
    codes = {signal.SIGINT: -signal.SIGINT, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}
    command = [sys.executable, "-c", SCRIPT]
    with contextlib.ExitStack() as cleanup:
        parents, workers = {}, {}
        for number in codes:
            parents[number] = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
            cleanup.callback(parents[number].kill)
        for number, parent in parents.items():
            workers[number] = two_workers(parent.pid)
        time.sleep(1)
        for number, parent in parents.items():
            parent.send_signal(number)
        for number, parent in parents.items():
            noise = parent.communicate(timeout=30)[1]
            assert parent.returncode == codes[number]
            assert number == signal.SIGINT or noise == ""
            end = time.monotonic() + 10
            while any(alive(worker) for worker in workers[number]):
                assert time.monotonic() < end, f"a worker outlives {number.name}"
                time.sleep(0.05)


def alive(process):
    """False also for one that only waits to be reaped by its new parent."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def two_workers(parent: int):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if len(found := workers_of(parent)) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no workers were started")


@pytest.mark.slow
def test_two_processes_are_1_7_times_as_fast_as_one_on_unequal_work():
    if psutil.cpu_percent(interval=2) > 100 / psutil.cpu_count() / 4:
        pytest.skip("the machine is busy with other things")

    def seconds(workers):
        def build(pipeline):
            elements = [("compute", 0.1 * (1 + number % 7)) for number in range(120)]
            done = pipeline | beam.Create(elements) | Spread(lambda e: e[1]) | beam.ParDo(Act())
            _ = done | beam.Map(lambda row: None)

        start = time.monotonic()
        run(build, parse_beam_options([], workers=workers))
        return time.monotonic() - start

    assert any(seconds(1) / seconds(2) > 1.7 for _ in range(3))


def test_of_a_failure_in_java_the_first_line_is_told():
    text = "RuntimeError: Pipeline x failed: java.lang.Y: no slots\n\n\tat a.B.run(B.java:7)\n"
    error = failure_in(text)
    assert (
        error.problem
        == "unexpected failure, RuntimeError: Pipeline x failed: java.lang.Y: no slots"
    )
