"""The kinds of faults: what each lets fail, when, and how a command may end that met it."""

from __future__ import annotations

import errno
import random
import signal
from collections.abc import Callable, Mapping
from typing import NamedTuple

FOREVER = 10**9


class Fault(NamedTuple):
    """A fault of one command, drawn.

    Attributes:
        rules: for the library below the program (`shim.c`).
        signal: sent `after` so many seconds to `whom`: the group, the command or a worker. 0: none.
        stopped: what happens while the process that met a `stop` stands still.
        then: what happens when the command has ended.
    """

    rules: tuple[str, ...] = ()
    signal: int = 0
    after: float = 0.0
    whom: str = ""
    stopped: str = ""
    then: str = ""


class Kind(NamedTuple):
    """A kind of fault.

    Attributes:
        draw: of a random stream and the fault-free run's calls by kind and seconds.
        dies: a command that met it may have been killed.
        edited: files were changed behind the program's back, so that its next run may refuse the folder and
            say what to remove, or (of a whole folder) leave it to `verify`.
    """

    draw: Callable[[random.Random, Mapping[str, float]], Fault]
    dies: bool = False
    edited: bool = False


def _at(
    call: str, action: str | int, times: int | tuple[int, ...] = 1
) -> Callable[[random.Random, Mapping[str, float]], Fault]:
    """A fault at the n-th call of a kind, n drawn."""

    def draw(random: random.Random, seen: Mapping[str, float]) -> Fault:
        often = times if isinstance(times, int) else random.choice(times)
        return Fault((f"{call} {_nth(random, seen, call)} {often} {action}",))

    return draw


def _nth(random: random.Random, seen: Mapping[str, float], call: str) -> int:
    return random.randint(1, max(1, int(seen[call])))


def _stopped(action: str) -> Callable[[random.Random, Mapping[str, float]], Fault]:
    """Something that happens at the n-th call of any kind, while its process stands still."""

    def draw(random: random.Random, seen: Mapping[str, float]) -> Fault:
        return Fault((f"any {_nth(random, seen, 'any')} 1 stop",), stopped=action)

    return draw


def _one_of(
    *calls: str, action: int, times: tuple[int, ...] = (1, 2, FOREVER)
) -> Callable[[random.Random, Mapping[str, float]], Fault]:
    def draw(random: random.Random, seen: Mapping[str, float]) -> Fault:
        return _at(random.choice(calls), action, times)(random, seen)

    return draw


def _signal(
    *numbers: int, whom: tuple[str, ...]
) -> Callable[[random.Random, Mapping[str, float]], Fault]:
    def draw(random: random.Random, seen: Mapping[str, float]) -> Fault:
        number, target = random.choice(numbers), random.choice(whom)
        return Fault(signal=number, after=random.uniform(0, 1.2 * seen["seconds"]), whom=target)

    return draw


def _power_loss(random: random.Random, seen: Mapping[str, float]) -> Fault:
    at = random.choice(("any", "rename"))
    return Fault((f"{at} {_nth(random, seen, at)} 1 killgroup",), then="power loss")


def _clock(random: random.Random, seen: Mapping[str, float]) -> Fault:
    seconds = random.choice((-10 * 365 * 86400, -3600, -2, 3600, 10 * 365 * 86400))
    return Fault((f"any {_nth(random, seen, 'any')} 1 clock:{seconds}",))


KINDS = {
    "full disk": Kind(_at("write", errno.ENOSPC, FOREVER)),
    "full disk, a file cannot be made": Kind(_at("open", errno.ENOSPC)),
    "I/O error while writing": Kind(_at("write", errno.EIO, (1, FOREVER))),
    "I/O error while reading": Kind(_at("read", errno.EIO, (1, 2, FOREVER))),
    "I/O error of fsync or close": Kind(_one_of("sync", "close", action=errno.EIO)),
    "I/O error of a name": Kind(_one_of("rename", "unlink", "mkdir", action=errno.EIO)),
    "no permission": Kind(_one_of("open", "rename", "mkdir", action=errno.EACCES)),
    "file gone": Kind(_at("open", errno.ENOENT, (1, 2))),
    "too many open files": Kind(_at("open", errno.EMFILE, (1, 5, FOREVER))),
    "interrupted call": Kind(
        _one_of("read", "write", "open", action=errno.EINTR, times=(1, 3, 20))
    ),
    "short write": Kind(_at("write", "short", (1, 3, FOREVER))),
    "short read": Kind(_at("read", "short", (1, 3, 20))),
    "process killed": Kind(_at("any", "kill"), dies=True),
    "all killed": Kind(_at("any", "killgroup"), dies=True),
    "killed at a rename": Kind(_at("rename", "killgroup"), dies=True),
    "killed at a moment": Kind(
        _signal(signal.SIGKILL, whom=("group", "command", "worker")), dies=True
    ),
    "stopped by a signal": Kind(
        _signal(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, whom=("command", "group", "worker")),
        dies=True,
    ),
    "loss of power": Kind(_power_loss, dies=True),
    "loss of power at the end": Kind(lambda random, seen: Fault(then="power loss")),
    "second run meanwhile": Kind(_stopped("second run")),
    "input changed meanwhile": Kind(_stopped("input"), edited=True),
    "input changed between": Kind(
        lambda random, seen: _at("any", "killgroup")(random, seen)._replace(then="input"),
        dies=True,
        edited=True,
    ),
    "file damaged between": Kind(
        lambda random, seen: _at("any", "killgroup")(random, seen)._replace(then="damage"),
        dies=True,
        edited=True,
    ),
    "whole folder damaged": Kind(lambda random, seen: Fault(then="damage"), edited=True),
    "clock jumps": Kind(_clock),
}
