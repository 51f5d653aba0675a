"""What `remask` costs where its token cache is larger than memory: runs in a memory cgroup, as root.

    python benchmarks/little_memory.py TOKENS LIMIT_MB [LIMIT_MB ...]     # some minutes

Makes shards of dupe 1 and 16 MiB of a token cache, by one worker: without a limit, and with each limit on the
memory of its processes, what they keep of files included (the kernel's `memory` controller, version 1 or
2). The tokens as they are laid out take 2 bytes each; a limit leaves them what the process does not take.
Major faults are pages that had to be read from the disk again. A run that the kernel ends for want of memory
is told as such.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import Record
from remask import ROOT

CGROUPS = Path("/sys/fs/cgroup")


class MemoryGroup:
    """A cgroup with a limit in bytes; 0 is none."""

    def __init__(self, limit: int) -> None:
        first = (CGROUPS / "memory").is_dir()
        self.folder = (CGROUPS / "memory" if first else CGROUPS) / f"albert-bench-{os.getpid()}"
        self.folder.mkdir()
        if limit:
            name = "memory.limit_in_bytes" if first else "memory.max"
            (self.folder / name).write_text(str(limit))

    def enter(self) -> None:
        """Puts this process, and its children to come, into the group."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def close(self) -> None:
        self.folder.rmdir()


def remask(tokens: Path, output: Path, limit: int) -> list[str]:
    """The row of a run: seconds by the clock, of processors, major faults and MB read."""
    group = MemoryGroup(limit)
    command = [
        sys.executable, "-m", "albert_data", "remask", str(tokens), f"--output={output}", "--workers=1",
        "--set=pairs.dupe_factor=1", "--set=shards.target_bytes=16777216",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'typings'}"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, preexec_fn=group.enter
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    group.close()
    shutil.rmtree(output, ignore_errors=True)
    if done.returncode:
        return [f"ended with {done.returncode}", "", "", ""]
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    read = (after.ru_inblock - before.ru_inblock) * 512 / 1e6
    faults = after.ru_majflt - before.ru_majflt
    return [f"{wall:.1f}", f"{processor:.1f}", f"{faults:,}", f"{read:,.0f}"]


def main(tokens: Path, limits: list[int]) -> None:
    headings = ("limit", "wall s", "processor s", "major faults", "MB read")
    with (
        tempfile.TemporaryDirectory(prefix="albert-memory-") as name,
        Record("little-memory", *headings) as record,
    ):
        output = Path(name) / "made"
        remask(tokens, output, 0)  # compiles
        for limit in (0, *limits):
            row = remask(tokens, output, limit * 10**6)
            record.row(f"{limit} MB" if limit else "none", *row)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), [int(limit) for limit in sys.argv[2:]])
