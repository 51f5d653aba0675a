"""The text of a file, plain or compressed, in chunks of at most 1 MiB, from any part of it.

A part of a bzip2 archive is its blocks (`bzip2_blocks`), whatever the number of its streams: one of a whole
dump, or one of about 100 pages (multistream dumps). Nothing is unpacked to find them, no index needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from albert_data.base.errors import DataError
from albert_data.corpus.file_formats import bzip2_blocks, compressed, forms
from albert_data.storage import paths

CHUNK = 2**20
_AHEAD = 2**21  # of an object: a part of a packed dump is hardly longer


def kind_of(path: str) -> str | None:
    """The kind of an archive by its first bytes, None where it is plain."""
    with open_file(path) as file:
        return compressed.kind_of(file.read(compressed.MAGIC_BYTES))


def open_file(path: str) -> BinaryIO:
    """The file as bytes; a failure to open it is a DataError."""
    try:
        return paths.open_binary(path, _AHEAD)
    except OSError as error:
        fix = "check the path and its permissions"
        raise DataError(f"cannot be read: {error.strerror}", where=path, fix=fix) from None


def chunks(path: str, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    """(text, whether it belongs to the part) from the part's start to the file's end.

    A part whose first block is damaged begins after it; the part before it, which is read until a page
    begins beyond its end, comes upon the damage.

    Args:
        start, end: bytes of the file. Of a bzip2 file, the blocks that begin between them are the
            part; other compressed files are always read whole.

    Raises:
        DataError: the archive is truncated or damaged.
    """
    with open_file(path) as file:
        kind = compressed.kind_of(file.read(compressed.MAGIC_BYTES))
        file.seek(start)
        if kind is None:
            found = _plain_chunks(file, start, end)
        elif kind == "bzip2":
            found = _bzip2_chunks(file, path, start, end)
        else:
            found = ((text, True) for _, text in compressed.texts(file, kind, path))
        for number, (text, inside) in enumerate(found):
            if not number and not start:
                # Other XML is the reader's to refuse, which names the element and the place.
                forms.refuse(text, path, own=("mediawiki", "html", "xml"))
            yield text, inside


def _plain_chunks(file: BinaryIO, start: int, end: int | None) -> Iterator[tuple[bytes, bool]]:
    position = start
    while True:
        inside = end is None or position < end
        size = CHUNK if end is None or not inside else min(CHUNK, end - position)
        if not (chunk := file.read(size)):
            return
        position += len(chunk)
        yield chunk, inside


def _bzip2_chunks(
    file: BinaryIO, path: str, start: int, end: int | None
) -> Iterator[tuple[bytes, bool]]:
    for block, text in bzip2_blocks.texts(file, path, start, end):
        inside = end is None or block < end
        yield from ((text[at : at + CHUNK], inside) for at in range(0, len(text), CHUNK))
