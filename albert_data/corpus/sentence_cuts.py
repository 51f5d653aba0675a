"""Where a text is cut into sentences: sentencex's cuts, made where it makes none, and undone where wrong.

sentencex never cuts within quotation marks and brackets, which hold a quarter of the words of novels. It
is shown a copy of the text, as long as the text, in which what opens a quotation is hidden by spaces
(`sentence_rules`), so that it cuts there too. Of each of its cuts the true text is then asked:

    where            behind closing marks, before opening ones, at white space: not in .NET, Node.JS
    undone           before a lower-case letter after ! or ? or a closing mark (Hurrah! at the Mill; “Go.”
                     and went), before `Betty asked` after “Is it?”, before a number after an abbreviation
                     (Par. 3), after a mere label (1. The council), where one side has no letter or digit
    made             in `of me. I got up`, and behind (A whole sentence in brackets.)

Most segments are sentences as they are (`plain_sentences`); to look at one of the others costs some 5 µs,
all of it some 0.02 CPU seconds a MB beside the 0.01 of sentencex. Nothing looks further than one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from albert_data.corpus import sentence_rules as rules
from albert_data.corpus.plain_sentences import glance

_CJK = "\u2e80"  # the first character of scripts without spaces between sentences, and all after it
BETWEEN = "\n\n"  # two paragraphs
_PART = 2500  # characters that sentencex is given at once: it cuts texts of over 10 kB itself


def cut(language: str, text: str) -> list[str] | None:
    """The sentences of a text of paragraphs, separated by blank lines; None where sentencex failed.

    Args:
        language: sentencex's code.
        text: the only white space within paragraphs is single spaces.
    """
    hidden = _hide(text)
    segments = _segments(language, hidden)
    if "".join(segments) != hidden:
        return None
    english = language == "en"
    text += "\n"  # so that something stands after each segment
    seen = glance(text, segments, english)
    begins, befores, firsts, ends, stops, nexts, untils = (column.tolist() for column in seen)
    sentences: list[str] = []
    at = i = 0  # where the sentence begins, and the segment
    while i < len(ends):
        until, end, place = untils[i], ends[i], 0
        if until > i and at == firsts[i]:
            plain = zip(firsts[i:until], stops[i:until], strict=True)
            sentences += [text[first:stop] for first, stop in plain if first < stop]
            i, at = until, nexts[until - 1]
            continue
        if text[end] == "\n":
            place = end
        elif end > at:
            place = _place(text, at, begins[i], befores[i], end, english)
        if place:
            sentence = text[at:place].rstrip()
            if at > begins[i] and not (sentence[0].isalnum() or _WORD(sentence)):
                sentences[-1] += (" " if text[at - 1] == " " else "") + sentence
            elif ". " in sentence or ") " in sentence or ".” " in sentence or '." ' in sentence:
                sentences += _cut_more(sentence, english)
            else:
                sentences.append(sentence)
            at = place
        i += 1
    return sentences


def _hide(text: str) -> str:
    for mark in rules.HIDDEN:
        if mark in text:
            text = text.replace(mark, " " * len(mark))
    # A bracket that only closes: `(2) If …` would make the whole paragraph an item of a list.
    text = text.replace(" '", "  ").replace("\n'", "\n ").replace(")", "]")
    return " " + text[1:] if text[0] == "'" else text


def _segments(language: str, text: str) -> list[str]:
    """sentencex's segments and the blank lines between paragraphs; others, or none, where it fails."""
    import sentencex

    segments: list[str] = []
    try:
        for part in _parts(text):
            segments += sentencex.segment(language, part) if part != BETWEEN else [part]
    except BaseException as error:  # a panic in Rust is not an Exception
        if type(error).__name__ != "PanicException":
            raise
        return []
    return segments


def _parts(text: str) -> Iterator[str]:
    """A text cut at some of its blank lines, and these: sentencex loses such as it cuts at itself."""
    at = 0
    while at < len(text):
        end = len(text)
        if end - at > _PART:
            end = text.rfind(BETWEEN, at, at + _PART)
        if end < 0:  # one paragraph, or the last of them, is longer
            end = text.find(BETWEEN, at)
        if end < 0:
            end = len(text)
        yield text[at:end]
        if end < len(text):
            yield BETWEEN
        at = end + len(BETWEEN)


def _place(text: str, at: int, begins: int, first: int, end: int, english: bool) -> int:
    """Where a cut of sentencex falls in the true text, or 0 where there should be none.

    Args:
        at, begins: where the sentence and its paragraph begin.
        first, end: the segment of sentencex: it may begin later, as cuts before it may be undone.
    """
    stop = first + len(text[first:end].rstrip(" \"“”„‟«»‹›‘’'‚`「『《〈」』》〉"))
    if stop <= at:
        return 0
    last = text[stop - 1]
    if last in ".!?…" and text[stop] < _CJK:
        place = _past(rules.AFTER_STOP, text, stop)
        if not text.startswith(" ", place):
            return 0
    else:
        place = _past(rules.AFTER_STOP_CJK, text, stop)
        if place > stop and text.startswith(tuple(rules.JAPANESE_PARTICLES), place):
            return 0
    closed = place > stop
    if text.startswith(" ", place):
        place += 1
        alone = text[place : place + 2]
        if alone[1:] == " " and (
            alone[0] in rules.CLOSING_ALONE
            or (alone[0] == '"' and text.count('"', at, place) % 2 == 1)
        ):
            closed, place = True, place + 2
    if text[place] == "\n":
        return 0
    if text[place] == "[" and (note := rules.NOTE_AFTER.match(text, place)):
        place = note.end()
        if text[place] == "\n":
            return 0
    following = text[place]
    if following.islower():
        if last != "." or closed:
            return 0
        if rules.ORDINAL_BEFORE_LOWER.search(text, max(at, stop - 6), stop):
            return 0
        if _word_before(text, at, stop) in rules.BEFORE_LOWER:
            return 0
    elif following in "(—–-":
        pattern = rules.BRACKET_GOES_ON if following == "(" else rules.DASH_GOES_ON
        if (following != "(" or last in "!?") and pattern.match(text, place):
            return 0
        numbered = last == "." and not closed and rules.NUMBER_IN_BRACKETS.match(text, place)
        if numbered and _word_before(text, at, stop) in rules.BEFORE_NUMBERS:
            return 0
    elif last == "." and not closed and rules.NUMBER_NEXT.match(text, place):
        word = _word_before(text, at, stop)
        if word in rules.BEFORE_NUMBERS or (len(word) == 1 and word.isalpha()):
            return 0
    elif closed and last in "!?" and english and rules.SAYS.match(text, place):
        return 0
    return 0 if _is_label(text[at:place], at == begins) else place


def _word_before(text: str, at: int, stop: int) -> str:
    """The word that the full stop before `stop` follows, in lower case."""
    return text[max(at, stop - 12) : stop - 1].rpartition(" ")[2].lstrip("([{/").lower()


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _is_label(sentence: str, begins_paragraph: bool) -> bool:
    """Whether it is only what stands before a sentence: 1. or Figure 1. or a dash."""
    if len(sentence) > rules.LABEL_LENGTH:
        return False
    sentence = sentence.rstrip()
    pattern = rules.LABEL_ALONE if begins_paragraph else rules.NUMBER_ALONE
    return bool(pattern.fullmatch(sentence)) or not _WORD(sentence)


def _cut_more(sentence: str, english: bool) -> list[str]:
    """Cuts a sentence where sentencex took the end of another for an abbreviation or a bracket."""
    at, parts = 0, []
    for match in rules.MAYBE_END.finditer(sentence):
        stop = match.start()
        word = sentence[max(stop - 8, 0) : stop].rpartition(" ")[2].lstrip("\"“‘'(")
        quoted, bracketed, pronoun = match.groups()
        if bracketed:
            ends = word[-3:].isalpha() and word[-3:].islower()
        elif english and sentence[stop] == ".":
            likely = bool(quoted or pronoun) and word not in rules.NEVER_LAST
            ends = likely or word in rules.LAST_WORDS
        else:
            ends = False
        if ends:
            parts.append(sentence[at : match.end() - 1])
            at = match.end()
    return [*parts, sentence[at:]]


_WORD = re.compile(r"[^\W_]").search
