"""A book in windows: its bytes → lines, some at a time, and what is gone over more than once.

Every step of reading takes windows (lists of consecutive lines, or what was made of them) and gives such,
and decides the same whatever their size; what it must know of the whole book (its licence, notes, running
heads, broken words) it learns while the step before fills a `Spool`. So a book of any size takes the memory
of a few windows. What must be held at once is a paragraph, and a line: `most_bytes` bounds these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import forms, input_files, lines
from albert_data.corpus.source_protocol import BrokenFile

Lines = list[str]
Item = TypeVar("Item")

WINDOW = 1 << 20  # bytes of the file


def text_of(
    path: str, most_bytes: int, where: Callable[[str, int], str], window: int = WINDOW
) -> Iterator[str]:
    r"""The text of a file, some whole lines at a time, decompressed, the byte order mark dropped.

    Args:
        most_bytes: of a line, where ends of lines are \n or \r.
        where: (path, byte) → the place, for people.
        window: bytes that are read at once.

    Raises:
        BrokenFile: it is damaged, empty, of another form, no UTF-8 text, or has a longer line.
    """
    sample = before = b""  # around the first byte that is not ASCII
    for offset, data in _lines_of(path, most_bytes, window):
        if not sample and not data.isascii():
            sample = before + data
        try:
            yield lines.Line(offset, data).text()
        except lines.Undecodable as error:
            # Of UTF-16 the byte of a line's end is half a character.
            error.sample = sample.removesuffix(b"\n") if len(sample) % 2 else sample
            flaw, place = lines.undecodable(error), where(path, error.offset)
            raise BrokenFile(flaw.problem, where=place, fix=flaw.fix, reason=flaw.reason) from None
        before = data


def _lines_of(path: str, most_bytes: int, window: int) -> Iterator[tuple[int, bytes]]:
    """Some whole lines at a time, and the byte at which they begin."""
    with input_files.open_binary(path) as stream:
        held, offset = bytearray(), 0
        while data := stream.read(window):
            if not held and not offset:
                data += stream.read(forms.HEAD)
                lines.refuse_others(data, path)
            end = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
            held += data[:end]
            if end:
                yield offset, bytes(held)
                offset += len(held)
                held = bytearray()
            held += data[end:]
            if len(held) > most_bytes:
                raise too_long("line", most_bytes, f"{path}: byte {offset}")
        if held:
            yield offset, bytes(held)
        elif not offset:
            raise lines.empty_file(path, fix="fetch it again, or leave it out")


def too_long(what: str, most_bytes: int, where: str) -> BrokenFile:
    """The error of what must be held at once and is longer than `sources.max_document_bytes`."""
    problem = f"a {what} longer than {most_bytes:,} bytes"
    fix = "raise sources.max_document_bytes, or put ends of lines into it"
    return BrokenFile(problem, where=where, fix=fix, reason=leave_out.TOO_LONG)


def with_front(windows: Iterable[Lines], count: int) -> Iterator[Lines]:
    """The windows, the first of them with `count` lines or more, if there are so many."""
    front: Lines = []
    later = iter(windows)
    for window in later:
        front += window
        if len(front) >= count:
            break
    yield front
    yield from later


def to_the_last(windows: Iterable[Item]) -> Iterator[tuple[Item, bool]]:
    """Each window, and whether it is the last one."""
    held: list[Item] = []
    for window in windows:
        if held:
            yield held[0], False
        held = [window]
    if held:
        yield held[0], True
