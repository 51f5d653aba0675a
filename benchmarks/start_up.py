"""Start-up: processor time of a whole `build` of 3 kB, of this working tree beside an earlier one, in turns.

    git worktree add /tmp/before d46426c
    python benchmarks/start_up.py VOCABULARY /tmp/before     # a minute

A first round, which is not counted, brings the kernels into the cache.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from record import Record
from remask import ROOT, run
from whole_commands import HEADINGS, in_turns, rows

LINE = "It was a dark night. The rain fell in torrents. We saw it all from the window.\n\n"


def small_build(tree: Path, folder: Path, vocabulary: Path) -> float:
    text, output = folder / "three.txt", folder / "small"
    text.write_text(LINE * 38)
    shutil.rmtree(output, ignore_errors=True)
    given = [f"--source=books:{text}", f"--vocab={vocabulary}", f"--output={output}"]
    return run(tree, "build", *given, "--workers=1")


def main(vocabulary: Path, before: Path) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="albert-start-") as name,
        Record("start-up", *HEADINGS) as record,
    ):
        works = {
            tree: lambda path=path: small_build(path, Path(name), vocabulary)
            for tree, path in ((before.name, before.resolve()), ("now", ROOT))
        }
        for row in rows("build of 3 kB", "s", in_turns(works)):
            record.row(*row)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
