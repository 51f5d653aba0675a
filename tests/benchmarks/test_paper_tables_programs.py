"""Programs of a table: what they cost, what their failure says, and a signal that reaches them once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from albert_data.base.errors import DataError
from benchmarks.paper_tables.programs import Stopped, finish

TRAINER = """
import signal, sys, time
def save(number, frame):
    print("saved", flush=True)
    sys.exit(143)
signal.signal(signal.SIGTERM, save)
print("at work", flush=True)
time.sleep(60)
"""


def test_a_program_costs_its_own_processor_time(tmp_path):
    idle = finish([sys.executable, "-c", "import time; time.sleep(0.5)"], tmp_path / "log")
    assert idle.seconds >= 0.5 > idle.processor_seconds > 0


def test_a_failure_says_the_program_s_last_line(tmp_path):
    with pytest.raises(DataError, match="ended with status 3: .*no such shards"):
        finish(
            [sys.executable, "-c", "print('no such shards'); raise SystemExit(3)"], tmp_path / "log"
        )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_trainer_save_and_ends_the_table(tmp_path, number):
    log = tmp_path / "log"

    def send():
        while not (log.exists() and log.read_text()):
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    sender = threading.Thread(target=send)
    sender.start()
    before = signal.getsignal(number)
    with pytest.raises(Stopped):
        finish([sys.executable, "-c", TRAINER], log)
    sender.join()
    assert log.read_text().split() == ["at", "work", "saved"]
    assert signal.getsignal(number) is before
