"""Bytes of a MediaWiki XML dump, plain or compressed, to those of its pages, in constant memory.

A page belongs to the part of the file in which its `<page>` begins; a part may begin anywhere. `<`
is always escaped inside a page's text, so a search for the tags finds exactly the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from albert_data.base.errors import DataError
from albert_data.corpus.file_formats.archives import CHUNK, chunks
from albert_data.corpus.file_formats.compressed import AGAIN, kind_by_name
from albert_data.corpus.source_protocol import Split
from albert_data.corpus.wikitext.page import Site
from albert_data.corpus.wikitext.site_words import fold

_HEAD_LIMIT = 2**20
_OPEN, _CLOSE, _END = b"<page>", b"</page>", b"</mediawiki>"
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_DUMP = "name a pages-articles dump as published on dumps.wikimedia.org"


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as it stands in the dump.

    Attributes:
        offset: of its first byte, in the text decompressed from the split's start.
        data: from `<page>` to `</page>`; only the beginning where `too_long`.
    """

    offset: int
    data: bytes
    too_long: bool = False


def raw_pages(split: Split, limit: int) -> Iterator[RawPage]:
    """Every page that begins in the split, in order.

    Args:
        limit: bytes; of a longer page only the first CHUNK bytes or so are kept.

    Raises:
        DataError: the file is truncated, damaged, or not a dump.
    """
    return _Scanner(split, limit).pages()


def place(split: Split, offset: int) -> str:
    """Where a byte of the split's text is, for a person."""
    packed = kind_by_name(split.path) is not None
    if not packed:
        return f"{split.path}, byte {split.start + offset}"
    after = f" after archive byte {split.start}" if split.start else ""
    return f"{split.path}, decompressed byte {offset}{after}"


def read_site(path: str, variant: str = "") -> Site:
    """Checks that the file begins as a MediaWiki dump and gives the wiki that it is of.

    Args:
        variant: `sources.variant`.

    Raises:
        DataError: empty, not XML, another kind of XML, or with a document type declaration (which
            can declare entities; dumps have none).
    """
    head = b""
    for chunk, _ in chunks(path, 0, None):
        head += chunk
        if _OPEN in head or _END in head or len(head) > _HEAD_LIMIT:
            break
    if not head:
        raise DataError("the file is empty", where=path, fix=_DUMP)
    parsed = _Head(path)
    parsed.parse(head)
    return Site(parsed.language, parsed.name or Site().name, parsed.namespaces, variant)


class _Head:
    """Reads what precedes the first page."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.language = ""
        self.name = ""
        self.namespaces: dict[str, int] = {}
        self._root = ""
        self._key: str | None = None
        self._text = ""
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read

    def parse(self, head: bytes) -> None:
        page = head.find(_OPEN)
        try:
            self._parser.Parse(head if page < 0 else head[:page], False)
        except expat.ExpatError as error:
            where = f"{self.path}, line {error.lineno}, column {error.offset + 1}"
            problem = f"not a MediaWiki XML dump: {expat.errors.messages[error.code]}"
            raise DataError(problem, where=where, fix=_DUMP) from None
        if not self._root or (page < 0 and _END not in head):
            raise DataError(
                "not a MediaWiki XML dump, or cut off before its first page",
                where=f"{self.path}, byte {len(head)}",
                fix=_DUMP,
            )

    def _doctype(self, name: str, *_: object) -> None:
        line, byte = self._parser.CurrentLineNumber, self._parser.CurrentByteIndex
        raise DataError(
            f"a document type or entity declaration ({name}) is refused: it can hide an entity"
            " bomb or read other files",
            where=f"{self.path}, line {line}, byte {byte}",
            fix="dumps have none; download it again from dumps.wikimedia.org",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._root:
            if name != "mediawiki":
                raise DataError(
                    f"not a MediaWiki XML dump: the root element is <{name}>",
                    where=f"{self.path}, line {self._parser.CurrentLineNumber}",
                    fix=_DUMP,
                )
            self._root = name
            self.language = attributes.get("xml:lang", "").strip().lower()
        self._key = attributes.get("key") if name == "namespace" else None
        self._text = ""

    def _read(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        if name == "sitename":
            self.name = self._text.strip()
        elif name == "namespace" and self._key is not None:
            if not _NUMBER.fullmatch(self._key):
                raise DataError(
                    f"a namespace whose key is no number: {self._key[:40]!r}",
                    where=f"{self.path}, line {self._parser.CurrentLineNumber}",
                    fix=AGAIN,
                )
            self.namespaces[fold(self._text)] = int(self._key)
        self._key = None


class _Scanner:
    """Finds the pages of one split in its decompressed chunks.

    `_buffer` holds the text from `_base` on; `_inside` is where the split's own text ends, once
    known.
    """

    def __init__(self, split: Split, limit: int) -> None:
        self._split = split
        self._limit = limit
        self._chunks = chunks(split.path, split.start, split.end)
        self._buffer = bytearray()
        self._base = 0
        self._inside: int | None = None

    def pages(self) -> Iterator[RawPage]:
        first = True
        while True:
            start = self._find(_OPEN, 0, keep=not first)
            if start < 0:
                self._check_end(first)
                return
            if not first and (between := bytes(self._buffer[:start]).strip()):
                self._refuse(between)
            if self._inside is not None and self._base + start >= self._inside:
                return
            self._forget(start)
            yield self._page()
            first = False

    def _page(self) -> RawPage:
        """The page at the buffer's start, which is then forgotten."""
        offset = self._base
        end = self._find(_CLOSE, 0, keep=True, limit=self._limit)
        if end >= 0 and end + len(_CLOSE) <= self._limit:
            data = bytes(self._buffer[: end + len(_CLOSE)])
            self._forget(len(data))
            return RawPage(offset, data)
        beginning = bytes(self._buffer[: min(CHUNK, self._limit)])
        if end < 0:
            end = self._find(_CLOSE, 0, keep=False)
        if end < 0:
            self._cut_off(offset, beginning)
        self._forget(end + len(_CLOSE))
        return RawPage(offset, beginning, too_long=True)

    def _find(self, tag: bytes, position: int, keep: bool, limit: int | None = None) -> int:
        """Index of the tag in the buffer, -1 at the file's end or when the limit is passed.
        Without `keep`, text already searched is forgotten."""
        while True:
            found = self._buffer.find(tag, position)
            if found >= 0 or (limit is not None and len(self._buffer) > limit):
                return found
            position = max(0, len(self._buffer) - len(tag) + 1)
            if not keep:
                self._forget(position)
                position = 0
            elif limit is None and len(self._buffer) > _HEAD_LIMIT:
                self._refuse(bytes(self._buffer[:80]))
            chunk, inside = next(self._chunks, (b"", False))
            if not chunk:
                return -1
            if not inside and self._inside is None:
                self._inside = self._base + len(self._buffer)
            self._buffer += chunk

    def _forget(self, count: int) -> None:
        del self._buffer[:count]
        self._base += count

    def _check_end(self, no_page: bool) -> None:
        if no_page:
            return
        left = bytes(self._buffer).strip()
        if left and left != _END:
            self._refuse(left)
        if not left:
            self._cut_off(self._base + len(self._buffer), b"")

    def _refuse(self, text: bytes) -> None:
        shown = text[:40].decode("utf-8", "replace")
        raise DataError(
            f"not a well-formed dump: {shown!r} between two pages or after the last",
            where=place(self._split, self._base),
            fix=AGAIN,
        )

    def _cut_off(self, offset: int, beginning: bytes) -> None:
        title = re.search(rb"<title>([^<]*)", beginning)
        page = f" in the middle of page {title[1].decode('utf-8', 'replace')!r}" if title else ""
        if beginning and not title:
            page = " in the middle of a page"
        raise DataError(
            f"the dump is cut off{page}: it ends without </mediawiki>",
            where=place(self._split, offset),
            fix=AGAIN,
        )
