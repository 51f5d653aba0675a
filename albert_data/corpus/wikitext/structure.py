"""Templates, links, tables and headings of a page, matched in one pass and rendered top down.

The pass finds the brackets and pairs them with an explicit stack; a bracket without a partner is
left out, so one missing `}}` does not cost the page. Rendering then visits only what is shown: a
table, picture or unknown template is stepped over, and leaves its mark (`marks`). Time is linear;
depth is limited.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import accumulate

from albert_data.base.tally import Tally
from albert_data.corpus.leave_out import IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.corpus.wikitext.arguments import Arguments
from albert_data.corpus.wikitext.links import is_invisible, link_text
from albert_data.corpus.wikitext.marks import GONE, HOLE, VOID
from albert_data.corpus.wikitext.page import UNKNOWN_PAGE, PageContext
from albert_data.corpus.wikitext.references import lists_works
from albert_data.corpus.wikitext.sections import heading, holds_no_prose
from albert_data.corpus.wikitext.site_words import site_words
from albert_data.corpus.wikitext.tag_names import one_of
from albert_data.corpus.wikitext.templates import render_template, template_name

MAX_DEPTH = 1000
# MediaWiki itself expands 40 levels; deeper templates are dropped like unknown ones.
_MAX_RENDERED_DEPTH = 40

_TOKEN = re.compile(
    r"(\[\[[^\[\]{}|<>\n]*(?:\|[^\[\]{}|<>\n]*)?\]\]"
    r"|\{\{|\}\}|\[\[|\]\]"
    r"|\n[ \t:*#]*\{\||\n[ \t]*\|\}(?!\})"
    r"|\n=[^\n]*=[ \t]*(?=\n|\Z))"
)
_NESTED = (
    "div span blockquote center small big sub sup b i u s font code tt em strong cite p ul ol dl q table"
    " abbr var kbd samp poem"
).split()
_TAG = re.compile(rf"<(/?)(?:{one_of(_NESTED)})\b([^<>]*)", re.IGNORECASE)
_TEMPLATE, _LINK, _TABLE, _HEADING, _SIMPLE_LINK, _TEMPLATE_END, _LINK_END, _TABLE_END = range(8)
_BRACKETS = {"{{": _TEMPLATE, "[[": _LINK, "}}": _TEMPLATE_END, "]]": _LINK_END}
_BY_LAST = {"]": _SIMPLE_LINK, "|": _TABLE, "}": _TABLE_END}  # character of the other tokens
_ARGUMENT, _EQUALS = "\x1f", "\x1e"
HEADING, WORKS_HEADING = "\n=\n", "\n=works\n"
_GONE_BLOCK = f"\n\n{GONE}\n\n"
_ONLY_TEMPLATES = re.compile(r"[\s:*#\ufdd0-\ufddf]*(?:\{\{[^{}]*\}\}\s*)*")
_LONGEST_LINE = 200  # characters in which a template's neighbours on its line are looked for


class NestedTooDeep(Exception):
    """More than MAX_DEPTH constructs are open at once."""


class OutOfTime(Exception):
    """The deadline passed."""


def check(deadline: float | None) -> None:
    """Raises OutOfTime when `time.thread_time()` is past the deadline."""
    if deadline is not None and time.thread_time() > deadline:
        raise OutOfTime


class Structure:
    """The paired brackets of one page; `text` begins with a line break.

    Attributes:
        tokens, kinds, starts, ends: of each token, in order.
        partner: of an opening token, the index of its closing token; otherwise 0.
    """

    def __init__(
        self,
        text: str,
        tally: Tally | None = None,
        deadline: float | None = None,
        page: PageContext = UNKNOWN_PAGE,
    ) -> None:
        self.text = text
        self.page = page
        self.words = site_words(page.site)
        self.deadline = deadline
        pieces = _TOKEN.split(text)
        places = list(accumulate(map(len, pieces)))
        self.tokens = pieces[1::2]
        self.starts, self.ends = places[:-1:2], places[1::2]
        self.kinds: list[int] = []
        self.partner = [0] * len(self.tokens)
        self._openings: list[int] = []  # and headings
        self.dropped = 0
        self._pair()
        self._tally = tally

    def _pair(self) -> None:
        kinds, partner, openings = self.kinds, self.partner, self._openings
        stack: list[int] = []
        open_count = [0, 0, 0]
        for index, token in enumerate(self.tokens):
            kind = _BRACKETS.get(token)
            if kind is None:
                kind = _BY_LAST.get(token[-1], _HEADING)
            kinds.append(kind)
            if kind == _SIMPLE_LINK:
                continue
            if kind <= _HEADING:
                openings.append(index)
                if kind != _HEADING:
                    stack.append(index)
                    open_count[kind] += 1
                    if len(stack) > MAX_DEPTH:
                        raise NestedTooDeep
            elif open_count[closes := kind - _TEMPLATE_END] and (
                closes != _LINK or kinds[stack[-1]] == _LINK
            ):
                while True:
                    opened = stack.pop()
                    open_count[kinds[opened]] -= 1
                    if kinds[opened] == closes:
                        break
                partner[opened] = index
            if index & 0xFFF == 0:
                check(self.deadline)

    def prose(self) -> str:
        """The page with every construct rendered or left out, HEADING or WORKS_HEADING before each
        section."""
        parts: list[str] = []
        cut_level = 0
        for level, title, first, last, start, end in self._sections():
            if cut_level and level > cut_level:
                continue
            cut_level = level if holds_no_prose(title, self.words.sections) else 0
            if not cut_level:
                section = self._render(first, last, start, end, 0)
                check_tags(section)
                parts += [WORKS_HEADING if lists_works(title) else HEADING, section]
                check(self.deadline)
        if self._tally is not None and self.dropped:
            self._tally.count("dropped templates", self.dropped)
        return "".join(parts)

    def _sections(self) -> Iterator[tuple[int, str, int, int, int, int]]:
        """(level, title, first token, last token, start, end) of each; the lead has level 0."""
        level, title, first, start = 0, "", 0, 0
        passed = 0
        for index in self._openings:
            if index < passed:  # within a construct
                continue
            if self.partner[index]:
                passed = self.partner[index]
            elif self.kinds[index] == _HEADING:
                yield level, title, first, index, start, self.starts[index]
                level, title = heading(self.tokens[index])
                first, start = index + 1, self.ends[index]
        yield level, title, first, len(self.kinds), start, len(self.text)

    def _render(self, index: int, last: int, position: int, end: int, depth: int) -> str:
        """text[position:end], which holds the tokens index … last - 1. Inside a construct
        (depth > 0) its own `|` and `=` become _ARGUMENT and _EQUALS."""
        text, kinds, starts, partner = self.text, self.kinds, self.starts, self.partner
        tokens, unseen = self.tokens, self.words.unseen
        out: list[str] = []
        while index < last:
            start = starts[index]
            kind = kinds[index]
            literal = text[position:start]
            if depth and literal:
                literal = literal.replace("|", _ARGUMENT).replace("=", _EQUALS)
            out.append(literal)
            position = self.ends[index]
            if kind == _SIMPLE_LINK:
                target, pipe, label = tokens[index][2:-2].partition("|")
                if not label or ":" in target:
                    label = link_text(target, label if pipe else None, unseen) or VOID
                out.append(label)
            elif kind == _HEADING:
                out.append("\n")
            elif partner[index]:
                closing = partner[index]
                if kind == _TEMPLATE:
                    out.append(self._template(index, closing, depth))
                elif kind == _LINK:
                    out.append(self._link(index, closing, depth))
                else:
                    out.append(_GONE_BLOCK)
                index = closing
                position = self.ends[closing]
            elif kind == _TEMPLATE or (
                kind == _LINK and is_invisible(text[position : position + 40], unseen)
            ):
                # Never closed: what follows on its line is its arguments.
                out.append(VOID)
                line_end = text.find("\n", position, end)
                position = line_end if line_end >= 0 else end
                while index + 1 < last and starts[index + 1] < position:
                    index += 1
            elif kind == _TABLE:
                out.append(f"\n{GONE}\n|")
            index += 1
        literal = text[position:end]
        if depth:
            literal = literal.replace("|", _ARGUMENT).replace("=", _EQUALS)
        out.append(literal)
        return "".join(out)

    def _template(self, opening: int, closing: int, depth: int) -> str:
        def arguments() -> list[str]:
            start, end = self.ends[opening], self.starts[closing]
            return self._render(opening + 1, closing, start, end, depth + 1).split(_ARGUMENT)

        name = template_name(self.text, self.ends[opening])
        shown = None
        if depth < _MAX_RENDERED_DEPTH:
            place = Arguments(self.page, self.text, self.starts[opening])
            shown = render_template(name, arguments, _EQUALS, place)
        if shown and shown != VOID:
            return shown
        self.dropped += 1
        return VOID if shown is not None else self._not_understood(name, opening, closing, depth)

    def _not_understood(self, name: str, opening: int, closing: int, depth: int) -> str:
        start, end = self.starts[opening], self.ends[closing]
        before = self.text[max(0, start - _LONGEST_LINE) : start].rpartition("\n")
        begins = not depth and before[1] != "" and _ONLY_TEMPLATES.fullmatch(before[2]) is not None
        after = self.text[end : end + _LONGEST_LINE].partition("\n")[0]
        alone = begins and _ONLY_TEMPLATES.fullmatch(after) is not None
        is_block = alone or (begins and self.text.find("\n", start, end) >= 0)
        if self._tally is not None:
            self._tally.name(ON_ITS_OWN_LINE if is_block else IN_A_SENTENCE, name)
        return f"{_GONE_BLOCK}{VOID}" if is_block else HOLE

    def _link(self, opening: int, closing: int, depth: int) -> str:
        start, end = self.ends[opening], self.starts[closing]
        invisible = is_invisible(self.text[start : start + 40], self.words.unseen)
        if depth >= _MAX_RENDERED_DEPTH or invisible:
            return VOID
        inside = self._render(opening + 1, closing, start, end, depth + 1).replace(_EQUALS, "=")
        target, pipe, label = inside.partition(_ARGUMENT)
        shown = label.replace(_ARGUMENT, "|") if pipe else None
        return link_text(target, shown, self.words.unseen) or VOID


def check_tags(section: str) -> None:
    """Raises NestedTooDeep where more than MAX_DEPTH HTML tags of a section are open at once."""
    depth = 0
    if section.count("<") <= MAX_DEPTH:
        return
    for closing, attributes in _TAG.findall(section):
        if closing:
            depth -= depth > 0
        elif not attributes.endswith("/"):
            depth += 1
            if depth > MAX_DEPTH:
                raise NestedTooDeep
