"""What becomes of files when the program does not look: a loss of power, damage, input that changes."""

from __future__ import annotations

import random
from pathlib import Path

from dev.faults.shim import Log


def lose_power(draw: random.Random, log: Log, folder: Path) -> str:
    """What was not fsynced may be lost: the bytes of a file, or its name. Returns what was, in words."""
    told = []
    for name in sorted(log.unsynced | log.unnamed):
        path = Path(name)
        if not path.is_file() or folder not in path.parents or draw.random() < 0.5:
            continue
        size = path.stat().st_size
        ways = ["gone"] if name in log.unnamed else []
        ways += ["empty", "zeros", "cut"] if name in log.unsynced else []
        told.append(f"{path.relative_to(folder)} {_damaged(path, draw.choice(ways), size, draw)}")
    return ", ".join(told) or "nothing lost"


def damage(draw: random.Random, folder: Path, pattern: str = "*") -> str:
    """Damages one file under a folder, if there is one. Returns which and how."""
    files = sorted(path for path in folder.rglob(pattern) if path.is_file() and path.stat().st_size)
    if not files:
        return "no file yet"
    path, other = draw.choice(files), draw.choice(files)
    way = draw.choice(("bit", "zeros", "cut", "gone", "swapped"))
    name = path.relative_to(folder)
    if way == "swapped":
        path_bytes, other_bytes = path.read_bytes(), other.read_bytes()
        path.write_bytes(other_bytes)
        other.write_bytes(path_bytes)
        return f"{name} swapped with {other.relative_to(folder)}"
    return f"{name} {_damaged(path, way, path.stat().st_size, draw)}"


def _damaged(path: Path, way: str, size: int, draw: random.Random) -> str:
    raw = path.read_bytes()
    if way == "gone":
        path.unlink()
    elif way == "bit" and raw:
        at = draw.randrange(size)
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << draw.randrange(8)]) + raw[at + 1 :])
    else:
        kept = {"empty": b"", "zeros": bytes(size), "cut": raw[: draw.randrange(size or 1)]}
        path.write_bytes(kept.get(way, raw))
    return way


def change_input(draw: random.Random, corpus: Path) -> str:
    """Changes one file of a corpus so that it stays good input: a text is edited or gone, or one is added."""
    books = sorted((corpus / "books").iterdir())
    way = draw.choice(("edited", "touched", "added", "gone", "row"))
    if way == "added":
        (corpus / "books" / "book-new.txt").write_bytes(
            books[0].read_bytes()[::-1].replace(b".", b". ")
        )
    elif way == "gone" and len(books) > 1:
        books[-1].unlink()
    elif way == "row":
        path = corpus / "rows.jsonl"
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))
    elif way == "touched":
        books[0].write_bytes(books[0].read_bytes())
    else:
        books[0].write_bytes(books[0].read_bytes().replace(b"the", b"The"))
    return way
