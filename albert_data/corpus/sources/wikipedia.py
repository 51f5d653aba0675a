"""Wikipedia: `pages-articles` XML dumps to the prose of their articles.

Plain XML is read in byte ranges and a .bz2, of one stream or many, in groups of its blocks, each of about
`unit_bytes` of XML; other archives are one split. What is an archive is seen from a file's first bytes,
for the parts of a dump have no suffix once they are unpacked. Every way of splitting gives the same
documents: a page belongs to the part in which it begins. Each page's XML is parsed by expat on its own, at
250 MB/s a core where mwxml takes 90, bzip2 34 and the wikitext 10.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator
from xml.parsers import expat

from albert_data.base.tally import LISTED_CHARACTERS, About
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import archives, compressed, input_files
from albert_data.corpus.file_formats.compressed import AGAIN
from albert_data.corpus.file_formats.names import Names
from albert_data.corpus.file_sources import FileSource, whole_file
from albert_data.corpus.source_protocol import Document, Flaw, ReadContext, Split
from albert_data.corpus.wikitext.dump_pages import RawPage, place, raw_pages, read_site
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.page import PageContext, Site
from albert_data.corpus.wikitext.page_kinds import SitePages
from albert_data.corpus.wikitext.site_words import fold
from albert_data.corpus.wikitext.structure import MAX_DEPTH, NestedTooDeep, OutOfTime

# Of names of files as dumps.wikimedia.org has them: enwiki-20240101-pages-articles2.xml-p10p19.bz2
_DUMP = re.compile(r"\.xml(?:-[^./]*)?$", re.IGNORECASE)
NEVER = {
    "index of a dump": re.compile(r"-index\d*\.txt|-index\.", re.IGNORECASE),
    "a dump without articles": re.compile(
        r"-stub-|-abstract\d*\.|-pages-logging|-rss\.xml$", re.IGNORECASE
    ),
}
_MULTISTREAM = re.compile("-multistream", re.IGNORECASE)
_HEAD_FIELD = {
    name: re.compile(rf"<{name}>([^<]*)</{name}>".encode()) for name in ("title", "ns", "id")
}
_WANTED = {"page": ("title", "ns", "id"), "revision": ("text", "model", "timestamp")}
_DAY = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)(?!\d)")
_REDIRECT_TAG = re.compile(rb"<redirect[\s/>]")


class WikipediaSource(FileSource):
    """The `wikipedia` source; its target is a dump, a folder of its parts, or a glob."""

    kind = "wikipedia"
    reads = "`pages-articles` dumps, plain or packed (`.bz2` in parallel); prose of articles only"
    suffixes = compressed.packed(".xml")
    guessed_by = (".xml",)
    cost = 1.9  # read at 3.7 MB/s a core, books at 7
    cheap_excerpts = True
    marks_holes = True

    def names(self) -> Names:
        return Names(self.kind, self.suffixes, _DUMP, NEVER, _MULTISTREAM)

    def splits(self, path: str, name: str, settings: SourceSettings) -> list[Split]:
        kind = archives.kind_of(path)
        if kind == "bzip2":
            ratio = compressed.PACKINGS[kind].ratio
            size, mark = input_files.size(path), input_files.stamp(path)
            parts = max(1, round(size * ratio / settings.unit_bytes))
            bounds = [size * i // parts for i in range(parts)]
            ends: list[int | None] = [*bounds[1:], None]
            return [
                Split(self.kind, name, path, start, end, ((end or size) - start) * ratio, mark)
                for start, end in zip(bounds, ends, strict=True)
            ]
        return [whole_file(self.kind, path, name)] if kind else super().splits(path, name, settings)

    def language(self, split: Split) -> str:
        return read_site(split.path).language

    def read(self, split: Split, context: ReadContext) -> Iterator[Document]:
        return self.read_part(split, context)  # a broken dump is an error, whatever is set

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        site = read_site(split.path, context.settings.variant)
        limit = context.settings.max_document_bytes
        for raw in raw_pages(split, limit):
            context.tally.read("document")
            if raw.too_long:
                _refuse_long(raw, split, context)
            elif (page := _parse(raw, split, context)) is not None:
                document = _document(page, raw, split, site, context)
                if document is not None:
                    yield document


class _Page:
    """A page's fields; of several revisions, the last one's."""

    def __init__(self, data: bytes) -> None:
        self.fields = {"title": "", "ns": "", "id": "", "text": "", "model": "", "timestamp": ""}
        self.is_redirect = False
        self._inside: list[str] = []
        self._wanted = ""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = min(len(data) + 1, 2**20)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(data, True)

    def _start(self, name: str, _: object) -> None:
        parent = self._inside[-1] if self._inside else ""
        self._inside.append(name)
        self._wanted = name if name in _WANTED.get(parent, ()) else ""
        if self._wanted:
            self.fields[name] = ""
        self.is_redirect |= name == "redirect"

    def _end(self, _: str) -> None:
        self._inside.pop()
        self._wanted = ""

    def _text(self, text: str) -> None:
        if self._wanted:
            self.fields[self._wanted] += text


def _parse(raw: RawPage, split: Split, context: ReadContext) -> _Page | None:
    """The page's fields, or None where it is broken and that is not an error."""
    try:
        raw.data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = place(split, raw.offset + error.start) + _titled(raw)
        flaw = Flaw("undecodable", "not valid UTF-8", AGAIN)
        context.bad("document", flaw, where, About(title=_title(raw)))
        return None
    try:
        return _Page(raw.data)
    except expat.ExpatError as error:
        line = raw.data.splitlines(keepends=True)[: error.lineno - 1]
        where = place(split, raw.offset + sum(map(len, line)) + error.offset) + _titled(raw)
        problem = f"not well-formed XML: {expat.errors.messages[error.code]}"
        flaw = Flaw("malformed", problem, AGAIN)
        context.bad("document", flaw, where, About(title=_title(raw)))
        return None


def _document(
    page: _Page, raw: RawPage, split: Split, site: Site, context: ReadContext
) -> Document | None:
    """The article's prose, or None where it is left out, which is counted."""
    fields = page.fields
    title, markup = fields["title"], fields["text"]
    sample = f"{split.name}: {title}"

    namespace = fields["ns"] or site.namespaces.get(fold(title.partition(":")[0]), 0)
    known = leave_out.Page(
        title, str(namespace), page.is_redirect, fields["model"], markup, SitePages(site)
    )
    reason = leave_out.first_reason(leave_out.PAGE_RULES, known, context.settings)
    about = About(fields["id"], title, markup[:LISTED_CHARACTERS])
    if leave_out.goes(reason, context.tally, sample, about):
        return None
    part = context.excerpt(markup) if context.excerpt else markup
    if part is None:
        return None
    try:
        deadline = time.thread_time() + context.settings.page_seconds
        paragraphs = extract(
            part,
            page=PageContext(title, site, _date(split.name, fields["timestamp"])),
            tally=context.tally,
            deadline=deadline,
        )
    except OutOfTime:
        context.tally.drop("document", leave_out.PARSER_TIMEOUT, sample, about=about)
        return None
    except NestedTooDeep:
        problem = f"more than {MAX_DEPTH:,} brackets, tables or tags are open at once"
        where = place(split, raw.offset) + _titled(raw)
        flaw = Flaw("nested too deep", problem, "correct the page's markup")
        context.bad("document", flaw, where, about)
        return None
    document = Document(fields["id"], title, paragraphs)
    return None if leave_out.by_itself(document, context, sample) else document


def _date(dump: str, revision: str) -> datetime.date | None:
    """The day in a dump's name, `enwiki-20240101-pages-articles.xml`, or else in a revision's time."""
    for text in (dump, revision):
        for match in _DAY.finditer(text):
            try:
                return datetime.date(*map(int, match.groups()))
            except ValueError:
                continue
    return None


def _refuse_long(raw: RawPage, split: Split, context: ReadContext) -> None:
    """A page over the limit: redirects and other namespaces go as always, an article is broken."""
    namespace = _HEAD_FIELD["ns"].search(raw.data)
    tagged = _REDIRECT_TAG.search(raw.data[:4096]) is not None
    known = leave_out.Page(
        "", namespace[1].decode("utf-8", "replace") if namespace else "0", tagged
    )
    reason = leave_out.first_reason(leave_out.LONG_PAGE_RULES, known, context.settings)
    about = About(title=_title(raw))
    if not leave_out.goes(reason, context.tally, f"{split.name}{_titled(raw)}", about):
        limit = context.settings.max_document_bytes
        flaw = Flaw(
            leave_out.TOO_LONG,
            f"the page is longer than sources.max_document_bytes ({limit:,})",
            "set a higher limit if the page is meant to be read",
        )
        context.bad("document", flaw, place(split, raw.offset) + _titled(raw), about)


def _titled(raw: RawPage) -> str:
    title = _title(raw)
    return f", page {title!r}" if title else ""


def _title(raw: RawPage) -> str:
    title = _HEAD_FIELD["title"].search(raw.data[:4096])
    return title[1].decode("utf-8", "replace") if title else ""


SOURCE = WikipediaSource()
