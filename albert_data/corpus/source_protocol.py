"""What every source says of itself and gives: splits to read in parallel, documents read from a split.

A source is the object `SOURCE` of a module of `sources/`. Its traits are attributes of its class. `plan`
looks at names and sizes only and runs once, in the launching process; `read` runs in a worker, in
constant memory, for one split, with `check_unchanged` before and after it. Most sources are files:
`file_sources` has all that these share, so that one of whole files is its traits and one method.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from albert_data.base.errors import DataError
from albert_data.base.spool import LongText
from albert_data.base.tally import NOTHING_KNOWN, About, Tally
from albert_data.config.settings import SourceSettings

LEFT_OUT_AS_BROKEN = "left out as broken"  # counted under `sources.bad_input: drop`


class Flaw(NamedTuple):
    """What is wrong with input that is broken, not merely unwanted.

    Attributes:
        reason: under which it is counted where it is left out.
        problem, fix: of the DataError that it is otherwise.
    """

    reason: str
    problem: str
    fix: str = ""


class Unread(NamedTuple):
    """A file of a folder or glob that is not read.

    Attributes:
        name: relative to the folder.
        reason: under which it is counted.
        path: where it lies.
    """

    name: str
    reason: str
    path: str


class BrokenFile(DataError):
    """A file that gives no document, or not all: damaged, empty, of another form, a failing disk.

    Attributes:
        reason: under which it is counted where it is left out.
    """

    def __init__(
        self, problem: str, *, where: str = "", fix: str = "", reason: str = "broken file"
    ) -> None:
        super().__init__(problem, where=where, fix=fix)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """One document's prose.

    Attributes:
        id: unique within the split's file, stable across runs and ways of splitting.
        title: for people; may be empty.
        paragraphs: prose in order; of a long document read from the disk, each time they are gone over.
            Where `presegmented`, each is one sentence already.
        sentences: of the paragraphs, where they are cut already; what is encoded in their stead.
        source: kind and name of the file it once came from, where that is not the split's.
        unit: of another reading, in which it stood: what comes from two units shares no token file.
    """

    id: str
    title: str
    paragraphs: list[str] | LongText
    presegmented: bool = False
    sentences: list[str] | None = None
    source: str = ""
    unit: str = ""

    def cut(self, split: Callable[[list[str]], list[str]]) -> list[str]:
        """Its sentences; `split` cuts paragraphs that are not cut yet."""
        if self.sentences is not None:
            return self.sentences
        return list(self.paragraphs) if self.presegmented else split(list(self.paragraphs))


class Content(NamedTuple):
    """What a file holds.

    Attributes:
        bytes: of the file; 0 where not known.
        digest: a hash over them, with its name; equal contents have equal ones.
    """

    bytes: int
    digest: str


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
        stamp: changes when the file's content may have changed (size and times, or an etag).
        content: of the file; None where the plan did not ask for it.
    """

    source: str
    name: str
    path: str
    start: int = 0
    end: int | None = None
    weight: int = 0
    stamp: str = ""
    content: Content | None = None

    def source_of(self, document: Document) -> str:
        """kind:name of the file that a document of the split came from."""
        return document.source or f"{self.source}:{self.name}"

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

    def bad(self, item: str, flaw: Flaw, where: str, about: About = NOTHING_KNOWN) -> None:
        """Input that is broken, not merely unwanted: an error, or a counted drop, as set.

        Raises:
            DataError: under `sources.bad_input: fail` (the default).
        """
        if self.settings.bad_input == "fail":
            skip = "--set sources.bad_input=drop leaves such input out and counts it"
            fix = f"{flaw.fix}; or {skip}" if flaw.fix else skip
            raise DataError(flaw.problem, where=where, fix=fix)
        self.tally.drop(item, flaw.reason, where, about=about)
        self.tally.count(LEFT_OUT_AS_BROKEN)

    def broken_file(self, error: BrokenFile) -> None:
        """The same of a file, or of what is left of it: one document is read, and it is broken."""
        self.tally.read("document")
        self.bad("document", Flaw(error.reason, error.problem, error.fix), error.where)


class Source(ABC):
    """One kind of input.

    Attributes:
        kind: what stands before the colon of `--source`.
        reads: what it reads, one line for people.
        target: what stands behind the colon.
        suffixes: of its files in a folder.
        guessed_by: parts of a file's name that suggest this kind where none is named.
        whole_files: a file is a document or few, and one worker reads it whole.
        cost: work of tokenising a byte of its input, beside a byte of a book.
        cheap_excerpts: extracting prose is the dear part, and it heeds `ReadContext.excerpt`.
        names_others: its documents have the names of other sources, which only reading them tells.
        cleans: its text was cleaned (`characters.clean`) before documents were cut from it.
        marks_holes: its paragraphs have `leave_out.HOLE` where a part of a sentence was left out.
    """

    kind: ClassVar[str]
    reads: ClassVar[str]
    target: ClassVar[str] = "PATH"
    suffixes: ClassVar[tuple[str, ...]] = ()
    guessed_by: ClassVar[tuple[str, ...]] = ()
    whole_files: ClassVar[bool] = False
    cost: ClassVar[float] = 1.0
    cheap_excerpts: ClassVar[bool] = False
    names_others: ClassVar[bool] = False
    cleans: ClassVar[bool] = False
    marks_holes: ClassVar[bool] = False

    @abstractmethod
    def plan(
        self, target: str, settings: SourceSettings, unread: list[Unread] | None = None
    ) -> list[Split]:
        """The splits of `target` (what follows `kind:` on the command line), in any order.

        Args:
            unread: takes the files of a folder or glob that are not read.

        Raises:
            ConfigError: nothing matches, or the target cannot be understood.
        """

    @abstractmethod
    def check_unchanged(self, split: Split) -> None:
        """Raises DataError where the split's file may not be what it was when it was planned."""

    def content(self, split: Split) -> Content | None:
        """What the split's file holds, where something says so without reading it (a commit)."""
        return None

    def language(self, split: Split) -> str:
        """The code of the language that the split's file says it is in; empty where it says none.

        Raises:
            DataError: the file's beginning is broken.
        """
        return ""

    @abstractmethod
    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        """Documents of one split, in the file's order. Called through `plan.read_split`.

        Counts `read` and `drop` of its items in `context.tally` under the item name `document`
        (a page, a book, a row); the caller counts what it keeps. Names the file and the place in
        every DataError.
        """
