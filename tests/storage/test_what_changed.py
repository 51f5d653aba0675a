"""What differs between two builds is said in words: which file, in what way."""

import pytest

from albert_data.storage.what_changed import MOST, changed_files, what_changed


def file(name: str, size: int = 10, content: str = "xxh3-128 aa") -> dict:
    return {"source": f"books:{name}", "bytes": size, "content": content}


CASES = {
    "the same": ([file("a")], [file("a")], []),
    "gone": ([file("a"), file("b")], [file("b")], ["books:a is gone"]),
    "new": ([file("b")], [file("a", content="xxh3-128 bb"), file("b")], ["books:a is new"]),
    "another size": (
        [file("a")],
        [file("a", 1200, "xxh3-128 bb")],
        ["books:a has other content (1,200 bytes, before 10)"],
    ),
    "the same size": (
        [file("a")],
        [file("a", content="xxh3-128 bb")],
        ["books:a has other content (of 10 bytes as before)"],
    ),
    "another commit": (
        [file("a", 0, "commit 12")],
        [file("a", 0, "commit 34")],
        ["books:a has other content (commit 34)"],
    ),
    "another place": (
        [file("a")],
        [file("a", content="md5 bb")],
        ["books:a may have other content: it is known by md5, before by xxh3-128"],
    ),
    "renamed": (
        [file("a"), file("c", content="xxh3-128 cc")],
        [file("b"), file("c", content="xxh3-128 cc")],
        [
            "books:b has the content of books:a, which is gone: renamed, and so made of other "
            "documents, since what is drawn for a document follows the name of its file"
        ],
    ),
    "copied, and one of two copies renamed": (
        [file("a"), file("b")],
        [file("a"), file("c"), file("d")],
        ["books:c has the content of books:b, which", "books:d is new"],
    ),
    "an earlier version's": (
        [],
        [file("a")],
        ["an earlier version made it, which knew input by its time"],
    ),
    "many": (
        [file(f"{n}") for n in range(MOST + 1)],
        [file("x", content="xxh3-128 bb")],
        ["books:x is new", *(f"books:{n} is gone" for n in range(MOST - 1)), "and 2 more files"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_files_are_named_with_what_became_of_them(case):
    before, after, expected = CASES[case]
    lines = changed_files(before, after)
    assert len(lines) == len(expected)
    for line, words in zip(lines, expected, strict=True):
        assert line.startswith(words)


def test_hashes_are_told_in_words_and_settings_by_their_values():
    def build(content: str, sha256: str, code: str, rate: float, size: int = 9) -> dict:
        vocabulary = {"sha256": sha256, "size": size}
        settings = {"vocabulary": vocabulary, "tokens": {"dedup": "off"}}
        corpus = {"settings": settings, "files": [file("a", content=content)]}
        return {"corpus": corpus, "config": {"masking": {"rate": rate}}, "code": code}

    base = build("xxh3-128 aa", "12", "34", 0.15)
    assert what_changed(base, base) == []
    other = build("xxh3-128 bb", "56", "78", 0.2, 8)
    assert what_changed(base, other) == [
        "books:a has other content (of 10 bytes as before)",
        "another vocabulary",
        "corpus.settings.vocabulary.size 9 → 8",
        "config.masking.rate 0.15 → 0.2",
        "another version of albert-data made it",
    ]


def test_other_kinds_of_sources_are_not_taken_for_another_version():
    before = {"corpus": {"files": [file("a")]}, "code": "12"}
    after = {"corpus": {"files": []}, "code": "34"}
    assert what_changed(before, after) == ["books:a is gone"]


def test_a_token_cache_is_not_told_file_by_file():
    assert what_changed(
        {"corpus": {"tokens": [{"content": "12"}]}}, {"corpus": {"tokens": [{"content": "34"}]}}
    ) == ["another token cache"]
