"""Lines to paragraphs: which are prose, and which are list entries, captions or table rows."""

from __future__ import annotations

import re

from albert_data.corpus.wikitext.inline import mend
from albert_data.corpus.wikitext.languages import SENTENCE_ENDS
from albert_data.corpus.wikitext.wikipedia_words import HATNOTES

MIN_ITEM_WORDS = 5
MIN_PROSE_WORDS = 8

_ITEM = re.compile(r"[*#:;]+[ ]*")
_SENTENCE_END = re.compile(rf"[{SENTENCE_ENDS}][\"”’'»)\]」』]*$")
_LETTER = re.compile(r"[^\W\d_]")
# Languages without spaces between words: a character there counts as half a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_HATNOTE = re.compile(
    r"(?:main articles?|see also|further information|for other uses|for more details on[^:]{0,60}"
    rf"|see|main|details|source|note|{HATNOTES.replace('.', '[.]')})\s?[:：]",
    re.I,
)


def paragraphs(text: str) -> list[str]:
    """Prose paragraphs in order. Consecutive plain lines are one paragraph, a list entry is one of
    its own; an entry stays if it is a sentence of some words, other text if it is long enough or
    punctuated."""
    out: list[str] = []
    lines: list[str] = []

    def close() -> None:
        if lines:
            paragraph = mend(" ".join(lines)).strip()
            lines.clear()
            if is_prose(paragraph):
                out.append(paragraph)

    for line in text.split("\n"):
        first = line[:1]
        if not first or line.isspace():
            close()
        elif first in "*#:;" or first == " ":
            close()
            item = mend(_ITEM.sub("", line.strip(), count=1)).strip()
            if is_sentence(item):
                out.append(item)
        elif first in "|!" or line.startswith(("{|", "----", "=")):
            close()
        else:
            lines.append(line.strip())
    close()
    return out


def is_sentence(item: str) -> bool:
    """Whether a list entry reads as a sentence: enough words, closed by punctuation."""
    return (
        _SENTENCE_END.search(item) is not None
        and words(item) >= MIN_ITEM_WORDS
        and not _HATNOTE.match(item)
    )


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph is text, not a caption or a leftover of a table."""
    if not _LETTER.search(paragraph):
        return False
    count = words(paragraph)
    if _SENTENCE_END.search(paragraph) is None:
        return count >= MIN_PROSE_WORDS
    return count >= 2 and not (count < 12 and _HATNOTE.match(paragraph))


def words(text: str) -> int:
    """About how many words a text has."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // 2
