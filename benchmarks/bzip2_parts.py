"""One stream of bzip2 in parts: the pages of a Wikipedia dump, each part read by itself.

    python benchmarks/bzip2_parts.py DUMP.xml.bz2 [--mb 24] [--rounds 3]

Packs the dump's text anew as one stream, several times over where it is shorter than `--mb`, and reads its
pages whole and in parts, in turn; the medians of CPU seconds of this process, beside those of bz2 from the
standard library alone. `longest` is what a machine with a worker a part would wait for; the pages are
compared by their SHA-256.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from record import Record

from albert_data.corpus.source_protocol import Split
from albert_data.corpus.wikitext.dump_pages import raw_pages

HEADINGS = ("parts", "CPU s, all", "CPU s, longest", "longest, of the whole", "all, of bz2 alone")
PARTS = (1, 2, 4, 8)
LIMIT = 8 * 2**20  # bytes of a page


def write_stream(dump: Path, path: Path, size: int) -> None:
    text = bz2.decompress(dump.read_bytes())
    first, last = text.index(b"<page>"), text.rindex(b"</page>") + len(b"</page>")
    pages = text[first:last]
    times = -(-size // len(pages))
    path.write_bytes(bz2.compress(text[:first] + b"\n".join([pages] * times) + text[last:]))


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def in_parts(path: Path, parts: int) -> tuple[list[float], str]:
    """CPU seconds of each part, and a hash of all pages."""
    size, digest, taken = path.stat().st_size, hashlib.sha256(), []
    bounds = [*(size * i // parts for i in range(parts)), None]
    for start, end in pairwise(bounds):
        found: list[bytes] = []
        split = Split("wikipedia", path.name, str(path), start or 0, end)
        taken.append(seconds(lambda: found.extend(p.data for p in raw_pages(split, LIMIT))))  # noqa: B023
        digest.update(b"".join(found))
    return taken, digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dump", type=Path)
    parser.add_argument("--mb", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Record("bzip2-parts", *HEADINGS) as record:
        path = Path(name) / "dump.xml.bz2"
        write_stream(asked.dump, path, asked.mb * 10**6)
        packed = path.read_bytes()
        alone, rounds = [], {parts: [] for parts in PARTS}
        hashes = set()
        for _ in range(asked.rounds):
            alone.append(seconds(lambda: bz2.decompress(packed)))
            for parts in PARTS:
                taken, digest = in_parts(path, parts)
                rounds[parts].append(taken)
                hashes.add(digest)
        assert len(hashes) == 1, "parts have other pages than the whole"
        whole = statistics.median(sum(taken) for taken in rounds[1])
        for parts, own in rounds.items():
            every = statistics.median(map(sum, own))
            longest = statistics.median(map(max, own))
            of_bz2 = every / statistics.median(alone)
            record.row(
                str(parts),
                f"{every:.2f}",
                f"{longest:.2f}",
                f"{longest / whole:.3f}",
                f"{of_bz2:.2f}",
            )


if __name__ == "__main__":
    main()
