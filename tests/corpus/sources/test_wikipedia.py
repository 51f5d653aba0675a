"""Wikipedia dumps: what is read, left out and refused, however the files are split."""

import bz2
import gzip
import re
from pathlib import Path

import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.corpus.sources.wikipedia import SOURCE as WIKIPEDIA
from tests.corpus.file_formats.bzip2_streams import block_of, stream_of
from tests.shared import SHARED

REAL = SHARED / "wiki"
FORBIDDEN = re.compile(
    r"\[\[|\]\]|\{\{|\}\}|\{\||\|\}|\|\||<ref|</|<[a-z]+ ?/?>|thumb\||Category:|\[https?:"
    r"|^[|!*#:;=]"
)
HEAD = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/" version="0.10" xml:lang="en">\n'
    '  <siteinfo><sitename>Test</sitename><namespaces><namespace key="0" />'
    '<namespace key="1">Talk</namespace></namespaces></siteinfo>\n'
)
END = "</mediawiki>\n"


def page(number: int, title: str, text: str, namespace: int | None = 0, extra: str = "") -> str:
    ns = "" if namespace is None else f"<ns>{namespace}</ns>"
    return (
        f"  <page>\n    <title>{title}</title>\n    {ns}\n    <id>{number}</id>{extra}\n"
        f"    <revision>\n      <id>{number + 1000}</id>\n      <model>wikitext</model>\n"
        f'      <text xml:space="preserve">{text}</text>\n    </revision>\n  </page>\n'
    )


def articles(count: int, first: int = 1) -> list[str]:
    return [
        page(
            n, f"Article {n} é", f"'''Article {n}''' is about &lt;b&gt;it&lt;/b&gt;. " * (n % 7 + 1)
        )
        for n in range(first, first + count)
    ]


def write(folder: Path, text: str | bytes, name: str = "wiki.xml") -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def read(target: str, **settings):
    """(documents, tally, splits) of a target."""
    context = ReadContext(SourceSettings(**settings))
    splits = WIKIPEDIA.plan(target, context.settings)
    documents = [document for split in splits for document in WIKIPEDIA.read(split, context)]
    context.tally.keep("document", len(documents))
    context.tally.check_balance()
    return documents, context.tally, splits


def test_an_article_has_its_page_id_title_and_prose(tmp_path):
    documents, _, splits = read(write(tmp_path, HEAD + articles(1)[0] + END))
    assert [(d.id, d.title, d.paragraphs) for d in documents] == [
        ("1", "Article 1 é", ["Article 1 is about it. Article 1 is about it."])
    ]
    assert [s.name for s in splits] == ["wiki.xml"]


def test_pages_are_left_out_by_reason(tmp_path):
    prose = "It is a page with some prose."
    dump = HEAD + "".join(
        [
            page(1, "Kept", prose),
            page(2, "Moved", "#REDIRECT [[Kept]]", extra='\n    <redirect title="Kept" />'),
            page(3, "Moved too", "#redirect [[Kept]]"),
            page(4, "Talk:Kept", prose, namespace=1),
            page(5, "Talk:Old dump", prose, namespace=None),
            page(6, "Mercury", f"{prose}\n{{{{Disambiguation|geo}}}}"),
            page(7, "Smith", f"{prose}\n{{{{human name disambiguation}}}}"),
            page(8, "Not one", f"{prose}{{{{Disambiguation needed|date=x}}}}"),
            page(9, "Blank", "{{Infobox}}\n* [[A]]"),
            page(10, "Short", "So it is."),
            page(11, "Script", "a = 1 is a page.").replace("wikitext", "javascript"),
        ]
    )
    documents, tally, _ = read(write(tmp_path, dump + END), min_characters=12)
    assert [d.title for d in documents] == ["Kept", "Not one"]
    assert tally.dropped("document") == {
        "disambiguation": 2,
        "empty": 1,
        "namespace": 2,
        "not wikitext": 1,
        "redirect": 2,
        "too short": 1,
    }
    assert tally.samples["dropped/document/empty"] == ["wiki.xml: Blank"]


@pytest.mark.parametrize("unit_bytes", [64, 333, 1024, 5000, 2**20])
def test_byte_ranges_give_the_same_documents(tmp_path, unit_bytes):
    path = write(tmp_path, HEAD + "".join(articles(60)) + END)
    whole, tally, _ = read(path, unit_bytes=2**30)
    parts, part_tally, splits = read(path, unit_bytes=unit_bytes)
    assert len(whole) == 60 and parts == whole
    assert part_tally.counts == tally.counts
    assert sum(s.weight for s in splits) == Path(path).stat().st_size


def multistream(folder: Path, name: str = "wiki-pages-articles-multistream.xml.bz2") -> str:
    data = bz2.compress(HEAD.encode())
    index = []
    for first in range(1, 200, 20):
        index += [f"{len(data)}:{n}:Article {n}" for n in range(first, first + 20)]
        data += bz2.compress("".join(articles(20, first)).encode())
    data += bz2.compress(END.encode())
    rows = "\n".join(index).encode()
    write(folder, bz2.compress(rows), name.replace(".xml.bz2", "-index.txt.bz2"))
    return write(folder, data, name)


@pytest.mark.parametrize("unit_bytes", [1, 1500, 4000, 2**30])
def test_groups_of_streams_give_the_same_documents(tmp_path, unit_bytes):
    documents, _, splits = read(multistream(tmp_path), unit_bytes=unit_bytes)
    assert [int(d.id) for d in documents] == list(range(1, 201))
    assert (len(splits) == 1) == (unit_bytes == 2**30)


def test_a_page_across_two_streams_is_read_once(tmp_path):
    text = (HEAD + "".join(articles(50)) + END).encode()
    data = b"".join(bz2.compress(text[i : i + 333]) for i in range(0, len(text), 333))
    documents, _, splits = read(write(tmp_path, data, "wiki.xml.bz2"), unit_bytes=2000)
    assert len(splits) > 5
    assert [int(d.id) for d in documents] == list(range(1, 51))


@pytest.mark.parametrize("unit_bytes", [2000, 5000, 12_000, 2**30])
def test_blocks_of_one_stream_give_the_same_documents(tmp_path, unit_bytes):
    text = HEAD + "".join(articles(900)) + END
    documents, tally, splits = read(
        write(tmp_path, bz2.compress(text.encode(), 1), "wiki.xml.bz2"), unit_bytes=unit_bytes
    )
    assert [int(d.id) for d in documents] == list(range(1, 901))
    assert tally.counts["read/document"] == 900
    assert (len(splits) == 1) == (unit_bytes == 2**30)


@pytest.mark.parametrize("size", [99, 333, 2000])
def test_a_page_across_many_blocks_is_read_once(tmp_path, size):
    text = (HEAD + "".join(articles(50)) + END).encode()
    data = stream_of(block_of(text[i : i + size]) for i in range(0, len(text), size))
    path = write(tmp_path, data, "wiki.xml.bz2")
    for unit_bytes in (100, 2000, 2**30):
        assert [int(d.id) for d in read(path, unit_bytes=unit_bytes)[0]] == list(range(1, 51))


def test_a_damaged_block_of_one_stream_is_never_passed_over_in_silence(tmp_path):
    blocks = [block_of(GOOD[i : i + 300].encode()) for i in range(0, len(GOOD), 300)]
    data = stream_of(blocks)
    path = write(tmp_path, data, "w.xml.bz2")
    whole = read_in_parts(path, [])
    assert [d.id for d in whole] == [str(n) for n in range(1, 10)]
    begins = [4 + sum(map(len, blocks[:n])) // 8 for n in range(len(blocks))]
    for begin in begins[1:-1]:
        # A border before the damaged block, in it, and behind it.
        for borders in ([], [begin - 9, begin + 50], [begin], [begin + 1], [begin - 100]):
            borders = [border for border in borders if 0 < border < len(data)]
            write(tmp_path, data, "w.xml.bz2")
            assert read_in_parts(path, borders) == whole
            for at in (1, 4, 8, 40, 90):  # magic, CRC, tables, data
                damaged = bytearray(data)
                damaged[begin + at] ^= 0x11
                write(tmp_path, bytes(damaged), "w.xml.bz2")
                with pytest.raises(DataError) as caught:
                    read_in_parts(path, borders)
                assert caught.value.where.startswith(f"{path}, byte")


def test_a_folder_of_parts_is_read_without_its_index_files(tmp_path):
    multistream(tmp_path, "enwiki-pages-articles-multistream1.xml-p1p200.bz2")
    (tmp_path / "b").mkdir()
    part = gzip.compress((HEAD + "".join(articles(3, 500)) + END).encode())
    write(tmp_path / "b", part, "part2.xml.gz")
    write(tmp_path, "12:1:A", "enwiki-pages-articles-multistream-index2.txt")
    write(tmp_path, "abc", "md5sums.txt")
    for target in (str(tmp_path), f"{tmp_path}/**/*.*z*"):
        documents, _, splits = read(target)
        assert sorted({s.name for s in splits}) == [
            "b/part2.xml.gz",
            "enwiki-pages-articles-multistream1.xml-p1p200.bz2",
        ]
        assert len(documents) == 203


def test_two_copies_of_one_dump_are_refused(tmp_path):
    for name in ("articles2.xml.bz2", "articles1.xml.bz2", "articles-multistream1.xml.bz2"):
        write(tmp_path, bz2.compress((HEAD + "".join(articles(3)) + END).encode()), name)
    with pytest.raises(ConfigError) as caught:
        WIKIPEDIA.plan(str(tmp_path), SourceSettings())
    assert caught.value.where == f"{tmp_path}/articles1.xml.bz2"
    assert "the same as articles-multistream1.xml.bz2 in another form" in caught.value.problem


@pytest.mark.parametrize("target", ["none.xml", "*.xml", ""])
def test_a_target_that_matches_nothing_is_a_configuration_error(tmp_path, target):
    with pytest.raises(ConfigError):
        WIKIPEDIA.plan(f"{tmp_path}/{target}", SourceSettings())


def test_a_slow_page_is_dropped_and_counted(tmp_path):
    path = write(tmp_path, HEAD + articles(1)[0] + END)
    documents, tally, _ = read(path, page_seconds=1e-12)
    assert documents == [] and tally.dropped("document") == {"parser timeout": 1}


GOOD = HEAD + "".join(articles(9)) + END
PACKED = bz2.compress(GOOD.encode())
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    f'<!ENTITY x SYSTEM "file:///etc/passwd">]>\n{HEAD}{page(1, "A", "&b;&x;")}{END}'
)
ALWAYS = {
    "damaged in a block of many": (
        stream_of(block_of(GOOD[i : i + 900].encode()) for i in range(0, 3600, 900))[:-200] + b"x" * 9,
        "w.xml.bz2", "damaged", r"bz2, bytes \d+ to",
    ),
    "truncated bz2": (PACKED[:-40], "w.xml.bz2", "truncated", r"bz2, byte \d+"),
    "truncated gz": (gzip.compress(GOOD.encode())[:-20], "w.xml.gz", "truncated", r"gz, byte \d+"),
    "truncated in a second stream": (
        bz2.compress(GOOD[:900].encode()) + bz2.compress(GOOD[900:].encode())[:-9],
        "w.xml.bz2", "truncated", r"bz2, byte \d+",
    ),
    "damaged bz2": (PACKED[:100] + b"x" * 300, "w.xml.bz2", "damaged", "bytes"),
    "garbage after bz2": (PACKED + b"x" * 99, "w.xml.bz2", "damaged", f", byte {len(PACKED)}$"),
    "damaged gz": (gzip.compress(GOOD.encode())[:60] + b"x" * 300, "w.xml.gz", "damaged", "bytes"),
    "empty file": (b"", "w.xml", "empty", "w.xml"),
    "empty bz2": (b"", "w.xml.bz2", "empty", "w.xml.bz2"),
    "cut in a page": (GOOD[:-200], "w.xml", "in the middle of page 'Article 9", "byte"),
    "cut between pages": (GOOD[: -len(END)], "w.xml", "without </mediawiki>", r"byte \d+"),
    "cut in the head": (HEAD[:-40], "w.xml", "cut off before its first page", r"byte \d+"),
    "plain text": ("Just some text, no dump.", "w.xml", "not a MediaWiki XML dump", "line 1"),
    "other XML": ("<html><body/></html>", "w.xml", "root element is <html>", "line 1"),
    "entity bomb": (BOMB, "w.xml", "refused", r"line 2, byte \d+"),
    "a namespace by name": (
        HEAD.replace("</siteinfo>", '<namespace key="1x">A</namespace></siteinfo>') + END,
        "w.xml", "key is no number: '1x'", r"line \d+",
    ),
    "two dumps in one": (GOOD + GOOD, "w.xml", "not a well-formed dump", r"byte \d+"),
    "text between pages": (
        GOOD.replace("</page>", "</page><!-- x -->", 1), "w.xml", "not a well-formed dump", "byte",
    ),
}  # fmt: skip


IN_STREAMS = [HEAD, *("".join(articles(2, n)) for n in (1, 3, 5)), END]
ACROSS_STREAMS = [GOOD[i : i + 400] for i in range(0, len(GOOD), 400)]


@pytest.mark.parametrize("parts", [IN_STREAMS, ACROSS_STREAMS], ids=["in", "across"])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_stream_with_a_damaged_head_is_never_passed_over_in_silence(tmp_path, parts, off):
    streams = [bz2.compress(part.encode()) for part in parts]
    data = b"".join(streams)
    path = write(tmp_path, data, "w.xml.bz2")
    heads = [sum(map(len, streams[:n])) for n in range(len(streams))]
    whole = read_in_parts(path, [])
    assert len(whole) > 5
    for head in heads:
        # A split's border at the damage, one before that and one after it, or none.
        for borders in ([], [head + off], [head - 200, head + off, head + 60]):
            borders = [border for border in borders if 0 < border < len(data)]
            write(tmp_path, data, "w.xml.bz2")
            assert read_in_parts(path, borders) == whole
            for at in range(head, head + 10):
                for change in (0x01, 0x20, 0xFF):
                    damaged = bytearray(data)
                    damaged[at] ^= change
                    write(tmp_path, bytes(damaged), "w.xml.bz2")
                    try:
                        assert read_in_parts(path, borders) == whole  # another size of blocks
                    except DataError as error:
                        assert error.where.startswith(path)


def read_in_parts(path: str, borders: list[int]) -> list[Document]:
    """The documents of a dump that is split at these bytes."""
    context = ReadContext(SourceSettings())
    bounds = zip([0, *borders], [*borders, None], strict=True)
    splits = [Split("wikipedia", "w", path, start, end) for start, end in bounds]
    return [document for split in splits for document in WIKIPEDIA.read(split, context)]


@pytest.mark.parametrize("name", ALWAYS)
@pytest.mark.parametrize("bad_input", ["fail", "drop"])
@pytest.mark.parametrize("unit_bytes", [700, 2**25])
def test_a_broken_file_is_refused_with_its_place(tmp_path, name, bad_input, unit_bytes):
    content, file_name, problem, where = ALWAYS[name]
    path = write(tmp_path, content, file_name)
    with pytest.raises(DataError) as caught:
        read(path, bad_input=bad_input, unit_bytes=unit_bytes)
    assert problem in caught.value.problem
    assert caught.value.where.startswith(path) and re.search(where, caught.value.where)
    assert caught.value.fix


BAD_PAGES = {
    "undecodable": page(2, "Bad", "Some caf@@ text.").encode().replace(b"@@", b"\xe9"),
    "too long": page(2, "Bad", "It is long. " * 10_000).encode(),
    "nested too deep": page(2, "Bad", "It is so. " + "{{a|" * 10_000).encode(),
    "malformed": page(2, "Bad", "It is <b>so. &undefined;").encode(),
}


@pytest.mark.parametrize("reason", BAD_PAGES)
def test_a_broken_page_is_refused_or_dropped_as_set(tmp_path, reason):
    before, after = (a.encode() for a in articles(2, 10))
    content = HEAD.encode() + before + BAD_PAGES[reason] + after + END.encode()
    path = write(tmp_path, content)
    with pytest.raises(DataError) as caught:
        read(path, max_document_bytes=50_000)
    place = re.fullmatch(rf"{re.escape(path)}, byte (\d+), page 'Bad'", caught.value.where)
    start = content.index(b"<title>Bad")
    assert place and start - 20 <= int(place[1]) <= start + 250
    assert "sources.bad_input=drop" in caught.value.fix
    documents, tally, _ = read(path, max_document_bytes=50_000, bad_input="drop")
    assert [d.id for d in documents] == ["10", "11"]
    assert tally.dropped("document") == {reason: 1}


def test_a_page_of_10_mb_is_too_long_by_default(tmp_path):
    content = HEAD + page(7, "Huge", "It is long. " * 900_000) + articles(1)[0] + END
    path = write(tmp_path, bz2.compress(content.encode(), 1), "wiki.xml.bz2")
    with pytest.raises(DataError, match="longer than sources.max_document_bytes"):
        read(path)
    documents, tally, _ = read(path, bad_input="drop")
    assert [d.id for d in documents] == ["1"] and tally.dropped("document") == {"too long": 1}


def test_a_long_page_outside_the_articles_is_no_error(tmp_path):
    content = HEAD + page(7, "Talk:A", "It is long. " * 10_000, namespace=1) + END
    _, tally, _ = read(write(tmp_path, content), max_document_bytes=50_000)
    assert tally.dropped("document") == {"namespace": 1}


needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="needs the dumps of ../shared/data/wiki")


@needs_real
def test_real_dumps_balance_and_hold_no_markup():
    documents, tally, _ = read(str(REAL))
    assert tally.counts["read/document"] == 409
    assert tally.dropped("document") == {
        "disambiguation": 12,
        "empty": 1,
        "namespace": 32,
        "redirect": 197,
    }
    assert len(documents) == 167
    marked = [p for d in documents for p in d.paragraphs if FORBIDDEN.search(p)]
    assert marked == []


@needs_real
def test_known_sentences_of_real_articles():
    prose = {d.title: d.paragraphs for d in read(str(REAL))[0]}
    assert prose["April"][0] == (
        "April is the 4th month of the year, and comes between March and May."
        " It is one of four months to have 30 days."
    )
    assert prose["Aikido"][0].startswith(
        "Aikido (合気道, Aikidō) is a modern Japanese martial art developed by Morihei Ueshiba"
    )
    assert "begin with a nominal 100-nautical-mile (185 km) circular Earth" in " ".join(
        prose["Apollo 8"]
    )
    assert "located at 33°6′39″N 117°9′13″W in Escondido" in prose["KARJ (FM)"][1]
    assert "See also" not in prose["Albedo"]
