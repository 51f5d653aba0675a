"""What a file is that is no UTF-8 text, and how to make UTF-8 of it: binary by its magic number, UTF-16 or
UTF-32 by its beginning, another encoding by the guesses of charset-normalizer, of which those that mix
scripts come last.

Magic numbers are those of the formats' own descriptions. UTF-16 and UTF-32 are known by their byte order
mark, or by the zero bytes that text of most scripts has in the same half of each unit: such a file may
be valid UTF-8, full of NULs.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import numpy as np

from albert_data.corpus.file_formats import compressed
from albert_data.corpus.source_protocol import BrokenFile

HEAD = 4096  # bytes of a file that are looked at
_SAMPLE = 1 << 14  # bytes that the detector is given
_MOST_MIXED = 2000  # characters in which scripts are looked at
_FEW = 3  # bytes that are not ASCII, from which no detector can tell

_UNPACK = "unpack it: "
_AS_TEXT = "save it as plain text in UTF-8"
# (magic number, what it is, what to do).
_BINARIES: tuple[tuple[bytes, str, str], ...] = (
    (rb"\x1f\x8b", "a gzip archive", _UNPACK + "gunzip"),
    (rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)", "a bzip2 archive", _UNPACK + "bunzip2"),
    (rb"\xfd7zXZ\0", "an xz archive", _UNPACK + "unxz"),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK + "unzstd"),
    (rb"\x04\x22\x4d\x18", "an LZ4 archive", _UNPACK + "unlz4"),
    (rb"LZIP\x01", "an lzip archive", _UNPACK + "lzip -d"),
    (rb"\x1f[\x9d\xa0]", "a compress archive", _UNPACK + "uncompress"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK + "7z x"),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK + "unrar x"),
    (rb"PK(?:\x03\x04|\x05\x06)", "a zip archive (or a document in one: docx, epub, odt)",
     _UNPACK + "unzip; " + _AS_TEXT + " where it is a document"),
    (rb".{257}ustar[\0 ]", "a tar archive", _UNPACK + "tar xf"),
    (rb"%PDF-", "a PDF document", "take its text out (pdftotext)"),
    (rb"AT&TFORM", "a DjVu document", "take its text out (djvutxt)"),
    (rb"\{\\rtf1", "an RTF document", _AS_TEXT),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of old Microsoft Office", _AS_TEXT),
    (rb".{60}BOOKMOBI", "a MOBI book", _AS_TEXT),
    (rb"\x89PNG\r\n\x1a\n", "a PNG picture", ""),
    (rb"\xff\xd8\xff", "a JPEG picture", ""),
    (rb"GIF8[79]a", "a GIF picture", ""),
    (rb"(?:II\*\0|MM\0\*)", "a TIFF picture", ""),
    (rb"RIFF.{4}WEBP", "a WebP picture", ""),
    (rb"RIFF.{4}(?:WAVE|AVI )", "a recording (WAV, AVI)", ""),
    (rb"ID3[\x02-\x04]|OggS\0|fLaC\0", "a sound recording", ""),
    (rb"\0\0\0.ftyp|\x1a\x45\xdf\xa3", "a film (MP4, Matroska)", ""),
    (rb"PAR1[\x15\0]", "a Parquet file", "read it with --source parquet:PATH"),
    (rb"ARROW1\0", "an Arrow file", "write it as Parquet or JSON lines"),
    (rb"SQLite format 3\0", "an SQLite database", "write its texts as JSON lines"),
    (rb"\x93NUMPY|\x89HDF\r\n", "a file of arrays (NumPy, HDF5)", ""),
    (rb"\x7fELF|\xfe\xed\xfa[\xce\xcf]|\xcf\xfa\xed\xfe|MZ.{1,126}PE\0\0", "a program", ""),
)  # fmt: skip
_MAGIC = [(re.compile(magic, re.DOTALL), name, way) for magic, name, way in _BINARIES]
_ELSE = "leave it out: it holds no text"

# What `iconv -l` calls them. UTF-32's mark begins with UTF-16's.
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# The mark of UTF-16 after `iconv -f latin1 -t utf-8`.
_CONVERTED_WRONGLY = (b"\xc3\xbf\xc3\xbe", b"\xc3\xbe\xc3\xbf")

# Of encodings that read a text alike, the usual one is named: (Python's name, iconv's).
_USUAL = (
    ("cp1252", "windows-1252"), ("cp1251", "windows-1251"), ("koi8_r", "koi8-r"),
    ("koi8_u", "koi8-u"), ("cp866", "cp866"), ("cp1250", "windows-1250"),
    ("iso8859_2", "iso-8859-2"), ("iso8859_5", "iso-8859-5"), ("mac_cyrillic", "mac-cyrillic"),
    ("cp1253", "windows-1253"), ("cp1254", "windows-1254"),
    ("cp1255", "windows-1255"), ("cp1256", "windows-1256"), ("cp1257", "windows-1257"),
    ("cp1258", "windows-1258"), ("gb18030", "gb18030"), ("cp932", "cp932"), ("euc_jp", "euc-jp"),
    ("big5", "big5"), ("cp949", "cp949"), ("cp874", "cp874"), ("utf_16_le", "utf-16le"),
    ("utf_16_be", "utf-16be"),
)  # fmt: skip

_SPOKEN = {"cp932": "Shift-JIS", "cp949": "EUC-KR", "gb18030": "GB18030 or GBK"}


def refuse_binary(head: bytes, path: str) -> None:
    """Raises BrokenFile where a file's first HEAD bytes show that it is no UTF-8 text, but something
    that can be named."""
    for magic, name, way in _MAGIC:
        if magic.match(head):
            kind = compressed.kind_of(head)
            suffix = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}.get(kind or "")
            fix = f"{way}; or give its name the suffix {suffix}" if suffix else way or _ELSE
            raise BrokenFile(f"not text: {name}", where=path, fix=fix, reason="not text")
    if encoding := wide_encoding(head):
        name = encoding[:6].upper()
        fix = _convert(encoding)
        if head.startswith(_CONVERTED_WRONGLY):
            name, fix = f"{name} that was converted as latin1", _convert(encoding, "the original")
        raise BrokenFile(f"not UTF-8: {name}", where=path, fix=fix, reason="undecodable")


def wide_encoding(head: bytes) -> str | None:
    """`utf-16`, `utf-32be` or the like, as iconv calls it, by a file's beginning; None for others."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if head.startswith(_CONVERTED_WRONGLY) and b"\0" in head:
        return "utf-16"
    small = np.frombuffer(head[: len(head) // 4 * 4], np.uint8).reshape(-1, 4) < 9
    count, share = int(small.sum()), small.mean(axis=0) if len(small) else np.zeros(4)
    if count < 3:
        return None
    if min(share[2:]) > 0.95 and share[0] < 0.5:
        return "utf-32le"
    if min(share[:2]) > 0.95 and share[3] < 0.5:
        return "utf-32be"
    first, second = share[::2].mean(), share[1::2].mean()
    # A quarter of a few bytes, or a twentieth of many: more than stray NULs come to.
    enough = 0.25 if count < 16 else 0.05
    if max(first, second) < enough or min(first, second) > max(first, second) / 10:
        return None
    return "utf-16le" if second > first else "utf-16be"


def advice(data: bytes) -> str:
    """What to do about bytes that are not UTF-8, by a sample of the text around them."""
    data = _around_others(data)
    told = len(data.decode("utf-8", "ignore").encode()) - len(re.sub(rb"[\x80-\xff]", b"", data))
    others = len(re.findall(rb"[\x80-\xff]", data))
    if told > others / 2:
        return (
            "the text around it is UTF-8: mend it there, or let iconv -c -f utf-8 -t utf-8 drop it"
        )
    name = likely_encoding(data)
    if name is None:
        return "find out its encoding, then convert it: iconv -f ENCODING -t utf-8"
    return _convert(name, "it") + (
        "" if others > _FEW else ", by the few such bytes that were seen"
    )


def likely_encoding(data: bytes) -> str | None:
    """iconv's name of the encoding that a text is most likely in; None where none is likely."""
    from charset_normalizer import from_bytes

    data = data[:_SAMPLE]
    usual: list[tuple[str, str]] = []
    for python, iconv in _USUAL:
        with suppress(UnicodeDecodeError):
            usual.append((data.decode(python), iconv))
    if len(re.findall(rb"[\x80-\xff]", data)) <= _FEW:
        return next((iconv for text, iconv in usual if _all_letters(text)), None)
    matches = list(from_bytes(data))  # the most likely first
    unlike = {match.encoding: match.chaos + _mixing(str(match)) for match in matches}
    with suppress(KeyError):  # takes any two bytes for a syllable; those in use are EUC-KR's
        unlike["cp949"] += not _reads(data, "euc_kr")
    for match in sorted(matches, key=lambda match: unlike[match.encoding]):
        if name := next((iconv for text, iconv in usual if text == str(match)), None):
            return name
    return None


def _reads(data: bytes, encoding: str) -> bool:
    return "\ufffd" not in data.decode(encoding, "replace")[:-1]


def _mixing(text: str) -> float:
    """How often a letter follows one of another script, where Han and kana are one: 0 to 1."""
    scripts = []
    for char in text[:_MOST_MIXED]:
        script = (
            unicodedata.name(char, "").replace("-", " ").split(" ")[0] if char.isalpha() else ""
        )
        scripts.append("HAN" if script in ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH") else script)
    pairs = [pair for pair in zip(scripts, scripts[1:], strict=False) if all(pair)]
    return sum(a != b for a, b in pairs) / max(len(pairs), 1)


def _all_letters(text: str) -> bool:
    """A few bytes are letters or usual marks: the guess of least surprise."""
    return all(c.isalpha() or c in "‘’“”–—…«»°£§©®½€" for c in text if not c.isascii())


def _around_others(data: bytes) -> bytes:
    """A part of the data from some bytes before the first that is not ASCII."""
    first = re.search(rb"[\x80-\xff]", data)
    begin = max(0, (first.start() if first else 0) - _SAMPLE // 4)
    return data[begin : begin + _SAMPLE]


def _convert(encoding: str, what: str = "the file") -> str:
    spoken = f" from {_SPOKEN[encoding]}" if encoding in _SPOKEN else ""
    return f"convert {what}{spoken}: iconv -f {encoding} -t utf-8 FILE > NEW"
