"""What every source gives: splits to read in parallel, and documents read from a split.

A source is a module-level object with three methods. `plan` looks at names and sizes only and runs
once, in the launching process; `read` runs in a worker, in constant memory, for one split, with
`check_unchanged` before and after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from albert_data.base.errors import DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings

LEFT_OUT_AS_BROKEN = "left out as broken"  # counted under `sources.bad_input: drop`


class BrokenFile(DataError):
    """A file that cannot be read to its end: a truncated or damaged archive, a failing disk."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document's prose.

    Attributes:
        id: unique within the split's file, stable across runs and ways of splitting.
        title: for people; may be empty.
        paragraphs: prose in order. Where `presegmented`, each is one sentence already.
    """

    id: str
    title: str
    paragraphs: list[str]
    presegmented: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A part of one input file that one worker reads.

    Attributes:
        source: the source's kind, such as `books`.
        name: the file's name in records and reports: relative to the folder the user named, so that
            it does not change when the corpus moves. Unique per source kind in a build.
        path: where to read it.
        start, end: the part, in the source's own measure (bytes, row groups); end None = to the end.
        weight: estimated bytes of decompressed input, for balance and progress.
        stamp: changes when the file's content may have changed (size and time, or an etag).
    """

    source: str
    name: str
    path: str
    start: int = 0
    end: int | None = None
    weight: int = 0
    stamp: str = ""

    def label(self) -> str:
        """The split as a person would name it."""
        if self.start == 0 and self.end is None:
            return self.path
        return f"{self.path} [{self.start}:{'' if self.end is None else self.end}]"


@dataclass(frozen=True)
class ReadContext:
    """What `read` needs beside the split: the settings, and where to count.

    Attributes:
        excerpt: for estimates, where extracting prose is the dear part: markup → the part of it to
            extract, or None to pass the document over. None: documents are read whole.
    """

    settings: SourceSettings
    tally: Tally = field(default_factory=Tally)
    excerpt: Callable[[str], str | None] | None = None

    def bad(self, item: str, reason: str, where: str, problem: str, fix: str = "") -> None:
        """Input that is broken, not merely unwanted: an error, or a counted drop, as set.

        Raises:
            DataError: under `sources.bad_input: fail` (the default).
        """
        if self.settings.bad_input == "fail":
            skip = "--set sources.bad_input=drop leaves such input out and counts it"
            raise DataError(problem, where=where, fix=f"{fix}; or {skip}" if fix else skip)
        self.tally.drop(item, reason, where)
        self.tally.count(LEFT_OUT_AS_BROKEN)


class Source(Protocol):
    """One kind of input."""

    kind: str

    def plan(self, target: str, settings: SourceSettings) -> list[Split]:
        """The splits of `target` (what follows `kind:` on the command line), in any order.

        Raises:
            ConfigError: nothing matches, or the target cannot be understood.
        """
        ...

    def check_unchanged(self, split: Split) -> None:
        """Raises DataError where the split's file may not be what it was when it was planned."""
        ...

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        """Documents of one split, in the file's order. Called through `sources.read_split`.

        Counts `read` and `drop` of its items in `context.tally` under the item name `document`
        (a page, a book, a row); the caller counts what it keeps. Names the file and the place in
        every DataError.
        """
        ...
