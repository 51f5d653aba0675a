"""In what encoding a text is that is no UTF-8, and how to make UTF-8 of it: UTF-16 or UTF-32 by its
beginning, another by the guesses of charset-normalizer, of which those that mix scripts come last.

UTF-16 and UTF-32 are known by their byte order
mark, or by the zero bytes that text of most scripts has in the same half of each unit: such a file may
be valid UTF-8, full of NULs.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import numpy as np

from albert_data.corpus.source_protocol import BrokenFile

_SAMPLE = 1 << 14  # bytes that the detector is given
_MOST_MIXED = 2000  # characters in which scripts are looked at
_FEW = 3  # bytes that are not ASCII, from which no detector can tell

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


def refuse_wide(head: bytes, path: str) -> None:
    """Raises BrokenFile where a file's first bytes show that it is UTF-16 or UTF-32."""
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
    # Most of a few bytes, or a twentieth of many: more than stray NULs come to.
    enough = 0.6 if count < 16 else 0.05
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
