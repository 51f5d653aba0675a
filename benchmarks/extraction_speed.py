"""Speed of wikitext extraction in this tree beside others, such as that of the last release.

    python benchmarks/extraction_speed.py ../other-tree [../another-tree ...]

All read the same pages of ../shared/data/wiki, in processes of their own that take turns, one pass each a
round: what else the machine does then weighs on all. CPU seconds are compared, round by round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from record import Record

ROOT = Path(__file__).resolve().parents[1]
WIKI = ROOT.parent / "shared" / "data" / "wiki"
ROUNDS = 5

WORKER = """
import sys, time
from pathlib import Path
try:
    from albert_data.config.settings import Config
    from albert_data.corpus.plan import plan_all
    from albert_data.corpus.wikitext.extract import extract
    from albert_data.corpus.wikitext.dump_pages import raw_pages
except ModuleNotFoundError:  # before the modules had rooms
    from albert_data.config import Config
    from albert_data.sources import plan_all
    from albert_data.sources.dump_pages import raw_pages
    from albert_data.wikitext import extract
from xml.etree import ElementTree
settings = Config().sources
pages = []
for part in plan_all(["wikipedia:" + sys.argv[1]], settings):
    for page in raw_pages(part, settings.max_document_bytes):
        text = ElementTree.fromstring(page.data).findtext("revision/text") or ""
        if not text.lower().startswith("#redirect"):
            pages.append(text)
print(sum(len(page.encode()) for page in pages), flush=True)
for _ in sys.stdin:
    began = time.process_time()
    for page in pages:
        extract(page)
    print(time.process_time() - began, flush=True)
"""


class Tree:
    """A process that reads the pages with the code of one tree."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, "-c", WORKER, str(WIKI)]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        self.process = subprocess.Popen(
            command, cwd=root, env=environment, text=True, stdin=-1, stdout=-1
        )
        self.bytes = int(self._line())

    def seconds(self) -> float:
        """CPU time of one pass."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


def main() -> None:
    roots = [Path(name).resolve() for name in sys.argv[1:]] + [ROOT]
    trees = [Tree(root) for root in roots]
    rounds = [[tree.seconds() for tree in trees] for _ in range(ROUNDS + 1)][
        1:
    ]  # the first warms up
    with Record("wikitext", "tree", "MB/s, median", "× now, median", "lowest to highest") as record:
        for tree, root, column in zip(trees, roots, range(len(trees)), strict=True):
            rate = tree.bytes / statistics.median(times[column] for times in rounds) / 1e6
            ratios = sorted(times[column] / times[-1] for times in rounds)
            middle = f"{statistics.median(ratios):.2f}"
            name = "now" if root == ROOT else root.name
            record.row(name, f"{rate:.2f}", middle, f"{ratios[0]:.2f} to {ratios[-1]:.2f}")
            tree.process.kill()


if __name__ == "__main__":
    main()
