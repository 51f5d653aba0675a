"""Lines of a file with their byte offsets, in constant memory, whole or of a byte range.

Lines stay bytes until a caller wants text, so that a line that cannot be read is the caller's to
report or to drop. A line belongs to the range in which its first byte lies, so adjoining ranges
give every line exactly once. The work is done in C: about 1 GB/s.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from albert_data.corpus.file_formats import forms, input_files
from albert_data.corpus.source_protocol import BrokenFile, Flaw, ReadContext, Split

_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\x0b\x0c"  # bytes.strip's white space, less the line ends


class Undecodable(ValueError):
    """A line that is not UTF-8; `offset` is the file's first such byte, `byte` its value."""

    def __init__(self, offset: int, byte: int) -> None:
        super().__init__(offset, byte)
        self.offset = offset
        self.byte = byte


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file.

    Attributes:
        offset: the (decompressed) file's byte at which it begins.
        data: its bytes without the line end; a BOM at the file's start is kept. Cut off after the
            limit where `too_long`.
        too_long: it is longer than the limit.
    """

    offset: int
    data: bytes
    too_long: bool = False

    def text(self) -> str:
        """The line as text, the file's BOM dropped; raises Undecodable."""
        skip = len(_BOM) if self.offset == 0 and self.data.startswith(_BOM) else 0
        try:
            return str(memoryview(self.data)[skip:], "utf-8")
        except UnicodeDecodeError as error:
            at = skip + error.start
            raise Undecodable(self.offset + at, self.data[at]) from None

    def is_blank(self) -> bool:
        """Nothing but ASCII white space (and the file's BOM)."""
        data = self.data.removeprefix(_BOM) if self.offset == 0 else self.data
        return not data.strip()


def read(stream: io.BufferedReader, start: int = 0, limit: int = 1 << 62) -> Iterator[Line]:
    r"""Lines whose first byte lies at `start` or after it; \n, \r\n and \r end one.

    Args:
        stream: at its beginning; seekable where start > 0.
        start: a byte of the file.
        limit: bytes of a line; of longer ones only the beginning is kept.
    """
    position = 0
    if start:
        # A line that begins at `start` is known by the line end before it.
        position = stream.seek(start - 1)
    first, tail, skipped, more = bool(start), b"", 0, True
    while more:
        chunk = stream.read1(_CHUNK)
        more = bool(chunk)
        data = tail + chunk
        held = b""
        if more and data.endswith(b"\r"):  # the \n of a \r\n may follow
            data, held = data[:-1], b"\r"
        tail = b""
        for raw in data.splitlines(keepends=True):
            if more and not raw.endswith((b"\n", b"\r")):
                tail = raw
                if len(tail) > limit + 1:
                    skipped += len(tail) - limit - 1
                    tail = tail[: limit + 1]
                break
            body = raw.rstrip(b"\r\n")
            if not first:
                yield Line(position, body[:limit], too_long=bool(skipped) or len(body) > limit)
            position += len(raw) + skipped
            first, skipped = False, 0
        tail += held


def line_before_is_blank(stream: io.BufferedReader, start: int) -> bool:
    """Whether the line that holds byte `start - 1` is blank, in constant memory; start > 0."""
    stream.seek(0)
    mark = len(_BOM) if stream.read(len(_BOM)) == _BOM else 0
    stream.seek(max(start - 1, mark))
    while rest := stream.read(4096):
        if rest := rest.lstrip(_SPACE):
            if rest[0] not in b"\r\n":
                return False
            break
    stream.seek(max(start - 2, 0))
    end = start - 2 if start > 1 and stream.read(2) == b"\r\n" else start - 1
    while end > mark:
        begin = max(end - 4096, mark)
        stream.seek(begin)
        before = stream.read(end - begin).rstrip(_SPACE)
        if before:
            return before[-1] in b"\r\n"
        end = begin
    return True


def need_content(stream: io.BufferedReader, split: Split, own: tuple[str, ...] = ()) -> None:
    """Raises BrokenFile where a file, at whose beginning the split is, holds nothing or something else.

    Args:
        own: the forms that are read (`forms.FORMS`).
    """
    if split.start:
        return
    if not (head := stream.peek(forms.HEAD)):
        raise empty_file(split.path)
    forms.refuse(head, split.path, own)


def empty_file(path: str, problem: str = "the file is empty") -> BrokenFile:
    """The error of a file in which there is nothing."""
    return BrokenFile(problem, where=path, reason="empty file")


def place(path: str, offset: int) -> str:
    """`path: line L, byte B` for an error message; counts the lines before by reading them."""
    with input_files.open_binary(path) as stream:
        number = 0
        for line in read(stream, limit=1):
            if line.offset > offset:
                break
            number += 1
    return f"{path}: line {max(number, 1)}, byte {offset}"


def where(context: ReadContext, path: str, offset: int) -> str:
    """The place of broken input; the line is counted only where it ends the run."""
    fails = context.settings.bad_input == "fail"
    return place(path, offset) if fails else f"{path}: byte {offset}"


def undecodable(error: Undecodable) -> Flaw:
    """Of bytes that are not UTF-8."""
    problem = f"not valid UTF-8 (byte 0x{error.byte:02X})"
    fix = "convert the file, for example with iconv -f latin1 -t utf-8"
    return Flaw("undecodable", problem, fix)
