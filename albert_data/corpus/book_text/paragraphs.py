"""Lines of a book → paragraphs, however it is wrapped.

Line ends are of two kinds, wraps and paragraph ends. Where a line stops in mid-sentence and the
next begins in lower case, the line end is surely a wrap. Where such wraps are frequent, the text
around is hard-wrapped, and their lengths give the width it was wrapped at; every other line end
there is a wrap too, unless the next line's first word would have fitted with room to spare (then
somebody ended the line: a paragraph without blank lines, verse, an address, a list) or the next
line is indented. Where sure wraps are rare, each line is a paragraph. All is decided by about 100
lines around, so one file may mix both.

Looks at many lines at once, as arrays of what they begin and end with and how long they are; only odd lines
are looked at one by one. Two things are of the whole book: whether it is double-spaced, and which of its
words are written with a hyphen. Cost: about 1 µs a line.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from albert_data.base.spool import Spool
from albert_data.corpus.book_text import hyphens
from albert_data.corpus.book_text.text_lines import NO_LINES, TextLines, text_lines
from albert_data.corpus.book_text.windows import Lines, to_the_last, too_long
from albert_data.corpus.book_text.word_counts import WORD, WordCounts

LONGEST_STANZA = 64  # lines
BLOCK = 64  # lines judged together, by themselves and as many on both sides
CONTEXT = 4 * BLOCK  # lines on which what is said of a line end may depend: a stanza's, and theirs
WRAPPED = 0.2  # of the line ends there are sure wraps; in wrapped prose 0.6 are, elsewhere 0.01
_DASHES = frozenset("-—\xad")
_TERMINAL = frozenset(".!?:;\"'”’)]*_»…")
_SUSPENDED = re.compile(r"(?:and|or|to|nor|but)\b")  # two- and three-year-old
_UTF_8 = 4  # bytes of a character at most

NUMBER = (
    r"(?:\d{1,3}|[IVXLC]+|[ivxlc]+|(?i:the (?:first|second|third|last)|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twenty|thirty|forty|fifty|sixty)(?:-\w+)?"
    r"|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth))"
)
DIVISION = (
    r"(?i:chapter|chap\.|book|part|volume|vol\.|letter|adventure|act|scene|canto|stave|section"
    r"|phase)"
)
# A line that can be nothing else: CHAPTER IV. | Letter 1 | Book the First
DIVISION_LINE = re.compile(rf"{DIVISION} {NUMBER}[.:]?")


def join_lines(
    windows: Iterable[Lines], most_bytes: int = sys.maxsize, where: str = ""
) -> Iterator[list[str]]:
    """The paragraphs of a book's lines, some at a time.

    Args:
        most_bytes: of a paragraph.
        where: the book, for people.

    Raises:
        BrokenFile: a paragraph is longer.
    """
    book = _Book(windows)
    lines = NO_LINES
    decided = 0  # line ends, of `lines`
    part: list[str] = []  # the lines of a paragraph that goes on
    for more, last in to_the_last(book.windows()):
        lines = lines.and_then(more) if lines.text else more
        until = len(lines.text) if last else _even(len(lines.text) - CONTEXT)
        if until <= decided:
            continue
        wraps = _wraps(lines, book.double_spaced)
        ends = (np.flatnonzero(~wraps[decided:until]) + decided + 1).tolist()
        begin, paragraphs = decided, []
        for end in ends:
            paragraphs.append(book.join(part + lines.text[begin:end]))
            part, begin = [], end
        part += lines.text[begin:until]
        decided = until
        if last:
            paragraphs.append(book.join(part))
            part = []
        longest = max(map(len, paragraphs), default=0), sum(map(len, part))
        if _UTF_8 * max(longest) > most_bytes and any(
            len(text.encode()) > most_bytes for text in (*paragraphs, "".join(part))
        ):
            raise too_long("paragraph", most_bytes, where)
        yield paragraphs
        passed = max(_even(decided - CONTEXT), 0)
        lines, decided = lines.since(passed), decided - passed


def _even(number: int) -> int:
    """The multiple of BLOCK at or before a number of lines."""
    return number // BLOCK * BLOCK


class _Book:
    """The lines of a book, gone over twice, and what is to be known of all of them.

    Attributes:
        double_spaced: single blank lines stand between the lines of a paragraph.
    """

    def __init__(self, windows: Iterable[Lines]) -> None:
        self._windows: Spool[TextLines] = Spool()
        self._words: Counter[str] | None = None
        lines = spaced = broken = blanks = 0
        before: TextLines = NO_LINES  # the last line
        asked: set[str] = set()
        for window in windows:
            own, blanks = text_lines(window, blanks)
            if not own.text:
                continue
            self._windows.add(own)
            both = before.and_then(own)
            spaced += int(both.goes_on[both.blanks[1:] == 1].sum())
            lines += len(own.text)
            for i in np.flatnonzero(both.hyphen[:-1]).tolist():
                line, following = both.text[i], both.text[i + 1]
                if line[-2:-1].isalpha() and following[0].islower():
                    broken += 1
                    asked.update(_forms(line, following))
            before = own.since(len(own.text) - 1)
        self.double_spaced = spaced > WRAPPED * lines
        self._breaks_words = broken > hyphens.BREAKS_WORDS * lines
        self._asked = asked

    def windows(self) -> Iterable[TextLines]:
        """The lines, to be taken as often as wanted."""
        return self._windows

    def join(self, lines: list[str]) -> str:
        """Lines of a paragraph: mostly by a space, but not after a dash or a hyphen within a word."""
        if len(lines) == 1:
            return lines[0]
        if _DASHES.isdisjoint([line[-1] for line in lines[:-1]]):
            return " ".join(lines)
        pieces = [lines[0]]
        for line, following in pairwise(lines):
            if line[-1] in _DASHES:
                pieces[-1] = pieces[-1][:-1] if self._drops(line, following) else pieces[-1]
                pieces.append("" if _closes(line, following) else " ")
            else:
                pieces.append(" ")
            pieces.append(following)
        return "".join(pieces)

    def _drops(self, line: str, following: str) -> bool:
        """Whether a hyphen at a line's end goes (`hyphens`)."""
        if line[-1] == "\xad":
            return True
        if line[-1] != "-" or not _closes(line, following) or line.endswith("--"):
            return False
        if self._words is None:
            self._words = self._counted()
        head, tail, *_ = _forms(line, following)
        return not hyphens.belongs(head, tail, self._words, self._breaks_words)

    def _counted(self) -> Counter[str]:
        """How often the words occur that are asked for, those apart at line ends aside."""
        words = WordCounts(self._asked)
        for window in self._windows:
            words.add("\n".join(window.text).lower())
        return words.counts


def _forms(line: str, following: str) -> tuple[str, str, str, str]:
    """The last word of a line without its hyphen, the first of the next, both as one word and as two."""
    head = WORD.findall(line.lower())[-1].removesuffix("-")
    first = WORD.search(following.lower())
    tail = first[0] if first else ""
    return head, tail, head + tail, f"{head}-{tail}"


def _closes(line: str, following: str) -> bool:
    """Whether nothing stands between a line that ends with a dash or hyphen and the next."""
    if line[-1] == "\xad":
        return True
    if line[-1] == "—" or line.endswith("--"):
        return line.rstrip("-—")[-1:].isalnum()
    within_word = line[-2:-1].isalpha() and following[0].islower()
    return within_word and not _SUSPENDED.match(following)


def _wraps(lines: TextLines, double_spaced: bool) -> np.ndarray:
    """bool [N - 1], for each line but the last: whether it and the next are of one paragraph."""
    near = lines.blanks[1:] <= double_spaced
    sure: np.ndarray = near & lines.goes_on
    taken = lines.indent[:-1] + lines.length[:-1]
    fitting = taken + 1 + lines.first_word[1:]  # had the line taken the next one's first word
    width, room = _widths(near, np.flatnonzero(sure), taken, fitting)
    doubtful = near & ~sure & (width > 0)
    doubtful &= lines.length[:-1] <= 1.5 * width  # else a paragraph a line, beside wrapped ones
    places = np.flatnonzero(doubtful)
    spare = (width - room - fitting)[places]
    sure[places[_go_on(lines, places, spare)]] = True
    sure |= _within_stanzas(lines, sure, near, width, taken)
    return sure


def _within_stanzas(
    lines: TextLines, sure: np.ndarray, near: np.ndarray, width: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """bool [N - 1]: line ends within a stanza, which is one paragraph as prose is.

    A stanza stands between blank lines; its lines are indented, or from three on all short for the width
    around; each begins with a capital, none continues the last as prose does, and half of them or more end
    no sentence.
    """
    found = np.zeros_like(sure)
    begins = np.concatenate([[0], np.flatnonzero(~near) + 1])
    counts = np.diff(begins, append=len(lines.text))
    indented = np.minimum.reduceat(lines.indent, begins) > 1
    room = np.where(width > 0, 0.8 * width - taken, 0)
    short = np.minimum.reduceat(np.append(room, room[-1:] if len(room) else 0), begins) > 0
    possible = (counts > 1) & (counts <= LONGEST_STANZA) & (indented | (short & (counts > 2)))
    for begin, count in zip(begins[possible].tolist(), counts[possible].tolist(), strict=True):
        ends = slice(begin, begin + count - 1)
        stanza = lines.text[begin : begin + count]
        if near[ends].all() and not sure[ends].any() and _is_stanza(stanza):
            found[ends] = True
    return found


def _is_stanza(lines: list[str]) -> bool:
    if any(not line.lstrip("\"“‘'—-(_").strip()[:1].isupper() for line in lines):
        return False
    if any(line[-1].isdigit() or line.isupper() or DIVISION_LINE.fullmatch(line) for line in lines):
        return False
    midway = sum(line[-1] in ",;:—-" or line[-1].isalpha() for line in lines[:-1])
    return 2 * midway >= len(lines) - 1 and any(line[-1] in ",;:" for line in lines)


def _widths(
    near: np.ndarray, sure: np.ndarray, taken: np.ndarray, fitting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The width that the text around each line end is wrapped at, and what a wrap leaves free there.

    Args:
        near: bool [M], no blank line between.
        sure: int64, places of the sure wraps.
        taken: int64 [M], characters up to the line's end.
        fitting: int64 [M], characters had the line taken one word more.

    Returns:
        int64 [M] widths, 0 where lines are not wrapped, and int64 [M] room.
    """
    width, room = np.zeros_like(taken), np.zeros_like(taken)
    adjacent = np.concatenate([[0], np.cumsum(near)])
    for begin in range(0, len(near), BLOCK):
        low, high = max(begin - BLOCK, 0), min(begin + 2 * BLOCK, len(near))
        first, last = np.searchsorted(sure, (low, high))
        if last - first <= WRAPPED * (adjacent[high] - adjacent[low]):
            continue
        around = sure[first:last]
        block = slice(begin, begin + BLOCK)
        width[block] = _quantile(taken[around], 0.95)
        room[block] = np.maximum(width[begin] - _quantile(fitting[around], 0.03), 0)
    return width, room


def _go_on(lines: TextLines, places: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """Which line ends in hard-wrapped text, not surely wraps, are wraps all the same.

    Args:
        places: int64 [K], the line ends in question.
        spare: int64 [K], how much shorter the line is than a wrap makes it.
    """
    text = lines.text
    here, following = [text[i] for i in places], [text[i + 1] for i in places]
    indented = lines.indent[places + 1] - lines.indent[places] > 1
    terminal = np.array([line[-1] in _TERMINAL for line in here], np.bool_)
    lower = lines.lower[places + 1] & (spare <= 30)
    result: np.ndarray = lower | (~indented & (spare <= np.where(terminal, 2, 10)))
    for k in np.flatnonzero(result).tolist():
        line, after = here[k], following[k]
        if not lower[k] and after[0] in '"“' and line[-1] in '"”' and line[-2:-1] in ".!?,-—":
            result[k] = False  # another speaker
        elif DIVISION_LINE.fullmatch(line) or DIVISION_LINE.fullmatch(after):
            result[k] = False
    return result


def _quantile(values: np.ndarray, share: float) -> np.int64:
    quantile: np.int64 = np.sort(values)[int(share * (len(values) - 1))]
    return quantile
