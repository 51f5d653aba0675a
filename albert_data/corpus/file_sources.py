"""Sources that are files, named by a path, folder or glob: what they share.

`FileSource` finds the files, cuts them into splits and reports broken ones; a kind says how a split is
read. `WholeFiles` is for files that are read whole, such as a book: a kind says which documents a file's
text holds, in one method (`docs/extending.md`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar

from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import find_files, input_files, lines
from albert_data.corpus.file_formats.names import Names
from albert_data.corpus.source_protocol import (
    BrokenFile,
    Document,
    Flaw,
    ReadContext,
    Source,
    Split,
    Unread,
)

CUT = "cut it into several"


class FileSource(Source):
    """Files of one kind, in byte ranges; a compressed one, which is read from its start, is a split."""

    check_unchanged = staticmethod(input_files.check_unchanged)

    def plan(
        self, target: str, settings: SourceSettings, unread: list[Unread] | None = None
    ) -> list[Split]:
        return [
            split
            for path, name in find_files.find(target, self.names(), unread)
            for split in self.splits(path, name, settings)
        ]

    def names(self) -> Names:
        """Which files of a folder are read."""
        return Names(self.kind, self.suffixes)

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        """The splits of one file."""
        return input_files.byte_ranges(self.kind, path, name, settings.unit_bytes)

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        try:
            yield from self.read_part(split, context)
        except BrokenFile as error:
            # What was read of a document at the break is not a document: one item, dropped.
            context.broken_file(error)

    @abstractmethod
    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        """`read`, but for BrokenFile, which may be raised at any moment."""


class WholeFiles(FileSource):
    """Files that are read whole.

    Attributes:
        part: what a document is of its file, such as `article`; empty where the file is one.
        most_bytes: of the longest file that is read, decompressed; 0: `sources.max_document_bytes`.
        forms: of files that it reads beside plain text (`forms.FORMS`).
    """

    whole_files = True
    part: ClassVar[str] = ""
    most_bytes: ClassVar[int] = 0
    forms: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def documents(self, text: str, file: Split, context: ReadContext) -> Iterator[Document | Flaw]:
        """The documents in a file's text, or what is wrong where there should be one.

        Args:
            file: whose text it is.
            context: for a source with settings, or with counts of its own.

        Raises:
            BrokenFile: the whole is not of this kind.
        """

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        return [whole_file(self.kind, path, name)]

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        most, fix = self.most_bytes, CUT
        if not most:
            most, fix = (
                context.settings.max_document_bytes,
                f"raise sources.max_document_bytes, or {CUT}",
            )
        text = read_text(split.path, most, fix, partial(lines.where, context), self.forms)
        for number, found in enumerate(self.documents(text, split, context)):
            context.tally.read("document")
            place = f"{split.path}: {self.part} {number}" if self.part else split.path
            if isinstance(found, Flaw):
                context.bad("document", found, place)
            elif not leave_out.by_itself(found, context, place):
                yield found


def whole_file(kind: str, path: str, name: str) -> Split:
    """The split that is a whole file."""
    weight, stamp = input_files.weight(path), input_files.stamp(path)
    return Split(kind, name, path, 0, None, weight, stamp)


def read_text(
    path: str,
    most_bytes: int,
    fix: str = CUT,
    where: Callable[[str, int], str] = lines.place,
    own: tuple[str, ...] = (),
) -> str:
    """The text of a file, decompressed, the byte order mark dropped.

    Args:
        fix: of a file that is too long.
        where: (path, byte) → the place, for people.
        own: the forms that are read (`forms.FORMS`).

    Raises:
        BrokenFile: it is damaged, empty, longer than `most_bytes`, of another form or no UTF-8 text.
    """
    with input_files.open_binary(path) as stream:
        data = stream.read(most_bytes + 1)
    if not data:
        raise lines.empty_file(path, fix="fetch it again, or leave it out")
    lines.refuse_others(data, path, own)
    if len(data) > most_bytes:
        problem = f"a file longer than {most_bytes:,} bytes"
        raise BrokenFile(problem, where=path, fix=fix, reason=leave_out.TOO_LONG)
    try:
        return lines.Line(0, data).text()
    except lines.Undecodable as error:
        flaw, place = lines.undecodable(error), where(path, error.offset)
        raise BrokenFile(flaw.problem, where=place, fix=flaw.fix, reason=flaw.reason) from None
