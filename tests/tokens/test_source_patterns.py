"""Sources chosen from a token cache: the pattern, the counts, and what no pattern matches."""

from __future__ import annotations

import pytest

from albert_data.base.errors import ConfigError
from albert_data.base.tally import Counted
from albert_data.schema import (
    CacheSettings,
    IndexedFile,
    TokenIndex,
    VocabularyIdentity,
)
from albert_data.tokens.source_patterns import check_patterns, chosen, select_sources

VOCABULARY = VocabularyIdentity("ab", 40, {})
ONE = {"books:a.txt": [1, 10, 100], "books:b.txt": [2, 20, 200]}
INDEX = TokenIndex(
    settings=CacheSettings({}, {}, {}, {}, VOCABULARY, 2),
    sources=["books:a.txt", "books:b.txt", "wikipedia:dump.xml"],
    files=[
        IndexedFile("one", 3, 30, 300, 1, 1, "aa", ONE),
        IndexedFile("two", 10, 40, 500, 1, 1, "bb", {"wikipedia:dump.xml": [10, 40, 500]}, unit=1),
    ],
    tally=Counted({"kept/document": 13}, {}),
)


@pytest.mark.parametrize(
    "patterns, expected",
    [
        ("*", [True, True, True]),
        ("books:*", [True, True, False]),
        ("books:b* | wikipedia:*", [False, True, True]),
        ("books:?.txt", [True, True, False]),
        ("Books:*", [False, False, False]),
    ],
)
def test_a_source_is_chosen_by_any_of_the_patterns(patterns, expected):
    assert [chosen(source, patterns) for source in INDEX.sources] == expected


def test_the_index_counts_what_is_chosen():
    selected = select_sources(INDEX, "books:b*")
    assert selected.sources == ["books:b.txt"] and selected.tally == INDEX.tally
    assert selected.files == [IndexedFile("one", 2, 20, 200, 1, 1, "aa", ONE)]
    assert select_sources(INDEX, "*") is INDEX


def test_a_pattern_without_a_source_is_refused_with_the_sources():
    check_patterns("books:* | wikipedia:*", INDEX.sources)
    with pytest.raises(ConfigError) as caught:
        check_patterns("books:* | wikipdia:*", INDEX.sources)
    assert caught.value.problem == "no source matches 'wikipdia:*'"
    assert "books:a.txt, books:b.txt, wikipedia:dump.xml" in caught.value.fix
