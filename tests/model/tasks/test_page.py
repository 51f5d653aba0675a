"""The page of runs: planted figures are on it, text is escaped, and a browser finds nothing amiss."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from albert_data.base.errors import DataError
from model.pages.content import Bar, Chart, Curve, Level, Page
from model.pages.picture import picture
from model.pages.plot import bar, curves, frame_of
from model.pages.render import render
from model.tasks.page import page_of, write_page
from model.tasks.scoring.runs import Run, add_run
from tests.browser import look, needs_chromium


def planted(task="rte", seeds=5, model="albert-base", init="runs/base", failed=()):
    runs = []
    for seed in range(seeds):
        top = 47.0 if seed in failed else 60.0 + 2 * seed
        curve = tuple((step, top - 10 + 10 * (step / 800) ** 0.5) for step in range(100, 801, 100))
        runs.append(Run(task, model, init, seed, curve, 52.7, 600.0))
    return runs


def text_of(source):
    found = []
    parser = HTMLParser()
    parser.handle_data = found.append
    parser.feed(source)
    return " ".join(" ".join(found).split())


def test_the_page_says_what_the_runs_came_to(tmp_path):
    for run in [*planted(failed=(0,)), *planted("mnli", 3)]:
        add_run(tmp_path / "runs.jsonl", run)
    path = write_page(tmp_path)
    assert path == tmp_path / "results.html"
    text = text_of(path.read_text())
    assert "2 tasks 8 runs 1 failed" in text and "1.3 hours" in text
    assert "RTE 64.0 62.0 to 66.0" in text  # of 47, 62, 64, 66, 68
    assert "MNLI 62.0 61.0 to 63.0 · paper 81.6" in text
    assert "RTE 5 64.0 62.0 to 66.0 68.0 64.0 1" in text
    assert text.index("MNLI") < text.index("RTE 64.0")  # the order of the table of tasks
    assert "seed 4" in text and "one answer for all 52.7" in text and "paper 81.6" in text


def test_a_curve_a_seed_with_a_dot_at_its_best():
    page = page_of(planted(failed=(0,)), "runs")
    assert [curve.name for curve in page.charts[0].curves] == [f"seed {n}" for n in range(5)]
    assert {curve.marked for curve in page.charts[0].curves} == {800}
    drawn = str(curves(page.charts[0], frame_of(page.charts[0])))
    assert drawn.count("<polyline") == 5 and drawn.count('class="dot') == 5


def test_points_stand_where_they_should():
    chart = Chart("t", (Curve("a", ((0, 0.0), (50, 100.0), (100, 50.0)), 50),), (Level("p", 50.0),))
    frame = frame_of(chart)
    assert (frame.last, frame.low, frame.high) == (100, 0.0, 106.0)
    places = re.search(r'points="([^"]*)"', str(curves(chart, frame)))[1]
    found = [tuple(map(float, place.split(","))) for place in places.split()]
    assert found == [(0, 200.0), (300, 11.3), (600, 105.7)]


def test_figures_that_are_no_numbers_leave_a_gap():
    curve = ((1, 50.0), (2, None), (3, 60.0), (4, 61.0))
    runs = [Run("rte", "albert-base", "x", 0, curve, 50.0), Run("rte", "albert-base", "x", 1, (), 50.0),
            Run("rte", "albert-base", "x", 2, ((1, None),), 50.0)]  # fmt: skip
    source = render(page_of(runs, "runs"))
    assert source.count("<polyline") == 2 and "nan" not in text_of(source).lower()
    empty = Chart("nothing", (Curve("a", ()),))
    assert "<polyline" not in curves(empty, frame_of(empty))


def test_text_of_runs_is_escaped():
    evil = '"><script>alert(1)</script>&'
    runs = planted(model=evil, init=evil) + planted(init="other")
    source = render(page_of(runs, evil))
    assert "<script" not in source and "&lt;script&gt;" in source
    drawn = picture(page_of(runs, evil + "\x1b]8;;\u202e").charts[0])
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)  # a control character would be no XML


def test_its_policy_lets_a_browser_run_no_script_and_load_nothing():
    source = render(page_of(planted(), "runs"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', source)[1]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy and "unsafe" not in policy
    assert source.index("Content-Security-Policy") < source.index("<style>")


def test_bars_end_where_the_figure_is():
    drawn = str(bar(Bar("RTE", 50.0, 45.0, 60.0, 75.0), 100.0))
    assert 'class="c0" width="300.0"' in drawn
    assert 'class="band" x="270.0" y="4" width="90.0"' in drawn
    assert 'class="tick" x="450.0"' in drawn
    over = str(bar(Bar("CoLA", -3.0, -5.0, 120.0), 100.0))  # Matthews' correlation may be below 0
    assert 'width="0.0"' in over and "tick" not in over


def test_models_and_beginnings_are_rows_apart_and_named():
    runs = [*planted(seeds=2), *planted(seeds=2, init=""), *planted(seeds=2, model="bert-base")]
    names = [one.name for one in page_of(runs, "runs").bars.bars]
    assert names == [
        "RTE, albert-base from random weights",
        "RTE, albert-base from runs/base",
        "RTE, bert-base from runs/base",
    ]


def test_a_folder_s_runs_are_found_below_it_each_once(tmp_path):
    for folder in ("rte", "suite"):
        for run in planted(seeds=2):
            add_run(tmp_path / folder / "runs.jsonl", run)
    assert "1 tasks 2 runs" in text_of(write_page(tmp_path).read_text())
    with pytest.raises(DataError, match="no runs"):
        write_page(tmp_path / "nothing")


def test_a_page_of_pretraining_needs_nothing_of_tasks():
    curve = Curve("albert-base", ((1000, 5.1), (2000, 3.2)))
    page = Page("pretraining", "ALBERT pretraining", charts=(Chart("held-out loss", (curve,)),))
    text = text_of(render(page))
    assert "held-out loss" in text and "2,000" in text and "Medians" not in text


@pytest.mark.slow
@needs_chromium
def test_in_a_browser_it_fits_a_phone_is_quiet_and_knows_the_dark(tmp_path):
    long = "gs://bucket/" + "a-very-long-folder-name/" * 6
    path = tmp_path / "runs.jsonl"
    for run in [*planted(init=long), *planted("squad2", 3), *planted("cola", 2)]:
        add_run(path, run)
    page = write_page(path)
    phone, desk = look(page, 390), look(page, 1100)
    assert phone.width <= phone.inner and desk.width <= desk.inner
    assert (phone.requests, phone.console) == ([], [])
    dark = look(page, 1100, "--force-dark-mode", "--blink-settings=preferredColorScheme=0")
    assert dark.background != desk.background
