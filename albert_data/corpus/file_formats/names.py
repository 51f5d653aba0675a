"""Which files of a folder a kind of source reads, by their names, and why it does not read the others."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from albert_data.corpus.file_formats import compressed

CHECKSUMS, HIDDEN, BESIDE = "checksums", "hidden", "beside a file that is read"
NO_FILE, FOLDER, NO_SUFFIX = "a pipe, socket or device", "a folder", "no suffix"
NO_INPUT = {
    HIDDEN: re.compile(r"^\."),
    CHECKSUMS: re.compile(
        r"(?i)\.(?:md5|sha1|sha224|sha256|sha384|sha512|crc32?|sfv|asc|sig)(?:\.txt)?$"
        r"|(?:^|[-_.])(?:md5|sha\d+|b2|ck)sums?(?:\.txt)?$"
    ),
    "about the data": re.compile(
        r"(?i)^(?:readme|licen[cs]e|copying|notice|changelog|authors|citation)\b[^.]*$"
    ),
}
# A suffix whose digit names a format, as .bz2, .7z and .mp3; those of others number parts.
_FORMAT = re.compile(r"\.(?:[a-z]+\d|\d[a-z]+)")
Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Names:
    """How a kind of source takes the files of a folder by their names.

    Attributes:
        kind: of the source.
        suffixes: that it reads; others have no place in a folder.
        takes: (of a name without a packing's suffix) stands for the suffixes where they do not tell.
        never: reason → names that are not read of a glob either.
        beside: parts of a path in which the forms of one input differ, beside the packing's suffix.
    """

    kind: str
    suffixes: Sequence[str]
    takes: Pattern | None = None
    never: Mapping[str, Pattern] = field(default_factory=dict)
    beside: Pattern | None = None

    def reason(self, name: str) -> str | None:
        """Why a file of this name (without its folders) is not read of a folder; None where it is."""
        if reason := _first(NO_INPUT, name) or self.never_read(name):
            return reason
        if self.takes is not None:
            taken = self.takes.search(compressed.without_suffix(name)) is not None
        else:
            taken = name.lower().endswith(tuple(self.suffixes))
        if taken:
            return None
        ending = os.path.splitext(name)[1].lower()
        if not _FORMAT.fullmatch(ending):
            ending = re.sub(r"\d+", "0", ending)  # numbers of parts: one reason for all
        return f"suffix {ending}" if ending else NO_SUFFIX

    def never_read(self, name: str) -> str | None:
        """Why a file of this name is not read though a glob names it, or the user."""
        return _first(self.never, name)

    def same(self, path: str) -> str:
        """What the forms of one input have in common, packed or not."""
        path = compressed.without_suffix(path)
        return self.beside.sub("", path) if self.beside else path

    def looks_like(self, name: str) -> str:
        """The input that a file would be without the last parts of its name; empty where none."""
        while "." in name:
            name = name.rpartition(".")[0]
            if self.reason(name) is None:
                return name
        return ""


def _first(reasons: Mapping[str, Pattern], name: str) -> str | None:
    """The first reason whose pattern a name has."""
    return next((reason for reason, pattern in reasons.items() if pattern.search(name)), None)
