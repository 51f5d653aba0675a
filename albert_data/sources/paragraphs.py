"""Lines of a book → paragraphs, however it is wrapped.

Line ends are of two kinds, wraps and paragraph ends. Where a line stops in mid-sentence and the
next begins in lower case, the line end is surely a wrap. Where such wraps are frequent, the text
around is hard-wrapped, and their lengths give the width it was wrapped at; every other line end
there is a wrap too, unless the next line's first word would have fitted with room to spare (then
somebody ended the line: a paragraph without blank lines, verse, an address, a list) or the next
line is indented. Where sure wraps are rare, each line is a paragraph. All is decided by about 100
lines around, so one file may mix both. Cost: about 2 µs a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

BLOCK = 64  # lines judged together, by themselves and as many on both sides
WRAPPED = 0.2  # of the line ends there are sure wraps; in wrapped prose 0.6 are, elsewhere 0.01
_MIDWAY = frozenset(",;-—’'\xad")  # what a line may end with in mid-sentence, beside a word
_TERMINAL = tuple(".!?:;\"'”’)]*_»…")
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
    """The lines that are not blank: words, indentation, and whether a blank line comes before."""

    text: list[str]
    indent: list[int]
    after_blank: list[bool]


def join_lines(lines: Sequence[str]) -> list[str]:
    """The paragraphs of a text."""
    found = _lines_with_words(lines)
    text = found.text
    if not text:
        return []
    glue = _Glue(text)
    paragraphs = []
    start = 0
    for i, wraps in enumerate([*_wraps(found), False], 1):
        if not wraps:
            paragraphs.append(glue.join(start, i))
            start = i
    return paragraphs


class _Glue:
    """Joins lines: mostly by a space, but not after a dash or a hyphen within a word."""

    def __init__(self, text: list[str]) -> None:
        self._text = text
        self._special = [line[-1] in "-—\xad" for line in text]
        self._words: Counter[str] | None = None

    def join(self, start: int, end: int) -> str:
        text = self._text
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
        """consid-erable, begging-bowl? As the book has it elsewhere; else the hyphen stays."""
        line = self._text[i]
        if line[-1] == "\xad":
            return True
        if line[-1] != "-" or not self._closes(i) or line.endswith("--"):
            return False
        if self._words is None:
            self._words = Counter(w for t in self._text for w in _WORD.findall(t.lower()))
        head = _WORD.findall(line.lower())[-1]
        tail = _WORD.findall(self._text[i + 1].lower())[0]
        return self._words[head[:-1] + tail] > self._words[head + tail]

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
    text: list[str] = []
    indent: list[int] = []
    blanks: list[int] = []  # before each
    blank = 0
    for line in lines:
        body = line.strip()
        if "  " in body or not body.isprintable():
            body = " ".join(body.split())
        if not body:
            blank += 1
            continue
        text.append(body)
        first = line[0]
        indent.append(len(line) - len(line.lstrip()) if first in " \t" else 0)
        blanks.append(blank)
        blank = 0
    single = [i for i in range(1, len(text)) if blanks[i] == 1]
    sure = sum(_surely_wraps(text[i - 1], text[i]) for i in single)
    gone = set(single) if sure > WRAPPED * len(text) else set()
    return _Lines(text, indent, [n > 0 and i not in gone for i, n in enumerate(blanks)])


def _surely_wraps(line: str, following: str) -> bool:
    """The line stops in mid-sentence: no full stop, and the next goes on in lower case."""
    return following[0].islower() and (line[-1].isalnum() or line[-1] in _MIDWAY)


def _wraps(lines: _Lines) -> list[bool]:
    """For each line but the last: whether it and the next are of one paragraph."""
    text, indent = lines.text, lines.indent
    near = [not blank for blank in lines.after_blank[1:]]
    sure = [close and _surely_wraps(a, b) for close, a, b in zip(near, text, text[1:])]  # noqa: B905
    result = list(sure)
    blocks = [range(i, min(i + BLOCK, len(near))) for i in range(0, len(near), BLOCK)]
    adjacent = [sum(near[block.start : block.stop]) for block in blocks]
    examples = [[i for i in block if sure[i]] for block in blocks]
    lengths = [[indent[i] + len(text[i]) for i in found] for found in examples]
    fitting = [[_fitting(lines, i) for i in found] for found in examples]
    for n, block in enumerate(blocks):
        around = slice(max(n - 1, 0), n + 2)
        widths = list(chain.from_iterable(lengths[around]))
        if len(widths) <= WRAPPED * sum(adjacent[around]):
            continue
        width = _quantile(widths, 0.95)
        narrowest = _quantile(list(chain.from_iterable(fitting[around])), 0.03)
        room = max(width - narrowest, 0)  # what a wrap here leaves free
        for i in block:
            if near[i] and not sure[i]:
                spare = width - room - _fitting(lines, i)
                if len(text[i]) > 1.5 * width:  # a paragraph a line, beside wrapped ones
                    continue
                result[i] = _goes_on(text[i], text[i + 1], indent[i + 1] - indent[i], spare)
    return result


def _fitting(lines: _Lines, i: int) -> int:
    """The length of line i, had it taken the next line's first word."""
    following = lines.text[i + 1]
    space = following.find(" ")
    return lines.indent[i] + len(lines.text[i]) + 1 + (len(following) if space < 0 else space)


def _goes_on(line: str, following: str, indented: int, spare: int) -> bool:
    """Whether a line end in hard-wrapped text, not surely a wrap, is one all the same.

    Args:
        indented: how much further the following line is indented.
        spare: how much shorter the line is than a wrap makes it.
    """
    if DIVISION_LINE.fullmatch(line) or DIVISION_LINE.fullmatch(following):
        return False
    if following[0].islower() and spare <= 30:
        return True
    if indented > 1:
        return False
    if following[0] in '"“' and line[-1] in '"”' and line[-2:-1] in ".!?,-—":
        return False  # another speaker
    return spare <= (2 if line.endswith(_TERMINAL) else 10)


def _quantile(values: list[int], share: float) -> int:
    return sorted(values)[int(share * (len(values) - 1))]
