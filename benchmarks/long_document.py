"""One book of many megabytes as one document: peak memory and CPU of reading, first stage and build.

    git worktree add /tmp/before d46426c
    python benchmarks/long_document.py BOOKS VOCABULARY --sizes 8 80 300 [--builds 80] [/tmp/before ...]

The book is made of the books of a folder, again and again, some words changed each time. A process for
each tree, size and stage. Peaks are VmHWM, of a build the largest of its processes; `over` is above what
the process had with everything imported and a small book read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 2**30  # bytes of a document in trees that bound a book
SMALL = "It was one of the old ones.\nWe saw it.\n\n"


def write_book(path: Path, texts: list[str], size: int) -> None:
    """A book of `size` bytes, its names others in each round."""
    with open(path, "wb") as stream:
        number = 0
        while stream.tell() < size:
            for text in texts:
                if number:
                    text = text.replace("Mr. ", f"Mr. Q{number} ", number % 11)
                    text = text.replace(" the ", f" the{number} ", 1 + number % 5)
                stream.write(text.encode()[: size - stream.tell()].decode(errors="ignore").encode())
                stream.write(b"\n\n"[: max(size - stream.tell(), 0)])
            number += 1


def peak() -> int:
    """VmHWM of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def read(book: Path) -> str:
    """Reads a book; SHA-256 of its paragraphs."""
    from albert_data.config.settings import SourceSettings
    from albert_data.corpus.source_protocol import ReadContext, Split
    from albert_data.corpus.sources.books import SOURCE

    digest = hashlib.sha256()
    context = ReadContext(SourceSettings(max_document_bytes=MOST))
    for document in SOURCE.read(Split("books", "book", str(book)), context):
        for paragraph in document.paragraphs:
            digest.update(paragraph.encode() + b"\n")
    return digest.hexdigest()


def tokenize(book: Path, model: Path) -> str:
    """The first stage of a book; the hash of its token file's content."""
    from albert_data.config.load import from_dict
    from albert_data.tokens.cache import plan_units
    from albert_data.tokens.unit import tokenize_unit
    from albert_data.tokens.vocabulary import load_vocabulary

    config = from_dict({"sources": {"max_document_bytes": MOST}})
    vocabulary = load_vocabulary(model)
    with tempfile.TemporaryDirectory() as name:
        for part in ("units", "parts", "left-out"):
            (Path(name) / part).mkdir()
        (unit,) = plan_units([f"books:{book}"], config, vocabulary)
        made = tokenize_unit(unit, Path(name), config, vocabulary, lambda **counts: None)
    return made.files[0].content


def measured(stage: str, book: Path, model: Path) -> dict[str, object]:
    """CPU seconds, peaks and a hash of one stage, in the tree that PYTHONPATH names."""
    with tempfile.TemporaryDirectory() as name:
        small = Path(name) / "small.txt"
        small.write_text(SMALL * 50)
        run = {"read": lambda path: read(path), "first": lambda path: tokenize(path, model)}[stage]
        run(small)
    before, begin = peak(), time.process_time()
    digest = run(book)
    return {
        "seconds": time.process_time() - begin,
        "peak": peak(),
        "over": peak() - before,
        "digest": digest,
    }


def built(book: Path, model: Path) -> dict[str, object]:
    """The same of a whole build, in this environment; the peak is that of its largest process."""
    with tempfile.TemporaryDirectory() as name:
        command = [
            sys.executable, "-m", "albert_data", "build", f"--source=books:{book}", f"--vocab={model}",
            f"--output={name}/out", "--workers=1", f"--set=sources.max_document_bytes={MOST}",
            "--set=pairs.dupe_factor=1",
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        manifest = json.loads((Path(name) / "out/manifest.json").read_text())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    shards = "".join(shard["sha256"] for shard in manifest["shards"])
    return {
        "seconds": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss >> 10,
        "over": 0,
        "digest": hashlib.sha256(shards.encode()).hexdigest(),
    }


def in_tree(tree: Path, stage: str, book: Path, model: Path) -> dict[str, object]:
    environment = os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{tree / 'typings'}"}
    command = [sys.executable, __file__, "--measure", stage, str(book), str(model)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tree)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    from benchmarks.record import Record

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("books", type=Path)
    parser.add_argument("vocabulary", type=Path)
    parser.add_argument("trees", type=Path, nargs="*")
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 80, 300], help="MB")
    parser.add_argument("--builds", type=int, nargs="*", default=[], help="MB of books to build of")
    given = parser.parse_args()
    texts = [path.read_text("utf-8-sig") for path in sorted(given.books.rglob("*.txt"))]
    trees = {tree.name: tree.resolve() for tree in given.trees} | {"now": ROOT}
    headings = ("stage", "MB", "tree", "CPU s", "peak MB", "over", "made")
    with tempfile.TemporaryDirectory() as name, Record("long-document", *headings) as record:
        for size in sorted({*given.sizes, *given.builds}):
            book = Path(name) / f"{size}.txt"
            write_book(book, texts, size * 10**6)
            stages = [("read", given.sizes), ("first", given.sizes), ("build", given.builds)]
            for stage in (stage for stage, sizes in stages if size in sizes):
                for tree, path in trees.items():
                    made = in_tree(path, stage, book, given.vocabulary.resolve())
                    figures = (f"{made['seconds']:.1f}", f"{made['peak']}", f"{made['over'] or ''}")
                    record.row(stage, str(size), tree, *figures, str(made["digest"])[:12])
            book.unlink()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        stage, book, model = sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
        json.dump(
            built(book, model) if stage == "build" else measured(stage, book, model), sys.stdout
        )
    else:
        sys.path.insert(0, str(ROOT))
        main()
