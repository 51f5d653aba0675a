"""Articles that other programs extracted: their headings, list entries and categories are no prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus.wikitext.extracted import (
    APPENDIX,
    HEADING,
    NO_SENTENCE,
    TITLE,
    is_extracted,
    judge,
    not_prose,
)

MILL = """Goose mill
The mill stands by the brook, and geese live in it.

History
It was built in 1500. A monk bought it;
it burnt down in the following winter.

Owners
 Anna of the Goose
 Bertha, who sold it to the monks of the abbey.
The owners paid no tax. The following lived in the mill for the longest of times:
“Nobody.”

See also
 List of mills
 The mill of the other brook. It is no mill.

References
 Goose, A. (1990). The mill. A book.

Legacy
It is a museum today
The museum has the following rooms, all of them open on Sundays and on the days of the fair in May each year

Category:Mills
Mills
1500 establishments
""".replace("\n\n", "\n \n")


def test_prose_of_an_article_is_kept_and_the_rest_has_its_reason() -> None:
    found = list(judge(MILL.split("\n"), "Goose mill"))
    assert [line for line, reason in found if reason is None] == [
        "The mill stands by the brook, and geese live in it.",
        "It was built in 1500. A monk bought it;",
        "it burnt down in the following winter.",
        "Bertha, who sold it to the monks of the abbey.",
        "The owners paid no tax. The following lived in the mill for the longest of times:",
        "The museum has the following rooms, all of them open on Sundays and on the days of the fair in"
        " May each year",
    ]
    assert [found for found in found if found[1]] == [
        ("Goose mill", TITLE),
        ("History", HEADING),
        ("Owners", HEADING),
        ("Anna of the Goose", NO_SENTENCE),
        ("“Nobody.”", NO_SENTENCE),
        ("See also", HEADING),
        ("List of mills", APPENDIX),
        ("The mill of the other brook. It is no mill.", APPENDIX),
        ("References", HEADING),
        ("Goose, A. (1990). The mill. A book.", APPENDIX),
        ("Legacy", HEADING),
        ("It is a museum today", HEADING),
        ("Category:Mills", HEADING),
        ("Mills", HEADING),
        ("1500 establishments", HEADING),
    ]


def test_marks_that_wikiextractor_puts_around_headings_and_entries_are_known() -> None:
    lines = [
        "Section::::Owners.",
        "It was sold twice. A monk bought it.",
        "BULLET::::- Anna of the Goose",
        "BULLET::::1. Bertha, who sold it to the monks.",
        "Section::::Owners.:See also.",
        "BULLET::::- List of mills. It has all of them.",
        "Section::::Legacy.",
        "It is a museum today.",
        "See also.",
        "The mill of the other brook.",
        "External links.",
        "The mill at home.",
    ]
    assert list(judge(lines, "Goose mill")) == [
        (lines[0], HEADING),
        (lines[1], None),
        ("Anna of the Goose", NO_SENTENCE),
        ("Bertha, who sold it to the monks.", None),
        (lines[4], HEADING),
        ("List of mills. It has all of them.", APPENDIX),
        (lines[6], HEADING),
        (lines[7], None),
        (lines[8], HEADING),
        (lines[9], APPENDIX),
        (lines[10], HEADING),
        (lines[11], APPENDIX),
    ]


@pytest.mark.parametrize(
    "line, reason",
    [
        ("Mill", TITLE),
        ("= Mill =", HEADING),
        ("== The owners ==", HEADING),
        ("= = = The owners = = =", HEADING),
        ("== The owners =", None),
        ("= a sign =x", None),
        ("== ==", None),
        ("a = b and b = c", None),
        ("= a = b", None),
        ("The mill", None),
    ],
)
def test_the_title_and_marked_headings_are_no_prose_in_any_row(line: str, reason) -> None:
    assert not_prose(line, "Mill", first=True) == reason
    assert not_prose(line, "Mill", first=False) == (None if reason == TITLE else reason)


@pytest.mark.parametrize(
    "columns, extracted",
    [
        (["id", "url", "title", "text"], True),  # Hugging Face's wikipedia
        (["text", "id", "url", "revid", "title"], True),  # WikiExtractor --json
        (["url", "title", "text"], True),
        (["id", "title", "text"], False),
        (["url", "text", "timestamp"], False),  # C4
        (["id", "url", "title", "text", "language"], False),
        ([], False),
    ],
)
def test_the_columns_tell_of_the_form(columns: list[str], extracted: bool) -> None:
    assert is_extracted(columns) is extracted


@given(st.lists(st.text(" aB.:\t—é")), st.text("aB "))
def test_each_line_that_is_not_blank_is_judged_once_in_its_order(lines, title) -> None:
    found = [line for line, _ in judge(lines, title)]
    assert found == [" ".join(line.split()) for line in lines if line.strip()]
