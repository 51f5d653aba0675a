"""Running: one clear error for every kind of failure, no process left behind, balanced work."""

import contextlib
import errno
import functools
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from albert_pipelines.engine.choose import choose
from albert_pipelines.engine.failures import failure_in, reported_errors
from albert_pipelines.engine.progress import Reporter, read
from albert_pipelines.engine.runner import ready

from albert_data.base.errors import ConfigError, DataError
from albert_data.schema import StageCounts
from tests.command_line import (
    finish,
    go_on,
    start,
    stop_at,
    stopped_in,
    succeeds,
    workers_of,
)
from tests.listening import listening_at

ROOT = Path(__file__).resolve().parents[2]


class Act:
    """(what to do, how long) → what was done, by whom."""

    def __init__(self, folder=None):
        self.reporter = Reporter(folder)

    @reported_errors("the output folder")
    def __call__(self, element):
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


def acting(elements, folder=None):
    """Steps that do what elements say."""
    return lambda flow: flow.each(
        "Act", flow.given("Elements", elements), Act(folder), weight=lambda element: element[1]
    )


def failing(action):
    """Steps where one worker fails at once and the other would work for a minute."""
    return acting([(action, 60), ("sleep", 59)])


def run(describe, workers, args=(), **named):
    with ready(choose(args, workers=workers), **named) as take:
        take(describe)


def failure(action, workers, **named):
    with pytest.raises(DataError) as caught:
        run(failing(action), workers, **named)
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


def test_a_worker_that_dies_before_there_is_work_is_one_error(capfd):
    with pytest.raises(DataError, match="killed"), ready(choose(workers=2)) as take:
        workers_of(os.getpid())[0].kill()
        take(failing("sleep"))
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_exits_is_reported_with_its_last_words():
    assert failure("exit", 2).problem == "died (exit code 3) the last words"


def test_a_blunder_names_itself_and_the_way_to_learn_more(capfd):
    error = failure("blunder", 1)
    assert "KeyError" in error.problem and "pieces" in error.problem and "--verbose" in error.fix
    assert error.__cause__ is not None
    assert capfd.readouterr() == ("", "")


def test_verbose_lets_the_workers_traceback_through():
    script = SCRIPT.replace('"sleep"), 2', '"blunder"), 2, verbose=True')
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "in __call__\n    raise KeyError" in ended.stderr


def unnamed(element):
    """A step that reports nothing itself; closing a file may fail so."""
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_io_error_that_no_step_reports_is_no_defect_of_ours(workers):
    def describe(flow):
        flow.each("Fail", flow.given("Elements", [1, 2]), unnamed, weight=lambda element: 1)

    with pytest.raises(DataError) as caught:
        run(describe, workers)
    assert caught.value.problem == "Input/output error" and "same command" in caught.value.fix


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_while_the_steps_are_laid_out_is_passed_on(workers):
    def describe(flow):
        raise ConfigError("no such split")

    with pytest.raises(ConfigError, match="no such split"):
        run(describe, workers)


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


def test_other_exceptions_are_left_as_they_are():
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


def test_worker_processes_share_unequal_work_report_it_and_import_neither_tensorflow_nor_beam(
    tmp_path,
):
    costs = [60, 1, 30, 1, 30, 1, 20, 1, 20, 2, 10, 2, 10, 2]  # dealt in turn: 180 against 10
    found = []

    def describe(flow):
        elements = [("rest", cost / 1e2) for cost in costs]
        found.extend(acting(elements, str(tmp_path))(flow).of)

    run(describe, 2)
    loads: dict[int, float] = {}
    for row in found:
        loads[row["process"]] = loads.get(row["process"], 0.0) + row["seconds"] * 1e2
    assert [row["seconds"] * 1e2 for row in found] == costs, (
        "results stand in their elements' order"
    )
    assert os.getpid() not in loads and len(loads) == 2 and max(loads.values()) <= 125
    assert read(tmp_path) == {"act": StageCounts(units=len(costs))}


def test_a_build_on_this_machine_loads_neither_tensorflow_nor_beam(tmp_path, jobs):
    script = (
        "import sys; from albert_data.cli import main\n"
        "try: main()\n"
        "finally: print([m for m in ('apache_beam', 'tensorflow', 'grpc') if m in sys.modules])"
    )
    for workers in (1, 2):
        command = jobs(tmp_path / str(workers), f"--workers={workers}")
        ended = finish(start(*command, program=[sys.executable, "-c", script]))
        assert ended.out.strip().endswith("[]"), ended


def test_no_process_of_a_build_on_this_machine_listens(tmp_path, jobs):
    environment = stop_at(tmp_path, "wait before", "blocks/", 1)
    process = start(*jobs(tmp_path / "shards", "--workers=2"), **environment)
    stopped_in(tmp_path, process)
    family = [process.pid, *(worker.pid for worker in workers_of(process.pid))]
    listening = [address for pid in family for address in listening_at(pid)]
    go_on(tmp_path)
    succeeds(finish(process))
    assert len(family) == 3 and listening == []


@pytest.mark.parametrize("workers", [1, 2])
def test_the_steps_give_the_same_by_beam_and_here(tmp_path, workers):
    made = {}
    for name, args in (("here", []), ("beam", ["--runner=DirectRunner"])):
        path = tmp_path / name
        run(functools.partial(every_step, str(path)), None if args else workers, args)
        made[name] = json.loads(path.read_text())
    assert made["here"] == made["beam"]
    assert made["here"]["sums"] == [[0, 42], [1, 37], [2, 51]]


def every_step(path, flow):
    """Every kind of step; what they came to is written to a file."""
    numbers = flow.given("Numbers", list(range(10)))
    offset = flow.once("Offset", offset_of, numbers)
    more = flow.unfold("More", counted, numbers)
    added = flow.each("Add", flow.joined("All", numbers, more), add, offset, more, weight=float)
    pairs = flow.pick("Pairs", added, by_rest)
    sums = flow.summed("Sums", pairs, sum)
    groups = flow.pick("Sizes", flow.grouped("Groups", pairs), size_of)
    flow.once("Write", functools.partial(write, path), sums, groups)


def offset_of(numbers):
    return len(numbers)


def counted(numbers):
    return range(max(numbers) - 4)


def add(number, offset, more):
    yield number + offset + len(more) - 10


def by_rest(number):
    yield number % 3, number


def size_of(group):
    yield group[0], len(list(group[1]))


def write(path, sums, sizes):
    found = {"sums": sorted(map(list, sums)), "sizes": sorted(map(list, sizes))}
    Path(path).write_text(json.dumps(found))


SCRIPT = """
import logging
logging.basicConfig(level=logging.ERROR)  # as the command line does
from tests.pipelines.test_runner import failing, run
run(failing("sleep"), 2)
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
        start = time.monotonic()
        run(acting([("compute", 0.1 * (1 + number % 7)) for number in range(120)]), workers)
        return time.monotonic() - start

    assert any(seconds(1) / seconds(2) > 1.7 for _ in range(3))


def test_of_a_failure_in_java_the_first_line_is_told():
    text = "RuntimeError: Pipeline x failed: java.lang.Y: no slots\n\n\tat a.B.run(B.java:7)\n"
    error = failure_in(text)
    assert (
        error.problem
        == "unexpected failure, RuntimeError: Pipeline x failed: java.lang.Y: no slots"
    )
