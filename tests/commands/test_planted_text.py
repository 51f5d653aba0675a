"""A corpus that was written to command what shows it: terminal, page, data card and list stay themselves."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from albert_data.insight.report.page import read_build, render
from tests.browser import look, needs_chromium
from tests.command_line import SMALL, albert_data, edit, succeeds

ESCAPES = "\x1b]8;;https://evil.test\x1b\\click\x1b]8;;\x1b\\ \x1b[2J\x9b31m \u202egnp.exe"
MARKUP = '"><script>document.title="ran"</script><img src=x onerror="document.title=\'ran\'">'
LINKS = "[free](javascript:alert(1)) ![p](https://evil.test/p.png) <a href='javascript:alert(1)'>"
FORMULA = '=HYPERLINK("https://evil.test","click")'
FILE = "\x1b]2;x\x07[free](javascript:alert(1))![p](x)<script>.jsonl"
PLANTED = {"escapes": ESCAPES, "markup": MARKUP, "links": LINKS, "formula": FORMULA}
TEXT = "The cat sat on the mat.\nThe dog ran after the cat.\nThe cat ran to the house of the dog."
COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def built(tmp_path_factory, vocabulary_file) -> Path:
    """A build of documents whose names are planted, and of some too short, so that they are listed."""
    home = tmp_path_factory.mktemp("planted")
    kept = [{"id": text, "title": text, "text": TEXT + f"\nNumber {n} it was."}
            for n, text in enumerate(PLANTED.values())]  # fmt: skip
    void = [{"id": f"{text} void", "title": text, "text": "  "} for text in PLANTED.values()]
    single = [{"id": f"{text} single", "title": text, "text": f"The dog and number {n} sat alone."}
              for n, text in enumerate(PLANTED.values())]  # fmt: skip
    rows = [json.dumps(row) + "\n" for row in [*kept, *void, *single]]
    (home / FILE).write_text("".join(rows))
    given = ["--vocab", vocabulary_file, "--output", home / "shards", "--workers=1", *SMALL]
    # A corpus so small has few of everything: its laws may be off.
    loose = ["--set=checks=warn", "--set=tokens.max_unknown=1"]
    succeeds(albert_data("build", f"--source=jsonl:{home}", *given, *loose))
    return home / "shards"


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_inspect_shows_a_title_and_passes_no_command_on(built, planted, monkeypatch):
    given = ["inspect", built, "--document", planted, "--count=1"]
    piped = succeeds(albert_data(*given)).out
    assert not COMMANDS.search(piped) and "“" in piped
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = succeeds(albert_data(*given)).out
    assert "\x1b[" in coloured  # colours of ours
    assert not COMMANDS.search(re.sub(r"\x1b\[[0-9;]*m", "", coloured))


def test_an_error_that_quotes_a_title_passes_no_command_on(built):
    wrong = albert_data("inspect", built, "--document", "\x1b]8;;https://evil.test\x1b\\clik")
    assert wrong.code == 2 and not COMMANDS.search(wrong.err)
    wrong = albert_data("build", "--source=\x1b[2Jbooks:x", "--vocab=v", "--output=o")
    assert wrong.code and not COMMANDS.search(wrong.err)


def test_the_list_of_what_was_left_out_has_no_command_and_no_formula(built):
    lines = succeeds(albert_data("left-out", built, "--item=*", "--count=0")).out.splitlines()
    assert len(lines) >= len(PLANTED)
    for line in lines:
        assert not COMMANDS.search(line)
        assert not re.search(r"(^|\t)\s*[=+@-]", line)
    assert any(f"\t'{FORMULA}" in line for line in lines)


def test_the_data_card_has_no_link_picture_or_tag_of_a_title(built):
    card = (built / "README.md").read_text()
    assert r"\[free\](javascript:alert(1))" in card and r"\<script\>" in card
    assert not COMMANDS.search(card)
    assert not re.search(r"(?<!\\)\]\(|(?<!\\)!\[(?!\\)|(?<![\\`])<|[^\\]://", card)


def plant(folder: Path) -> None:
    """Markup in what of a manifest the page shows, as if a stranger had written that."""

    def change(manifest: dict) -> None:
        manifest["made_by"] = MARKUP
        manifest["sources"] = [MARKUP, LINKS]
        samples = manifest["reading"]["samples"]
        samples.update({name: [MARKUP, ESCAPES] for name in samples})

    edit(folder / "manifest.json", change)


@pytest.fixture
def page(built, tmp_path) -> Path:
    copy = Path(shutil.copytree(built, tmp_path / "copy"))
    plant(copy)
    path = tmp_path / "report.html"
    path.write_text(render([read_build(copy)]))
    return path


def test_the_page_has_no_tag_of_a_title_and_a_policy_that_runs_no_script(page):
    source = page.read_text()
    assert not COMMANDS.search(source)
    assert "<script" not in source and "<img" not in source and 'href="j' not in source
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source)[1].split("; ")
    assert policy[0] == "default-src 'none'"
    assert not [rule for rule in policy if "script" in rule or "unsafe" in rule or "*" in rule]
    assert source.index("Content-Security-Policy") < source.index("<style>")


@pytest.mark.slow
@needs_chromium
def test_in_a_browser_planted_text_is_text(page):
    seen = look(page, 800)
    assert (seen.console, seen.requests) == ([], [])
    assert seen.title == "copy · albert-data"
    assert seen.background == "rgb(246, 247, 249)"  # the style sheet is allowed


@pytest.mark.slow
@needs_chromium
def test_in_a_browser_the_policy_stops_what_an_escape_would_have_let_through(page):
    """The second lock alone: the page with a script, a picture and a style put in behind its head."""
    body = f"<body>{MARKUP[2:]}<img src='https://evil.test/p.png'><p style='position:fixed'>x</p>"
    page.write_text(page.read_text().replace("<body>", body))
    seen = look(page, 800)
    assert seen.title == "copy · albert-data"
    refused = [line for line in seen.console if "Content Security Policy" in line]
    assert len(refused) >= 4 and len(refused) == len(seen.console)
