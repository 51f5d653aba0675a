"""Lines of a book → paragraphs, however it is wrapped.

Line ends are of two kinds, wraps and paragraph ends. Where a line stops in mid-sentence and the
next begins in lower case, the line end is surely a wrap. Where such wraps are frequent, the text
around is hard-wrapped, and their lengths give the width it was wrapped at; every other line end
there is a wrap too, unless the next line's first word would have fitted with room to spare (then
somebody ended the line: a paragraph without blank lines, verse, an address, a list) or the next
line is indented. Where sure wraps are rare, each line is a paragraph. All is decided by about 100
lines around, so one file may mix both.

Looks at all lines of a book at once, as arrays of what they begin and end with and how long they
are; only odd lines are looked at one by one. Cost: about 1 µs a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, pairwise

import numpy as np

from albert_data.corpus.book_text import hyphens

LONGEST_STANZA = 64  # lines
BLOCK = 64  # lines judged together, by themselves and as many on both sides
WRAPPED = 0.2  # of the line ends there are sure wraps; in wrapped prose 0.6 are, elsewhere 0.01
_MIDWAY = frozenset(",;-—’'\xad")  # what a line may end with in mid-sentence, beside a word
_TERMINAL = frozenset(".!?:;\"'”’)]*_»…")
_SUSPENDED = re.compile(r"(?:and|or|to|nor|but)\b")  # two- and three-year-old
_WORD = re.compile(r"[\w'’-]+")

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


@dataclass(frozen=True, slots=True)
class _Lines:
    """The N lines that are not blank.

    Attributes:
        text: the lines, white space collapsed.
        indent, length: int64 [N], characters.
        first_word: int64 [N], length of the line's first word.
        gap: bool [N], a blank line comes before.
        lower: bool [N], the line begins in lower case.
        open: bool [N], it stops in mid-sentence.
    """

    text: list[str]
    indent: np.ndarray
    length: np.ndarray
    first_word: np.ndarray
    gap: np.ndarray
    lower: np.ndarray
    open: np.ndarray

    @property
    def goes_on(self) -> np.ndarray:
        """bool [N - 1], the line stops in mid-sentence and the next goes on in lower case."""
        goes_on: np.ndarray = self.open[:-1] & self.lower[1:]
        return goes_on


def join_lines(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text."""
    found = _lines_with_words(lines)
    text = found.text
    if not text:
        return []
    glue = _Glue(text)
    ends = [*(np.flatnonzero(~_wraps(found)) + 1).tolist(), len(text)]
    return [glue.join(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


class _Glue:
    """Joins lines: mostly by a space, but not after a dash or a hyphen within a word."""

    def __init__(self, text: list[str]) -> None:
        self._text = text
        self._special = [line[-1] in "-—\xad" for line in text]
        self._known: tuple[Counter[str], bool] | None = None

    def join(self, start: int, end: int) -> str:
        text = self._text
        if end == start + 1:
            return text[start]
        if True not in self._special[start : end - 1]:
            return " ".join(text[start:end])
        pieces = [text[start]]
        for i in range(start, end - 1):
            if self._special[i]:
                pieces[-1] = pieces[-1][:-1] if self._drops(i) else pieces[-1]
                pieces.append("" if self._closes(i) else " ")
            else:
                pieces.append(" ")
            pieces.append(text[i + 1])
        return "".join(pieces)

    def _drops(self, i: int) -> bool:
        """Whether a hyphen at a line's end goes (`hyphens`)."""
        line = self._text[i]
        if line[-1] == "\xad":
            return True
        if line[-1] != "-" or not self._closes(i) or line.endswith("--"):
            return False
        words, breaks_words = self._of_book()
        head = _WORD.findall(line.lower())[-1].removesuffix("-")
        tail = _WORD.findall(self._text[i + 1].lower())[0]
        return not hyphens.belongs(head, tail, words, breaks_words)

    def _of_book(self) -> tuple[Counter[str], bool]:
        """How often its words occur, those apart at line ends aside, and whether it breaks words."""
        if self._known is None:
            words = Counter(_WORD.findall("\n".join(self._text).lower()))
            broken = sum(
                line[-1] == "-" and line[-2:-1].isalpha() and following[0].islower()
                for line, following in pairwise(self._text)
            )
            self._known = words, broken > hyphens.BREAKS_WORDS * len(self._text)
        return self._known

    def _closes(self, i: int) -> bool:
        line, following = self._text[i], self._text[i + 1]
        if line[-1] == "\xad":
            return True
        if line[-1] == "—" or line.endswith("--"):
            return line.rstrip("-—")[-1:].isalnum()
        within_word = line[-2:-1].isalpha() and following[0].islower()
        return within_word and not _SUSPENDED.match(following)


def _lines_with_words(lines: Sequence[str]) -> _Lines:
    """The lines that are not blank; in a double-spaced text, single blank lines are overlooked."""
    bodies = [line.strip() for line in lines]
    whole = "".join(bodies)
    if "  " in whole:
        bodies = [" ".join(body.split()) if "  " in body else body for body in bodies]
    if not whole.isprintable():
        bodies = [body if body.isprintable() else " ".join(body.split()) for body in bodies]
    text = list(filter(None, bodies))
    places = np.flatnonzero(_flags(bool, bodies))
    blanks = np.diff(places, prepend=-1) - 1
    length = _numbers(map(len, text), len(text))
    spaces = _numbers((line.find(" ") for line in text), len(text))
    indent = (
        len(line) - len(line.lstrip()) if line[0] in " \t" else 0
        for line in compress(lines, bodies)
    )
    found = _Lines(
        text,
        _numbers(indent, len(text)),
        length,
        np.where(spaces < 0, length, spaces),
        blanks > 0,
        _flags(str.islower, [line[0] for line in text]),
        _flags(_is_open, [line[-1] for line in text]),
    )
    single = blanks == 1
    if found.goes_on[single[1:]].sum() > WRAPPED * len(text):
        found.gap[single] = False
    return found


@cache
def _is_open(last: str) -> bool:
    """Whether a line that ends with this character stops in mid-sentence."""
    return last.isalnum() or last in _MIDWAY


def _flags(test: Callable[[str], bool], texts: list[str]) -> np.ndarray:
    return np.fromiter(map(test, texts), np.bool_, len(texts))


def _numbers(values: Iterable[int], count: int) -> np.ndarray:
    return np.fromiter(values, np.int64, count)


def _wraps(lines: _Lines) -> np.ndarray:
    """bool [N - 1], for each line but the last: whether it and the next are of one paragraph."""
    near = ~lines.gap[1:]
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
    lines: _Lines, sure: np.ndarray, near: np.ndarray, width: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """bool [N - 1]: line ends within a stanza, which is one paragraph as prose is.

    A stanza stands between blank lines; its lines are indented, or from three on all short for the width
    around; each begins with a capital, none continues the last as prose does, and half of them or more end
    no sentence.
    """
    found = np.zeros_like(sure)
    begins = np.concatenate([[0], np.flatnonzero(lines.gap[1:]) + 1])
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


def _go_on(lines: _Lines, places: np.ndarray, spare: np.ndarray) -> np.ndarray:
    """Which line ends in hard-wrapped text, not surely wraps, are wraps all the same.

    Args:
        places: int64 [K], the line ends in question.
        spare: int64 [K], how much shorter the line is than a wrap makes it.
    """
    text = lines.text
    here, following = [text[i] for i in places], [text[i + 1] for i in places]
    indented = lines.indent[places + 1] - lines.indent[places] > 1
    terminal = _flags(lambda line: line[-1] in _TERMINAL, here)
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
