"""Other forms that a file may have than the one it is read as, by its first bytes, and the way that works.

A file that is opened as text is looked at before it is read, so that a gzip archive named `.txt`, a PDF or
WikiExtractor's `<doc>` file is named as what it is, and never read as prose. Tables only; `refuse` is the
one use of them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from albert_data.corpus.file_formats import compressed
from albert_data.corpus.source_protocol import BrokenFile

HEAD = 4096  # bytes that are looked at
REASON = "another form"

# Suffix of what is packed in a way that is not read → how to unpack it.
UNPACK = {
    ".7z": "unpack it: 7z x FILE, or 7z x -so FILE | zstd > FILE.zst",
    ".zip": "unpack it: unzip FILE",
    ".rar": "unpack it: unrar x FILE",
    ".tar": "unpack it: tar xf FILE",
    ".tgz": "unpack it: tar xf FILE",
    ".tbz2": "unpack it: tar xf FILE",
    ".txz": "unpack it: tar xf FILE",
    ".lz4": "unpack it: lz4 -d FILE",
    ".lz": "unpack it: lzip -d FILE",
    ".lzma": "unpack it: unlzma FILE",
    ".lzo": "unpack it: lzop -d FILE",
    ".br": "unpack it: brotli -d FILE",
    ".z": "unpack it: uncompress FILE",
    ".part": "complete the download",
    ".crdownload": "complete the download",
    ".partial": "complete the download",
    ".aria2": "complete the download",
}
_DUMP = "read the pages-articles dump of that wiki: --source wikipedia:FILE.xml.bz2"
_AS_TEXT = "save it as plain text in UTF-8"
_NO_TEXT = "leave it out: it holds no text"
_PACKED_TEXT = "its name does not say so: rename it to end in {suffix}"


class Form(NamedTuple):
    """A form of files.

    Attributes:
        name: such as `json`, by which a reader says that it is its own.
        head: what such a file begins with, after a byte order mark and white space where it is text.
        what: it is, for people.
        way: that works.
    """

    name: str
    head: re.Pattern[bytes]
    what: str
    way: str


def _binary(name: str, head: bytes, what: str, way: str) -> Form:
    return Form(name, re.compile(head, re.DOTALL), what, way)


def _text(name: str, head: bytes, what: str, way: str) -> Form:
    start = rb"(?:\xef\xbb\xbf)?\s*"
    return Form(name, re.compile(start + head, re.IGNORECASE), what, way)


WIKITEXT = _text(
    "wikitext-103", rb"= [^=\n]+[^=\s] =[ \t]*\r?\n", "a file of WikiText-2 or -103", _DUMP
)
FORMS = (
    _binary("gzip", rb"\x1f\x8b\x08", "a gzip archive", _PACKED_TEXT.format(suffix=".gz")),
    _binary("bzip2", rb"BZh[1-9]1AY&SY", "a bzip2 archive", _PACKED_TEXT.format(suffix=".bz2")),
    _binary("xz", rb"\xfd7zXZ\0", "an xz archive", _PACKED_TEXT.format(suffix=".xz")),
    _binary("zstd", rb"\x28\xb5\x2f\xfd", "a zstd archive", _PACKED_TEXT.format(suffix=".zst")),
    _binary("7z", rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK[".7z"]),
    _binary("zip", rb"PK(?:\x03\x04|\x05\x06)", "a zip archive, or an .epub, .docx or .odt",
            "unpack it, or convert it to text, for example with pandoc -t plain"),
    _binary("rar", rb"Rar!\x1a\x07", "a rar archive", UNPACK[".rar"]),
    _binary("lz4", rb"\x04\x22\x4d\x18", "an lz4 archive", UNPACK[".lz4"]),
    _binary("lzip", rb"LZIP", "an lzip archive", UNPACK[".lz"]),
    _binary("compress", rb"\x1f\x9d", "an archive of compress", UNPACK[".z"]),
    _binary("tar", rb".{257}ustar", "a tar archive of files", UNPACK[".tar"]),
    _binary("parquet", rb"PAR1", "a Parquet file", "name it as --source parquet:FILE"),
    _binary("arrow", rb"ARROW1\0\0", "an Arrow file", "name its folder: --source huggingface:FOLDER"),
    _binary("sqlite", rb"SQLite format 3\0", "an SQLite data base", "write its rows as JSON lines"),
    _binary("pdf", rb"%PDF-", "a PDF", "convert it to text, for example with pdftotext"),
    _binary("rtf", rb"\{\\rtf", "a rich text file", "convert it, for example with pandoc -t plain"),
    _binary("djvu", rb"AT&TFORM", "a DjVu document", "take its text out, for example with djvutxt"),
    _binary("office", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of old Microsoft Office", _AS_TEXT),
    _binary("mobi", rb".{60}BOOKMOBI", "a MOBI book", _AS_TEXT),
    _binary("picture", rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP",
            "a picture", _NO_TEXT),
    _binary("recording", rb"RIFF.{4}(?:WAVE|AVI )|ID3[\x02-\x04]|OggS\0|fLaC\0|\0\0\0.ftyp|\x1a\x45\xdf\xa3",
            "a recording", _NO_TEXT),
    _binary("arrays", rb"\x93NUMPY|\x89HDF\r\n", "a file of arrays", _NO_TEXT),
    _binary("program", rb"\x7fELF|\xfe\xed\xfa[\xce\xcf]|\xcf\xfa\xed\xfe|MZ.{1,126}PE\0\0",
            "a program", _NO_TEXT),
    _text("mediawiki", rb"(?:<\?xml[^>]*>\s*)?<mediawiki\b", "a MediaWiki XML dump",
          "name it as --source wikipedia:FILE"),
    _text("doc", rb"<doc (?:id|url|title)=", "a file of WikiExtractor's <doc> form", _DUMP),
    _text("html", rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b", "an HTML page",
          "convert it to text, for example with pandoc -t plain"),
    _text("xml", rb"<\?xml\b", "an XML file", "convert it to text"),
    WIKITEXT,
    _text("json", rb"\{\s*(?:\"|\}\s*$)", "JSON", "name it as --source jsonl:FILE"),
    _text("array", rb"\[\s*(?:\{\s*\"|\]\s*$)", "a JSON array",
          "write one JSON object a line: jq -c '.[]' FILE > FILE.jsonl"),
)  # fmt: skip


def form_of(head: bytes, own: tuple[str, ...] = ()) -> Form | None:
    """The form of a file that begins so, where it is one of FORMS and none of `own`."""
    form = next((form for form in FORMS if form.head.match(head)), None)
    return None if form is None or form.name in own else form


def refuse(head: bytes, path: str, own: tuple[str, ...] = ()) -> None:
    """Raises BrokenFile for a file that has another form.

    Args:
        head: its first bytes, unpacked; HEAD of them are enough.
        own: names of the forms that its reader reads.
    """
    if form := form_of(head[:HEAD], own):
        problem, fix = f"not read here: this is {form.what}", form.way
        if form.name in compressed.PACKINGS and compressed.kind_by_name(path):
            problem = f"packed twice: within the archive lies {form.what}"
            fix = "unpack it once, and name what comes by its own suffix"
        raise BrokenFile(problem, where=path, fix=fix, reason=REASON)
