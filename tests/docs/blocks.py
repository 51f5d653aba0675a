"""The code blocks of README.md and docs/, and a folder in which they can be run as they stand.

A block says what it is: `sh` and `python` are run, in the order of the page, `yaml` is written to the file
that its first line names; `text` is what a command prints, or a picture. One that cannot be run here says
so to every reader, in its first line: `# not run by the tests: it needs a TPU`. Of `make` only that the
target is there is tested.
"""

from __future__ import annotations

import bz2
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.shared import EXAMPLES, ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LANGUAGES = ("sh", "python", "yaml", "diff", "text")
_FENCED = re.compile(r"^```(\S*)\n(.*?)^```$", re.M | re.S)
_NOT_RUN = re.compile(r"# not run by the tests: (.+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        place: page and line, as `README.md:7`.
        language: what stands behind the fence.
        text: what stands between the fences.
        not_run: why the tests do not run it; empty where they do.
    """

    place: str
    language: str
    text: str
    not_run: str = ""


def blocks_of(page: str, name: str) -> list[Block]:
    """The fenced blocks of a page in their order."""
    found = []
    for fenced in _FENCED.finditer(page):
        reason = _NOT_RUN.match(fenced[2])
        line = page.count("\n", 0, fenced.start()) + 1
        found.append(Block(f"{name}:{line}", fenced[1], fenced[2], reason[1] if reason else ""))
    return found


def all_blocks() -> dict[str, list[Block]]:
    """The blocks of each page that has any."""
    pages = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
    blocks = {name: blocks_of(text, name) for name, text in pages.items()}
    return {name: own for name, own in blocks.items() if own}


def furnish(folder: Path, build: Path, vocabulary: Path) -> None:
    """Puts into a folder what the pages call by the names that they use.

    Args:
        build: a shard set with its token cache.
        vocabulary: the one that it was made with.
    """
    (folder / "BOOKS").symlink_to(EXAMPLES / "books")
    (folder / "model").symlink_to(ROOT / "model")
    (folder / "DUMP.xml.bz2").write_bytes(bz2.compress((EXAMPLES / "wikipedia.xml").read_bytes()))
    for name in ("my.model", "albert.model"):
        shutil.copy(vocabulary, folder / name)
    shutil.copytree(build, folder / "shards")
    for name in ("wiki", "books"):  # shard sets of a mixture
        (folder / name).symlink_to("shards")
    shutil.copytree(build / "tokens", folder / "TOKENS")
    shutil.copy(build / "shards-00000-of-00004", folder / "reference.tfrecord")
    _evaluation_files(folder)
    programs(folder / "bin")


def _evaluation_files(folder: Path) -> None:
    """Two articles of SQuAD's, two of RACE's and a row of GLUE's, all of a few sentences."""
    text = "The towers stood on hills. Each had a frame of ten shutters. A message took minutes."
    asked = "What stood on hills?"
    question = {"question": asked, "id": "1", "answers": [{"text": "The towers"}]}
    article = {"title": "Towers", "paragraphs": [{"context": text, "qas": [question]}] * 2}
    options = ["The towers", "A frame", "A message", "Nothing"]
    race = {"article": text, "questions": [asked], "answers": ["A"], "options": [options]}
    files = {
        "squad/dev-v2.0.json": json.dumps({"version": "v2.0", "data": [article] * 2}),
        "RACE/dev/high/1.txt": json.dumps({**race, "id": "high1.txt"}),
        "RACE/dev/high/2.txt": json.dumps({**race, "id": "high2.txt"}),
        "glue/RTE/dev.tsv": f"index\tsentence1\tsentence2\tlabel\n0\t{text}\t{text}\tentailment\n",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def programs(folder: Path) -> None:
    """`python` and our commands of this environment; a `make` that only says what it would do."""
    trainer = 'exec "%s" -c "from albert_model.%s import main; main()" "$@"'
    commands = {
        "albert-train": trainer % (sys.executable, "train_tpu"),
        "albert-evaluate": trainer % (sys.executable, "evaluate"),
        "python": f'exec "{sys.executable}" "$@"',
        "albert-data": f'exec "{sys.executable}" -c "from albert_data.cli import main; main()" "$@"',
        "make": f'exec "{shutil.which("make")}" --dry-run --directory "{ROOT}" "$@"',
    }
    folder.mkdir()
    for name, command in commands.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{command}\n")
        path.chmod(0o755)
