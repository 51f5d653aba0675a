"""What a signal does to a run: flags in Python, and an end where the main thread is deaf (it compiles)."""

import os
import signal
import subprocess
import sys

import pytest

from model.training.signals import STOPPED, Signals
from tests.shared import ROOT

PROGRAM = """
import hashlib, sys
from model.training.signals import Signals
may_leave, rounds = sys.argv[1:]
with Signals(lambda line: print(line, flush=True)) as signals:
    signals.may_leave = may_leave == "yes"
    print("ready", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", int(rounds))  # no handler runs before its end
    print("ended", signals.wants_checkpoint(), flush=True)
"""
MINUTES, SECONDS = 2_000_000_000, 4_000_000


def deaf(may_leave, rounds):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, may_leave, str(rounds)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/typings"},
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_would_lose_nothing_ends_while_its_main_thread_is_deaf(number):
    process = deaf("yes", MINUTES)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out.split(";")[0]) == (STOPPED, "stopped")


def test_one_that_would_says_what_it_waits_for_and_a_second_signal_ends_it():
    process = deaf("no", MINUTES)
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline().startswith("stopping: what is at work ends first")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == STOPPED


def test_two_signals_at_once_are_one():
    """`timeout` and a shell that closes send two."""
    process = deaf("no", SECONDS)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGHUP)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out.splitlines()[-1]) == (0, "ended True")


def test_a_request_for_a_checkpoint_ends_nothing():
    process = deaf("yes", SECONDS)
    process.send_signal(signal.SIGUSR1)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "ended True\n")


def test_work_that_can_be_given_up_is_where_a_signal_comes_and_not_begun_after_it():
    done = []
    with Signals() as signals:
        assert signals.unless_ended(lambda: 5) == 5
        assert signals.unless_ended(lambda: [os.kill(os.getpid(), signal.SIGTERM), done]) is None
        assert signals.end and signals.unless_ended(lambda: done.append(1)) is None
    assert not done


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Signals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not signals.end and not signals.wants_checkpoint()
    finally:
        signal.signal(signal.SIGHUP, before)
