"""Progress: nothing is lost between threads and processes, and the words are literal."""

import errno
import io
import itertools
import pickle
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from albert_pipelines.engine import progress
from albert_pipelines.engine.progress import Pace, Reporter, read, watch

from albert_data.schema import StageCounts

CHILD = """
import sys
from albert_pipelines.engine.progress import Reporter, close
for _ in range(1000):
    Reporter(sys.argv[1]).add("mask", examples=3)
close()
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(progress, "WRITE_SECONDS", 0.05)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.2)


def test_counts_of_threads_and_processes_add_up(tmp_path):
    with watch(tmp_path, {}, io.StringIO()) as reporter:
        children = [
            subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=Path.cwd())
            for _ in range(2)
        ]

        def work():
            for _ in range(500):
                reporter.add("tokenize", documents=1, bytes=10)
                reporter.add("mask", units=1)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [child.wait() for child in children] == [0, 0]
    assert read(tmp_path) == {
        "tokenize": StageCounts(documents=2000, bytes=20_000),
        "mask": StageCounts(units=2000, examples=6000),
    }


def test_threads_that_begin_together_are_all_counted(tmp_path, monkeypatch):
    init = progress._Totals.__init__
    monkeypatch.setattr(
        progress._Totals, "__init__", lambda self, folder: (time.sleep(0.05), init(self, folder))[1]
    )
    with watch(tmp_path, {}, io.StringIO()) as reporter:
        threads = [threading.Thread(target=lambda: reporter.add("mask", units=1)) for _ in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert read(tmp_path) == {"mask": StageCounts(units=4)}


def test_a_reporter_travels_in_a_pickle():
    assert pickle.loads(pickle.dumps(Reporter("folder"))) == Reporter("folder")


def test_a_reporter_without_a_folder_does_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Reporter().add("mask", units=1)
    assert list(tmp_path.iterdir()) == []


def test_a_busy_worker_writes_at_most_twice_a_second(tmp_path, monkeypatch):
    renames = []
    monkeypatch.setattr(Path, "replace", lambda self, target: renames.append(time.monotonic()))
    reporter = Reporter(str(tmp_path / "busy"))
    (tmp_path / "busy").mkdir()
    end = time.monotonic() + 1.3
    while time.monotonic() < end:
        reporter.add("mask", examples=1)
    assert renames
    assert all(later - earlier > 0.45 for earlier, later in itertools.pairwise(renames))


def test_work_goes_on_where_nothing_can_be_written(tmp_path, quick):
    with watch(tmp_path / "gone", {"mask": StageCounts()}, io.StringIO()) as reporter:
        shutil.rmtree(tmp_path / "gone")
        reporter.add("mask", units=1)
        time.sleep(0.2)


def test_work_goes_on_when_the_stream_is_closed(tmp_path, quick):
    stream = io.StringIO()
    with watch(tmp_path, {"mask": StageCounts()}, stream) as reporter:
        stream.close()
        reporter.add("mask", units=1)


def test_work_goes_on_when_the_terminal_is_gone(tmp_path, quick, monkeypatch):
    class Gone(Terminal):
        def write(self, text):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setenv("TERM", "xterm")
    with watch(tmp_path, {"mask": StageCounts(units=4)}, Gone()) as reporter:
        reporter.add("mask", units=1)
        time.sleep(0.2)
    assert read(tmp_path) == {"mask": StageCounts(units=1)}


def test_nothing_is_written_after_the_end(tmp_path, quick):
    with watch(tmp_path, {"mask": StageCounts()}, io.StringIO()) as reporter:
        reporter.add("mask", units=1)
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    reporter.add("mask", units=1)
    time.sleep(0.15)
    assert list(tmp_path.iterdir()) == []


def test_totals_of_an_earlier_run_are_forgotten(tmp_path):
    for _ in range(2):
        with watch(tmp_path, {}, io.StringIO()) as reporter:
            reporter.add("mask", units=1)
    assert read(tmp_path) == {"mask": StageCounts(units=1)}


def test_a_short_run_ends_with_one_line_a_stage(tmp_path):
    stream = io.StringIO()
    totals = {"tokenize": StageCounts(bytes=1000), "mask": StageCounts(), "assemble": StageCounts()}
    with watch(tmp_path, totals, stream) as reporter:
        reporter.add("mask", units=1)
        reporter.add("tokenize", documents=1234, bytes=1000)
        reporter.add("other", units=1)
    lines = stream.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["tokenize 100%", "mask"]
    assert "1,234 documents" in lines[0]


def test_a_longer_run_has_a_line_every_ten_seconds_while_it_goes_on(tmp_path, quick):
    stream = io.StringIO()
    with watch(tmp_path, {"mask": StageCounts(units=4)}, stream) as reporter:
        for _ in range(2):
            reporter.add("mask", units=1, examples=10)
            time.sleep(0.35)
        time.sleep(0.5)
    lines = stream.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["mask 25%", "mask 50%"]


def test_a_terminal_gets_a_live_bar(tmp_path, quick, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    with watch(tmp_path, {"mask": StageCounts(units=4)}, stream) as reporter:
        reporter.add("mask", units=1, examples=1000)
        time.sleep(0.3)
    assert "mask" in stream.getvalue() and "examples/s" in stream.getvalue()
    assert "\x1b[?25h" in stream.getvalue(), "the cursor is visible again"


def test_work_expected_by_workers_gives_the_share(tmp_path):
    stream = io.StringIO()
    with watch(tmp_path, {"mask": StageCounts()}, stream) as reporter:
        reporter.expect("mask", units=8)
        reporter.add("mask", units=2)
    assert stream.getvalue().startswith("mask 25%:")


def test_time_left_follows_from_the_pace_and_the_known_total():
    pace = Pace(StageCounts(bytes=100_000_000))
    pace.sample(10.5, StageCounts(documents=1500, bytes=10_000_000, examples=3000))
    pace.sample(20.0, StageCounts(documents=12000, bytes=20_000_000, examples=20_000))
    assert str(pace) == "12,000 documents, 2.0 MB/s, 2,000 examples/s, 0:40 left"
    assert pace.share == 0.2


def test_the_pace_is_that_of_the_last_half_minute():
    pace = Pace(StageCounts(units=1000))
    for second in range(100):
        pace.sample(float(second), StageCounts(units=10 * second if second < 60 else 540 + second))
    assert pace.rate("units") == pytest.approx(1.0)


def test_a_finished_stage_shows_its_pace_on_the_whole():
    pace = Pace(StageCounts(bytes=50_000_000))
    pace.sample(0.5, StageCounts(bytes=10_000_000))
    pace.sample(10.0, StageCounts(bytes=50_000_000))
    pace.sample(60.0, StageCounts(bytes=50_000_000))
    assert str(pace) == "5.0 MB/s" and pace.share == 1.0


def test_without_a_total_no_time_left_is_promised():
    pace = Pace(StageCounts())
    pace.sample(1.0, StageCounts(units=3, examples=50))
    assert str(pace) == "100 examples/s" and pace.share == 0.0
