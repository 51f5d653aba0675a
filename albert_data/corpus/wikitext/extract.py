"""Wikitext to prose: `extract(markup)` gives the paragraphs a reader of the article would read.

Four linear steps, each a module: `opaque` cuts comments, references and code and reads formulas;
`structure` pairs the brackets with an explicit stack and renders what is shown, with `links` and
`templates`; `inline` turns inline markup into text; `prose` keeps the lines that are prose. What was left
out leaves a mark (`marks`). The time is linear in the page's length for any input, so a page cannot hang
it.
"""

from __future__ import annotations

from albert_data.base.tally import Tally
from albert_data.corpus.wikitext.inline import clean_inline
from albert_data.corpus.wikitext.languages import guessed
from albert_data.corpus.wikitext.marks import without_marks
from albert_data.corpus.wikitext.opaque import cut_opaque
from albert_data.corpus.wikitext.page import UNKNOWN_PAGE, PageContext
from albert_data.corpus.wikitext.prose import paragraphs
from albert_data.corpus.wikitext.site_words import without_switches
from albert_data.corpus.wikitext.structure import Structure, check
from albert_data.corpus.wikitext.variants import in_variant


def extract(
    markup: str,
    *,
    page: PageContext = UNKNOWN_PAGE,
    tally: Tally | None = None,
    deadline: float | None = None,
) -> list[str]:
    """The prose of a page, paragraph by paragraph, without headings.

    A HOLE (`corpus/leave_out.py`) stands where a formula or a template was left out of a sentence.

    Args:
        markup: wikitext, XML escapes already resolved.
        page: whose markup it is. Of a wiki whose language is not known, the words of all languages count.
        tally: counts `dropped templates`, and those that were not understood by name, where given.
        deadline: on the clock of `time.thread_time()`, so that a busy machine loses no page; None for
            no limit.

    Raises:
        NestedTooDeep: more than MAX_DEPTH brackets, tables or tags open at once.
        OutOfTime: the deadline passed.
    """
    check(deadline)
    if not page.site.language:
        page = guessed(page, markup)
    text = "\n" + without_switches(cut_opaque(without_marks(markup)))
    text = in_variant(text, page.site.language, page.site.variant)
    check(deadline)
    text = Structure(text, tally, deadline, page).prose()
    text = clean_inline(text)
    check(deadline)
    return paragraphs(text, tally, page.title)
