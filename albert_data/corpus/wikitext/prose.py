"""Lines to paragraphs: which are prose, and which are list entries, captions or table rows.

Two steps: lines become blocks (`_blocks`), and blocks the page's paragraphs (`paragraphs`). A formula on a
line of its own belongs to the sentence around it. A line that announces a list (`… are:`) goes where the
list went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from albert_data.base.tally import About, Tally
from albert_data.corpus.leave_out import LIST_LEFT_OUT
from albert_data.corpus.wikitext.gaps import mend
from albert_data.corpus.wikitext.languages import SENTENCE_ENDS
from albert_data.corpus.wikitext.marks import FORMULA, GONE, HOLE, NOTE, VOID
from albert_data.corpus.wikitext.references import looks_like_a_reference
from albert_data.corpus.wikitext.wikipedia_words import HATNOTES

MIN_ITEM_WORDS = 5
MIN_PROSE_WORDS = 8
LONG_HATNOTE_WORDS = 12  # what begins as a note to the reader and has so many is prose

_ITEM = re.compile(r"[*#:;]+[ ]*")
_FORMULA_LINE = re.compile(rf"[:*# {VOID}]*{FORMULA}")
_SENTENCE_END = re.compile(rf"[{SENTENCE_ENDS}][\"”’'»)\]」』]*$")
_LAST_SENTENCE = re.compile(
    r"(?:[^\W\d_]{3}|\d\d)[\"”’')\]]*[.!?][\"”’')\]]* (?=\W*[A-Z\u0080-\uffff])|[。！？।]"
)
_ABBREVIATED = re.compile(
    r"\b(?:Mrs|Gen|Col|Capt|Prof|Rev|Sgt|Gov|Sen|Rep|Vol|vol|Inc|Ltd|approx|ca)\.\W*$"
)
_CONTINUED = (";", *(f"{sign} {word}" for sign in ",;" for word in ("and", "or", "and/or", "but")))
_LETTER = re.compile(r"[^\W\d_]")
# Languages without spaces between words: a character there counts as half a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_HATNOTE = re.compile(
    r"(?:main articles?|see also|further information|for other uses|for more details on[^:]{0,60}"
    rf"|see|main|details|source|note|{HATNOTES.replace('.', '[.]')})\s?[:：]",
    re.I,
)
# Notes to the reader where a page or a section begins; in italics, more are.
_TOP_NOTE = re.compile(
    r"not to be confused with\b|for (?:other|further) (?:uses|meanings|information)\b"
    r"|for (?:the|an?|more|another|information|details)\b[^.]{0,120}, see\b|[^.]{1,60} redirects here\b",
    re.I,
)
_ITALIC_NOTE = re.compile(
    r"this (?:article|page|section|list) (?:is|deals|covers)\b|see also\b|see\b|main articles?\b",
    re.I,
)
_PARAGRAPH, _LIST_ITEM, _SHOWN_FORMULA, _NOTHING, _SECTION = range(5)
_BLANK = f" \t{VOID}"
_BLANK_OR_HOLE = _BLANK + HOLE
_BLANK_OR_NOTE = _BLANK + NOTE
_NOT_TEXT = f"*#:; |!={GONE}"  # as the first character of a line


def paragraphs(text: str, tally: Tally | None = None, title: str = "") -> list[str]:
    """Prose paragraphs in order. Consecutive plain lines are one paragraph, a list entry is one of
    its own; an entry stays if it is a sentence of some words, other text if it is long enough or
    punctuated.

    Args:
        text: with marks; a line `=` stands for a heading, and `=works` for that of a list of works.
        tally: counts sentences that announced a list which was left out.
        title: of the page, for samples.
    """
    page = _Page(tally, title)
    for kind, block in _blocks(text):
        page.add(kind, block)
    page.add(_SECTION, "")
    return page.kept


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """(kind, mended text) of the blocks that lines make."""
    lines: list[str] = []
    goes_on = False  # behind a formula: what is indented as it is belongs to its sentence
    for line in text.split("\n"):
        first = line[:1]
        if first.isalnum():
            lines.append(line)
            continue
        is_text = first not in _NOT_TEXT and not line.startswith(("{|", "----"))
        is_note = first == NOTE and not lines and _is_note(line[1:], italic=True)
        if is_text and not is_note and line.strip(_BLANK_OR_HOLE):
            lines.append(line)
            continue
        if lines:
            goes_on = False
            yield _PARAGRAPH, _paragraph(lines)
            lines.clear()
        if not first or not line.strip(_BLANK):
            continue
        if first in (GONE, "|") or not line.strip(_BLANK_OR_HOLE):
            yield _NOTHING, ""
        elif first in "*#:; " or is_note:
            entry = line.strip(f"{_BLANK}:")
            if _FORMULA_LINE.match(line):
                goes_on = True
                yield _SHOWN_FORMULA, mend(line)
            elif goes_on and first in " :" and entry[:1].islower():
                lines.append(entry)
            else:
                goes_on = False
                note = NOTE if NOTE in line else ""
                yield _LIST_ITEM, note + mend(_ITEM.sub("", line.strip(_BLANK_OR_NOTE), count=1))
        elif first == "=":
            yield _SECTION, line
    if lines:
        yield _PARAGRAPH, _paragraph(lines)


def _is_note(text: str, italic: bool) -> bool:
    return bool(_TOP_NOTE.match(text) or (italic and _ITALIC_NOTE.match(text)))


def _paragraph(lines: list[str]) -> str:
    note = NOTE if len(lines) == 1 and NOTE in lines[0] else ""
    return note + mend(" ".join(map(str.strip, lines)))


class _Page:
    """The paragraphs so far.

    Attributes:
        kept: that are finished.
    """

    def __init__(self, tally: Tally | None, title: str) -> None:
        self.kept: list[str] = []
        self._tally, self._title = tally, title
        self._open = ""  # the last paragraph: what follows decides what becomes of it
        self._continues = False  # a formula stands at its end
        self._entries: list[str] = []  # of a list, each of which ends in `;`
        self._lost = False  # something was left out since
        self._works = False
        self._at_top = True

    def add(self, kind: int, text: str) -> None:
        if self._entries and kind != _LIST_ITEM:
            self._entries = []
            self._lost = True
        if kind == _PARAGRAPH:
            note, text = text.startswith(NOTE), text.lstrip(NOTE)
            if self._is_note(text, note):
                return
            if self._continues and text[:1].islower():
                self._open += f" {text}"
            else:
                self._close()
                self._open = text
            self._continues = False
        elif kind == _LIST_ITEM:
            self._item(text)
        elif kind == _SHOWN_FORMULA:
            if not self._open or self._lost or ends_sentence(self._open):
                self._close()
                self._open = text
            else:
                self._open += f" {text}"
            self._continues = True
        elif kind == _NOTHING:
            self._lost = True
        else:
            self._lost = True
            self._close()
            self._works = text == "=works"
            self._at_top = True

    def _item(self, text: str) -> None:
        is_note = text.startswith(NOTE)
        text = text.lstrip(NOTE)
        opens_page = self._at_top and not self.kept and not self._open
        if not text or self._is_note(text, is_note) or (is_note and opens_page):
            return
        announced = self._open.endswith(":")
        if text.endswith(_CONTINUED) or (text.endswith(",") and (announced or self._entries)):
            self._entries.append(text)
            return
        whole = " ".join([*self._entries, text])
        joined, self._entries = bool(self._entries), []
        if joined and announced and ends_sentence(text):
            self._open += f" {whole}"
            self._lost = False
            self._close()
        elif is_sentence(whole) and not looks_like_a_reference(whole, self._works):
            self._lost = False
            self._close()
            self.kept.append(whole)
            self._at_top = False
        else:
            self._lost = True

    def _is_note(self, text: str, italic: bool) -> bool:
        return self._at_top and not self._open and _is_note(text, italic)

    def _close(self) -> None:
        """Keeps the open paragraph where it is prose."""
        text, lost = self._open, self._lost
        self._open, self._lost, self._continues = "", False, False
        if not text:
            return
        self._at_top = False
        announces = text.endswith((":", "："))
        if announces and lost:
            whole, text = text, _without_last_sentence(text)
            if self._tally is not None:
                about = About(title=self._title, text=whole[len(text) :].strip())
                self._tally.drop("sentence", LIST_LEFT_OUT, self._title, about=about)
        if is_prose(text) or (
            announces and not lost and has_words(text, 2) and not _HATNOTE.match(text)
        ):
            self.kept.append(text)


def _without_last_sentence(text: str) -> str:
    end = 0
    for match in _LAST_SENTENCE.finditer(text):
        if not _ABBREVIATED.search(text, max(0, match.end() - 12), match.end()):
            end = match.end()
    return text[:end].strip()


def ends_sentence(text: str) -> bool:
    """Whether the text's end closes a sentence."""
    return text.endswith((".", "!", "?")) or (
        _SENTENCE_END.search(text, max(0, len(text) - 12)) is not None
    )


def is_sentence(item: str) -> bool:
    """Whether a list entry reads as a sentence: enough words, closed by punctuation."""
    return ends_sentence(item) and has_words(item, MIN_ITEM_WORDS) and not _HATNOTE.match(item)


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph is text, not a caption or a leftover of a table."""
    if not _LETTER.search(paragraph):
        return False
    if not ends_sentence(paragraph):
        return has_words(paragraph, MIN_PROSE_WORDS)
    if has_words(paragraph, LONG_HATNOTE_WORDS):
        return True
    return has_words(paragraph, 2) and not _HATNOTE.match(paragraph)


def words(text: str) -> int:
    """About how many words a text has."""
    count = len(text.split())
    return count if text.isascii() else count + len(_UNSPACED.findall(text)) // 2


def has_words(text: str, count: int) -> bool:
    """Whether a text has about so many words or more; reads no further where it has."""
    return len(text.split(None, count)) >= count or (not text.isascii() and words(text) >= count)
