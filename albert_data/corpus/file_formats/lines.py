"""Lines of a file with their byte offsets, in constant memory, whole or of a byte range.

Lines stay bytes until a caller wants text, so that a line that cannot be read is the caller's to
report or to drop. A line belongs to the range in which its first byte lies, so adjoining ranges
give every line exactly once. The work is done in C: about 1 GB/s.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass

from albert_data.base.tally import LISTED_CHARACTERS
from albert_data.config.settings import SourceSettings
from albert_data.corpus import characters
from albert_data.corpus.file_formats import encodings, forms, input_files
from albert_data.corpus.source_protocol import BrokenFile, Flaw, ReadContext, Split

_CHUNK = 1 << 20
_PART = 4096
_BOM = b"\xef\xbb\xbf"
_CONTINUING = bytes(range(0x80, 0xC0))  # UTF-8's bytes within a character
_GRAPHIC_BEFORE, _DELETE = 0x20, 0x7F  # between them, ASCII's characters that are seen


class Undecodable(ValueError):
    """A line that is not UTF-8.

    Attributes:
        offset, byte: the file's first such byte, its value.
        sample: the line, or more of the text around it.
    """

    def __init__(self, offset: int, byte: int, sample: bytes = b"") -> None:
        super().__init__(offset, byte)
        self.offset = offset
        self.byte = byte
        self.sample = sample


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file.

    Attributes:
        offset: the (decompressed) file's byte at which it begins.
        data: its bytes without the line end; a BOM at the file's start is kept. Where `too_long`, the
            first bytes from the first that is seen, at most the limit: nothing of a blank line.
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
            raise Undecodable(self.offset + at, self.data[at], self.data) from None

    def begins(self) -> str:
        """Its first characters, for the list of what is left out; U+FFFD for what is not UTF-8."""
        return self.data[:LISTED_CHARACTERS].decode(errors="replace")

    def is_blank(self) -> bool:
        """Nothing but white space of any kind and characters that the clean-up takes out."""
        data = self.data.lstrip()
        if not data or _GRAPHIC_BEFORE < data[0] < _DELETE:
            return not data
        return characters.is_blank(data.decode("utf-8", "surrogateescape"))


def read(stream: io.BufferedReader, start: int = 0, limit: int = 1 << 62) -> Iterator[Line]:
    r"""Lines whose first byte lies at `start` or after it; \n, \r\n and \r end one.

    Args:
        stream: at its beginning; seekable where start > 0.
        start: a byte of the file.
        limit: bytes of a line; of longer ones only the beginning is kept (`Line.data`).
    """
    position = 0
    if start:
        # A line that begins at `start` is known by the line end before it.
        position = stream.seek(start - 1)
    kept = max(limit + 1, 4)  # all of a character that the next chunk ends
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
                tail = _from_the_seen(raw)[:kept] if len(raw) > kept else raw
                skipped += len(raw) - len(tail)
                break
            body = raw.rstrip(b"\r\n")
            too_long = bool(skipped) or len(body) > limit
            if not first:
                beginning = _from_the_seen(body)[:limit] if too_long else body
                yield Line(position, beginning, too_long)
            position += len(raw) + skipped
            first, skipped = False, 0
        tail += held
    if skipped and not first:  # a blank one, of which nothing is kept
        yield Line(position, b"", too_long=True)


def _from_the_seen(data: bytes) -> bytes:
    """A line's bytes without the blank ones at its beginning; reads these alone."""
    begin, blank = 0, 1
    while blank:
        part = data[begin : begin + _PART]
        seen = part.decode("utf-8", "surrogateescape").lstrip(characters.BLANK)
        blank = len(part) - len(seen.encode("utf-8", "surrogateescape"))
        begin += blank
    return data[begin:]


def line_before_is_blank(stream: io.BufferedReader, start: int) -> bool:
    """Whether the line that holds byte `start - 1` is blank, in constant memory; start > 0."""
    place = _character(stream, start - 1)
    stream.seek(place)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    data = b"."
    while data:
        data = stream.read(_PART)
        if rest := decoder.decode(data, final=not data).lstrip(characters.BLANK):
            if rest[0] not in "\r\n":
                return False
            break
    stream.seek(max(place - 1, 0))
    end = place - 1 if place and stream.read(2) == b"\r\n" else place
    while end:
        begin = _character(stream, max(end - _PART, 0))
        stream.seek(begin)
        before = stream.read(end - begin).decode("utf-8", "surrogateescape")
        if before := before.rstrip(characters.BLANK):
            return before[-1] in "\r\n"
        end = begin
    return True


def _character(stream: io.BufferedReader, place: int) -> int:
    """The byte at which the UTF-8 character begins that holds byte `place`."""
    begin = max(place - 3, 0)
    stream.seek(begin)
    data = stream.read(place - begin + 1)
    head = data.rstrip(_CONTINUING)
    return begin + len(head) - 1 if head != data and head[-1:] > b"\x7f" else place


def is_text(stream: io.BufferedReader, split: Split, own: tuple[str, ...] = ()) -> bool:
    """Whether the split's file begins as UTF-8 text does; of one that does not, the first part says so.

    Args:
        stream: at its beginning, where it stays but for a later part of a file.
        own: the forms that are read (`forms.FORMS`).

    Raises:
        BrokenFile: the split is the first of a file that holds nothing, has another form or is no UTF-8.
    """
    head = stream.read(forms.HEAD) if split.start else stream.peek(forms.HEAD)
    try:
        if not head:
            raise empty_file(split.path)
        refuse_others(head, split.path, own)
    except BrokenFile:
        if split.start:
            return False
        raise
    return True


def refuse_others(head: bytes, path: str, own: tuple[str, ...] = ()) -> None:
    """Raises BrokenFile where a file's beginning shows another form than `own`, or no UTF-8 text."""
    forms.refuse(head, path, own)
    encodings.refuse_wide(head[: forms.HEAD], path)


def empty_file(path: str, problem: str = "the file is empty", fix: str = "") -> BrokenFile:
    """The error of a file in which there is nothing."""
    return BrokenFile(problem, where=path, fix=fix, reason="empty file")


def place(path: str, offset: int) -> str:
    """`path: line L, byte B` for an error message; counts the lines before by reading them."""
    with input_files.open_binary(path) as stream:
        number = 0
        for line in read(stream, limit=1):
            if line.offset > offset:
                break
            number += 1
    return f"{path}: line {max(number, 1)}, byte {offset}"


def where(context: ReadContext, path: str, offset: int, number: int | None = None) -> str:
    """The place of broken input; a line whose number is not known is counted only where it ends the run."""
    if number is not None:
        return f"{path}: line {number}, byte {offset}"
    fails = context.settings.bad_input == "fail"
    return place(path, offset) if fails else f"{path}: byte {offset}"


def undecodable(error: Undecodable, settings: SourceSettings | None = None) -> Flaw:
    """Of bytes that are not UTF-8.

    Args:
        settings: under which it is an error or not; the likely encoding is found out for an error.
    """
    problem = f"not valid UTF-8 (byte 0x{error.byte:02X})"
    fails = settings is None or settings.bad_input == "fail"
    return Flaw("undecodable", problem, encodings.advice(error.sample) if fails else "")
