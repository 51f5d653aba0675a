"""Where a process listens, by the kernel's tables."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path


def listening_at(process: int) -> list[str]:
    """Addresses at which a process can be connected to: `127.0.0.1`, or the path of a Unix socket."""
    own, known = set(_sockets_of(process)), _listening(process)
    return sorted(address for inode, address in known.items() if inode in own)


def is_own(address: str) -> bool:
    """Whether nobody of another machine comes to it."""
    return address.startswith(("/", "@")) or ipaddress.ip_address(address).is_loopback


def _sockets_of(process: int) -> Iterator[str]:
    """Their inodes."""
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            kind, _, inode = os.readlink(entry).partition(":[")
            if kind == "socket":
                yield inode.rstrip("]")


def _listening(process: int) -> dict[str, str]:
    """All of the machine: inode → address."""
    found = {}
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            cells = row.split()
            if cells[3] == "0A":  # LISTEN
                words = bytes.fromhex(cells[1].partition(":")[0])
                raw = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
                address = ipaddress.ip_address(raw)
                mapped = getattr(address, "ipv4_mapped", None)
                found[cells[9]] = str(mapped or address)
    for row in Path(f"/proc/{process}/net/unix").read_text().splitlines()[1:]:
        cells = row.split()
        if int(cells[3], 16) & 0x10000:  # __SO_ACCEPTCON
            found[cells[6]] = cells[7] if len(cells) > 7 else "@"
    return found
