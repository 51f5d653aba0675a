"""Speed of wikitext extraction in this tree beside another one, such as that of the last release.

    python benchmarks/extraction_speed.py ../other-tree [rounds]

Both trees read the same pages of ../shared/data/wiki, in processes of their own that take turns, one pass
each a round: what else the machine does then weighs on both. CPU seconds are compared, round by round.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WIKI = ROOT.parent / "shared" / "data" / "wiki"
ROUNDS = 7

WORKER = """
import sys, time
from pathlib import Path
from albert_data.config.settings import Config
from albert_data.corpus.plan import plan_all
from albert_data.corpus.wikitext import extract
from albert_data.corpus.wikitext.dump_pages import raw_pages
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
    other, here = Tree(Path(sys.argv[1]).resolve()), Tree(ROOT)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    times = [(other.seconds(), here.seconds()) for _ in range(rounds + 1)][1:]  # the first warms up
    for name, tree, column in (("other tree", other, 0), ("this tree", here, 1)):
        rate = tree.bytes / statistics.median(pair[column] for pair in times) / 1e6
        print(f"{name}: {rate:.2f} MB/s")
        tree.process.kill()
    ratios = sorted(before / after for before, after in times)
    print(f"this / other: {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")


if __name__ == "__main__":
    main()
