"""Everything that is left out is in a list, through the command line."""

from __future__ import annotations

import json
from collections import Counter

import pyarrow.parquet as pq
import pytest

from albert_data.schema import LEFT_OUT_ROW
from tests.command_line import CORPUS, SMALL, albert_data, fails, finish, start, succeeds

ROWS = [
    {"id": "good", "title": "Good", "text": "The cat sat on the mat.\nThe dog ran after the cat."},
    {"id": "void", "title": "Nothing here", "text": "  "},
    {"id": "short", "title": "Short", "text": "Oh!"},
    {"id": "single", "title": "Single", "text": "This is a sentence and it is all alone here."},
    {"id": "number", "title": "A number", "text": 17},
    {
        "id": "again",
        "title": "Again",
        "text": "The cat sat on the mat.\nThe dog ran after the cat.",
    },
]


def listed(folder) -> list[dict]:
    return pq.read_table(folder / "left_out.parquet").to_pylist()


def dropped(folder) -> Counter:
    """What the manifest counts as dropped while reading, by item and reason."""
    counts = json.loads((folder / "manifest.json").read_text())["reading"]["counts"]
    names = (name.split("/", 2) for name in counts if name.startswith("dropped/"))
    return Counter(
        {(item, reason): counts[f"dropped/{item}/{reason}"] for _, item, reason in names}
    )


def counted(rows) -> Counter:
    found: Counter = Counter()
    for row in rows:
        found[row["item"], row["reason"]] += row["count"]
    return found


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """A folder with rows of all sorts, and a file of another kind."""
    folder = tmp_path_factory.mktemp("rows")
    lines = [json.dumps(row) + "\n" for row in ROWS]
    (folder / "a.jsonl").write_text("".join(lines))
    (folder / "b.jsonl").write_text("".join(lines[:1]) + "no row at all\n")
    (folder / "notes.md").write_text("not read")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory, rows, vocabulary_file):
    def build(*options):
        folder = tmp_path_factory.mktemp("built") / "shards"
        succeeds(
            albert_data(
                "build", f"--source=jsonl:{rows}", "--vocab", vocabulary_file, "--output", folder,
                "--config=tiny", "--workers=1", "--set=sources.bad_input=drop",
                "--set=sources.min_characters=10", "--set=checks=warn", *options,
            )
        )  # fmt: skip
        return folder

    return build


@pytest.fixture(scope="module")
def build(built):
    return built("--set=tokens.dedup=exact")


def test_each_thing_that_was_left_out_is_a_row_with_its_name_and_first_words(build):
    found = {(row["source"], row["id"]): row for row in listed(build / "tokens")}
    assert list(next(iter(found.values()))) == [column.name for column in LEFT_OUT_ROW]

    def said(source, name):
        row = found[source, name]
        return row["item"], row["reason"], row["title"], row["first_words"]

    a, b = "jsonl:a.jsonl", "jsonl:b.jsonl"
    assert said(a, "void") == ("document", "empty", "Nothing here", "")
    assert said(a, "short") == ("document", "too short", "Short", "Oh!")
    kind = "'text' is no text but of kind integer"
    assert said(a, "number") == ("document", kind, "A number", "17")
    again = "the cat sat on the mat. the dog ran after the cat."
    assert said(a, "again") == ("document", "duplicate", "Again", again)
    assert said(b, "good") == ("document", "duplicate", "Good", again)
    assert [row["item"] for row in found.values()].count("file") == 1
    assert {row["reason"] for row in found.values() if row["source"] == b} >= {"duplicate"}


def test_the_list_adds_up_to_what_the_manifest_counts(build):
    assert counted(listed(build / "tokens")) == dropped(build)


def test_documents_without_an_example_are_listed_beside_the_shards(build):
    rows = listed(build)
    assert [(row["id"], row["reason"]) for row in rows] == [("single", "one sentence")]
    manifest = json.loads((build / "manifest.json").read_text())
    passes, pairs = manifest["config"]["pairs"]["dupe_factor"], manifest["statistics"]["pairs"]
    assert pairs["dropped_documents_of_one_sentence"] == passes * len(rows)
    assert rows[0]["first_words"] == "this is a sentence and it is all alone here."


def test_the_list_of_the_example_corpus_adds_up_and_no_worker_changes_a_byte(
    tmp_path, vocabulary_file
):
    for name, workers in (("a", 1), ("b", 2)):
        given = ["--vocab", vocabulary_file, "--output", tmp_path / name, *SMALL]
        process = start("build", *CORPUS, *given, f"--workers={workers}")
        succeeds(finish(process))
    folders = [tmp_path / "a", tmp_path / "b"]
    assert counted(listed(folders[0] / "tokens")) == dropped(folders[0])
    for place in ("left_out.parquet", "tokens/left_out.parquet"):
        assert (folders[0] / place).read_bytes() == (folders[1] / place).read_bytes()
    redirects = [row for row in listed(folders[0] / "tokens") if row["reason"] == "redirect"]
    assert redirects and all(row["title"] and row["id"] for row in redirects)
    assert all(row["first_words"].upper().startswith("#REDIRECT") for row in redirects)


def test_a_damaged_list_of_a_unit_is_made_anew(tmp_path, rows, vocabulary_file, build):
    given = [
        "--source",
        f"jsonl:{rows}",
        "--vocab",
        vocabulary_file,
        "--workers=1",
        "--config=tiny",
    ]
    settings = ["--set=sources.bad_input=drop", "--output", tmp_path / "t"]
    succeeds(albert_data("tokenize", *given, *settings))
    before = listed(tmp_path / "t")
    for path in (tmp_path / "t/left-out").glob("jsonl*"):
        path.write_bytes(b"damaged")
    succeeds(albert_data("tokenize", *given, *settings))
    assert listed(tmp_path / "t") == before


def test_the_command_counts_by_reason_and_lists_what_is_asked_for(build):
    counts = [
        line.split("\t") for line in succeeds(albert_data("left-out", build)).out.splitlines()
    ]
    assert ["document", "duplicate", "jsonl", "2"] in counts
    assert ["document", "one sentence", "jsonl", "1"] in counts
    result = succeeds(albert_data("left-out", build, "--reason=dupl*", "--source=jsonl:a*"))
    assert [line.split("\t")[3:5] for line in result.out.splitlines()] == [["again", "Again"]]
    assert "1 of 1 shown" in result.err
    result = succeeds(albert_data("left-out", build, "--item=document", "--count=1"))
    assert len(result.out.splitlines()) == 1 and "--count 0 shows all" in result.err
    assert "empty" in succeeds(albert_data("left-out", build, "--document", "Nothing here")).out
    fails(albert_data("left-out", build / "nowhere"), "there is no left_out.parquet", code=2)


def cells(build, *options) -> list[list[str]]:
    result = succeeds(albert_data("left-out", build, *options))
    return [line.split("\t") for line in result.out.splitlines()]


BROKEN = b"""{"id": "x", "body": "A\xff
{"id": "y",\t"text" "Rain."}
{"id": "z", "text": "Rain fell. It fell.", "paragraphs": ["Rain fell. It fell."]}
"""


@pytest.mark.parametrize("kind", ["jsonl", "prose"])
def test_a_broken_row_is_listed_with_what_it_begins_with(tmp_path, kind):
    (tmp_path / "rows.jsonl").write_bytes(BROKEN)
    left = tmp_path / "left.jsonl"
    given = ["prose", f"{kind}:{tmp_path}/rows.jsonl", "--output", tmp_path / "prose.jsonl"]
    succeeds(albert_data(*given, "--left-out", left, "--set=sources.bad_input=drop"))
    rows = [json.loads(line) for line in left.read_text().splitlines()]
    assert [row["first_words"] for row in rows] == [
        '{"id": "x", "body": "A\ufffd',
        '{"id": "y", "text" "Rain."}',
    ]
    assert rows[1]["id"] == "y"


def test_a_number_alone_lists_so_many_of_each_reason(build):
    rows = cells(build, "--count=1")
    assert [row[:2] for row in rows] == sorted([row[:2] for row in cells(build)])
    assert len(cells(build, "--count=0")) == len(listed(build)) + len(listed(build / "tokens"))


def test_a_row_says_where_it_stood_and_the_columns_have_names(build):
    result = succeeds(albert_data("left-out", build, "--reason=not JSON"))
    names = dict(
        zip(result.err.splitlines()[0].split("\t"), result.out[:-1].split("\t"), strict=True)
    )
    assert names["source"] == "jsonl:b.jsonl" and names["first words"] == "no row at all"
    assert names["place"].startswith("b.jsonl: line 2, byte")
    assert succeeds(albert_data("left-out", build)).err.startswith("item\treason\tkind of source\t")


@pytest.mark.parametrize(
    ("as_the_table_says", "pattern"),
    [
        ("--item=documents", "--item=document"),
        ("--source=jsonl", "--source=jsonl:*"),
        ("--source=a.jsonl", "--source=jsonl:a.jsonl"),
    ],
)
def test_what_the_table_of_counts_says_is_a_pattern(build, as_the_table_says, pattern):
    rows = cells(build, as_the_table_says)
    assert rows and rows == cells(build, pattern)


def test_a_pattern_that_fits_nothing_is_told_with_what_there_is(build):
    told = succeeds(albert_data("left-out", build, "--item=page", "--source=jsonl")).err
    assert (
        "0 of 0 shown\nnothing that was left out has --item page; there are: document; file\n"
        in told
    )
    assert "--source" not in told
    told = succeeds(albert_data("left-out", build, "--source=books")).err
    assert "has --source books; there are: jsonl\n" in told
