"""A set of shards shared out to the hosts that read it: who reads what, and whether that can be done."""

from __future__ import annotations

from albert_data.base.errors import DataError
from albert_data.storage.paths import is_remote

from .shards import ShardSet


def own_shards(shards: ShardSet, host: int, hosts: int) -> list[int]:
    """Numbers of the shards that one of several hosts reads.

    Raises:
        DataError: fewer shards than hosts.
    """
    if len(shards.names) < hosts:
        problem = f"{len(shards.names)} shards cannot feed {hosts} hosts"
        fix = f"build at least {hosts}: --set shards.count={hosts}"
        raise DataError(problem, where=shards.folder, fix=fix)
    return list(range(len(shards.names)))[host::hosts]


def check_hosts(shards: ShardSet, hosts: int, led: bool) -> None:
    """Checks that every host can read a set of shards.

    Args:
        hosts: int. How many there are.
        led: bool. Whether one process leads them: the others do not see its disk, and it cannot draw
            masks for them.

    Raises:
        DataError: they cannot.
    """
    if hosts == 1 or not led:
        return
    if not is_remote(shards.folder):
        raise DataError(
            f"a folder of this machine, and {hosts} hosts are to read it",
            where=shards.folder,
            fix="copy it to an object store: gs://…",
        )
    if shards.dynamic:
        raise DataError(
            f"masks drawn while training (masking.mode: dynamic) and {hosts} hosts",
            where=shards.folder,
            fix="mask before: albert-data remask TOKENS --set masking.mode=static --output FOLDER",
        )


def uneven(shards: ShardSet, hosts: int) -> str:
    """What to tell of hosts that hold unequal shares of the data; empty where they are about equal.

    Raises:
        DataError: fewer shards than hosts.
    """
    held = [
        sum(shards.records[at] for at in own_shards(shards, host, hosts)) for host in range(hosts)
    ]
    if max(held) <= 1.1 * min(held):
        return ""
    return (
        f"warning: {len(shards.names)} shards on {hosts} hosts: the examples of one host are seen "
        f"{max(held) / min(held):.1f} times as often as another's; build a multiple of {hosts} shards"
    )
