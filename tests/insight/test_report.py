"""`albert-data report`: figures as in the manifest and the records, on a page that needs nothing else."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from albert_data.corpus.leave_out import IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.insight.report import charts
from albert_data.insight.report.page import read_build, rebuild_command, render
from albert_data.insight.report.sample import take_sample
from albert_data.insight.shard_set import open_shards
from albert_data.schema import Contamination, ContaminationSet, Estimate, Figure
from albert_data.storage.sealed import write_sealed
from tests.browser import look, needs_chromium
from tests.command_line import albert_data, edit, fails, succeeds


class Page(HTMLParser):
    """The text and the tags of a page, as Python's own parser reads it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.open, self.links = "", [], []
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "link", "br", "rect", "line", "polyline"):
            self.open.append(tag)
        self.text += " " if tag == "br" else ""
        self.links += [v for name, v in attributes if name in ("src", "href") and v]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if tag not in ("rect",):
            assert self.open.pop() == tag
        self.text += " " if tag in ("td", "div", "b", "span") else ""

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def folder(tiny_build, tmp_path_factory) -> Path:
    """A copy of the build with an estimate and a contamination report beside it."""
    copy = Path(shutil.copytree(tiny_build, tmp_path_factory.mktemp("report") / "tiny"))
    totals = json.loads((copy / "manifest.json").read_text())["totals"]
    predicted = {
        "tokens": {"value": totals["tokens"] + 5, "low": 1, "high": 10**9},
        "examples": {"value": 3, "low": 2, "high": 4},
    }
    figures = {name: Figure(**figure) for name, figure in predicted.items()}
    write_sealed(copy / "estimate.json", Estimate(figures, 1, 100, 50, 10, [], 1.0))
    sets = [ContaminationSet("SQuAD <questions>", "squad", "questions", 200, 3, 0, 9, 5, 0, [])]
    result = Contamination(13, 8, "", 1000, sets, 3, [], None)
    write_sealed(copy / "contamination.json", result)
    return copy


@pytest.fixture(scope="module")
def page(folder) -> str:
    return render([read_build(folder)])


def test_the_page_is_whole_and_asks_for_nothing(page):
    parsed = Page(page)
    assert parsed.open == []
    assert parsed.links == ["data:,"]
    assert "://" not in re.sub(r"<code>.*?</code>", "", page, flags=re.S)


def test_the_figures_are_the_manifests(folder, page):
    manifest = json.loads((folder / "manifest.json").read_text())
    text = " ".join(Page(page).text.split())
    assert f"{manifest['totals']['examples']:,} examples" in text
    assert f"{manifest['totals']['tokens']:,}" in text
    assert "all laws hold" in text
    masked = manifest["statistics"]["replaced"]["mask"] / manifest["statistics"]["masked_tokens"]
    assert f"pieces [MASK] {masked:.1%} (80.0% ± " in text
    books = manifest["corpus"]["books"]
    assert f"books {books['documents']} {books['tokens']:,}" in text
    assert "document: redirect" in text and "[CLS]" in text
    assert "SQuAD <questions> 200 3 (1.50%)" in text
    assert "examples 3 2 to 4 " in text and "✗ off" in text  # 3 estimated, many made


def test_the_sample_counts_what_stands_in_the_records(tiny_build):
    shards = open_shards(tiny_build)
    sample = take_sample(shards)
    predicted = np.zeros(shards.max_length, int)
    unknown = records = 0
    for file in shards.files:
        _, examples = next(shards.examples(file))
        for row in range(len(examples.input_ids)):
            used = examples.masked_lm_weights[row] > 0
            ids = examples.input_ids[row].copy()
            ids[examples.masked_lm_positions[row][used]] = examples.masked_lm_ids[row][used]
            predicted[examples.masked_lm_positions[row][used]] += 1
            unknown += int((ids == shards.vocabulary.unk).sum())
            records += 1
    assert sample.records == records
    assert sample.predicted.tolist() == predicted.tolist()
    assert sample.pieces[shards.vocabulary.unk] == unknown
    assert sum(sample.sources.values()) == records
    assert [name for name, *_ in sample.examples] == ["swapped", "in-order", "short"]


def test_a_law_that_is_off_is_shown_so(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "broken"))
    labels = json.loads((copy / "manifest.json").read_text())["statistics"]["labels"]
    edit(copy / "manifest.json", lambda m: m["statistics"].update(labels=[sum(labels), 0]))
    result = succeeds(albert_data("report", copy, "--output", tmp_path / "r.html"))
    assert "1 law off beyond chance" in result.err
    assert "1 of the laws off beyond chance" in (tmp_path / "r.html").read_text()


def test_templates_that_were_not_understood_are_named(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "named"))
    counts = {f"named/{IN_A_SENTENCE}/Odd <thing>": 1234, f"named/{ON_ITS_OWN_LINE}/Odd <thing>": 5}
    edit(copy / "manifest.json", lambda m: m["reading"]["counts"].update(counts))
    parsed = Page(render([read_build(copy)]))
    assert parsed.open == []
    assert "Odd <thing> 1,234 5" in " ".join(parsed.text.split())


def test_two_builds_stand_side_by_side_with_what_differs(folder, tiny_build, tmp_path):
    other = tmp_path / "bigram"
    given = ["--output", other, "--config=tiny.yaml", "--workers=1", "--set=masking.max_ngram=2"]
    succeeds(albert_data("remask", tiny_build / "tokens", *given))
    out = tmp_path / "both.html"
    succeeds(albert_data("report", folder, "--against", other, "--output", out))
    parsed = Page(out.read_text())
    assert parsed.open == []
    assert "masking.max_ngram 3 → 2" in parsed.text
    assert parsed.text.count("spans of 3 words") >= 1


def test_a_build_says_how_it_went_beside_its_manifest_and_not_in_it(tiny_build):
    run = json.loads((tiny_build / "run.json").read_text())
    assert list(run) == ["schema_version", "command", "seconds", "stages", "seal"]
    assert set(run["stages"]) == {"tokenize", "pair", "assemble"}
    assert run["stages"]["assemble"]["examples"] > 0 < run["seconds"]
    assert "milliseconds" not in (tiny_build / "manifest.json").read_text()
    assert rebuild_command(read_build(tiny_build)) == run["command"]


def test_without_a_run_the_command_is_made_from_the_manifest(tiny_build, tmp_path):
    copy = Path(shutil.copytree(tiny_build, tmp_path / "b"))
    (copy / "run.json").unlink()
    command = rebuild_command(read_build(copy))
    assert command.startswith("albert-data build")
    assert "--source 'wikipedia:wikipedia.xml'" in command
    assert "--set pairs.max_length=" in command


def test_other_shards_are_refused(tiny_build, tmp_path):
    for name in ("shards-00000-of-00004", "vocab.model"):
        shutil.copy(tiny_build / name, tmp_path / name)
    fails(albert_data("report", tmp_path), "needs the manifest of a finished build", code=2)


def test_plots_are_these_shapes():
    assert charts.bar(0.5, 0.25, "a<b") == (
        '<svg class="bar" viewBox="0 0 600 10" preserveAspectRatio="none" role="img" '
        'aria-label="a&lt;b"><rect class="rest" width="600" height="10"/>'
        '<rect class="s0" width="300.00" height="10"/>'
        '<rect class="tick" x="150.00" width="3" height="10"/></svg>'
    )
    assert 'height="160.00"><title>b: 50.00%' in charts.columns([[0.25, 0.5]], ["a", "b"], "")
    assert 'points="0.0,160.0 600.0,20.9"' in charts.lines([[0, 0.5]], [0.1], "")
    sums, spans = charts.binned(np.arange(10), 3)
    assert (sums.tolist(), spans) == ([3, 18, 24], [(0, 2), (3, 6), (7, 9)])


@pytest.mark.slow
@needs_chromium
def test_in_a_browser_it_fits_a_phone_is_quiet_and_knows_the_dark(page, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(page)
    phone, desk = look(path, 390), look(path, 1100)
    dark = look(path, 390, "--blink-settings=preferredColorScheme=0")
    for seen in (phone, desk, dark):
        assert seen.console == []
        assert seen.requests == []
        assert seen.width <= seen.inner  # no sideways scrolling
        assert seen.title == "tiny · albert-data"
    assert phone.inner == 390
    assert (phone.background, dark.background) == ("rgb(246, 247, 249)", "rgb(18, 21, 26)")
