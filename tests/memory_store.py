"""An object store in the memory of this process, for what runs in it alone.

What real stores say and do is tested under `engines/`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from pathlib import Path

from albert_data.storage import paths


class MemoryStore(paths.Store):
    """Objects by their path, and the paths of all ranges that were read."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.read_paths: list[str] = []

    def status(self, path: str) -> paths.Status:
        if path not in self.objects:
            raise FileNotFoundError(errno.ENOENT, "no such object", path)
        return paths.Status(len(self.objects[path]), str(hash(self.objects[path])))

    def read(self, path: str, begin: int, end: int | None) -> bytes:
        self.status(path)
        self.read_paths.append(path)
        return self.objects[path][begin:end]

    def write(self, path: str, source: Path) -> None:
        self.objects[path] = Path(source).read_bytes()

    def create(self, path: str, content: bytes) -> bool:
        return self.objects.setdefault(path, content) is content

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        return iter(
            [(p, len(raw)) for p, raw in sorted(self.objects.items()) if p.startswith(prefix)]
        )

    def delete(self, gone: Sequence[str]) -> None:
        for path in gone:
            self.objects.pop(path, None)
