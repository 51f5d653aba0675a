"""The page of pretraining runs: what the logs hold is on it, and a browser finds nothing amiss."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from albert_data.base.errors import DataError
from dev.faults.shim import Faults, compiled, has_compiler
from model.pages.plot import frame_of
from model.pages.render import render
from model.run_folder import Run, read_run, write_run
from model.run_page import page_of, read
from model.settings import TrainSettings
from tests.browser import look, needs_chromium
from tests.model.conftest import tiny_config
from tests.shared import ROOT


def folder_of(place, loss, rewinds=()):
    place.mkdir()
    run = Run(tiny_config(), asdict(TrainSettings(batch_size=8)), "2 shards", "sop")
    write_run(str(place), replace(run, rewinds=list(rewinds)))
    lines = [
        {"step": step, "loss": loss(step) + 0.7, "mlm_loss": loss(step), "mlm_loss_to_beat": 5.0,
         "learning_rate": 1e-5, "gradient_norm": 2.0, "tokens": 64 * step}
        for step in range(10, 1001, 10)
    ]  # fmt: skip
    (place / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(place)


@pytest.fixture
def two(tmp_path):
    back = {"step": 700, "to": 600, "why": "step 700: diverging", "learning_rate": 0.001}
    return [
        folder_of(tmp_path / "learns", lambda step: 3 + 5 * (step / 10) ** -0.5),
        folder_of(tmp_path / "stuck", lambda step: 5.01, [back]),
    ]


def test_curves_stand_side_by_side_with_phases_baselines_and_rewinds(two):
    page = page_of([read(folder) for folder in two], "two <runs>", two)
    losses = page.charts[0]
    assert [curve.name for curve in losses.curves] == ["learns", "stuck"]
    assert [level.value for level in losses.levels] == [5.0]
    told = {(run, text.split(":")[0]) for run, _, text in page.table.rows}
    assert told >= {("learns", "the context counts"), ("stuck", "went back to step 600")}
    assert any(row[2].endswith("the plateau") for row in page.table.rows if row[0] == "stuck")
    settings = {row[0]: row[1:] for row in page.tables[-1].rows}
    assert settings["batch_size"] == ("8", "8")
    source = render(page)
    assert "two &lt;runs&gt;" in source and "<script" not in source


def test_a_phase_is_marked_where_it_begins_in_the_colour_of_its_run(two):
    page = page_of([read(folder) for folder in two], "two", two)
    losses = page.charts[0]
    of_stuck = [mark for mark in losses.marks if losses.curves[mark.curve].name == "stuck"]
    assert [mark.text.endswith("the plateau") for mark in of_stuck] == [True]
    assert render(page).count('class="mark') == len(losses.marks)
    assert not any(chart.marks for chart in page.charts[1:])


def test_one_run_has_tiles_and_several_a_row_each(two):
    alone = page_of([read(two[0])], "one", two[:1])
    assert ("1,000", "steps done") in alone.tiles and ("64,000", "tokens seen") in alone.tiles
    beside = page_of([read(folder) for folder in two], "two", two)
    assert not beside.tiles
    assert [(row[0], row[-1]) for row in beside.tables[0].rows] == [("learns", "0"), ("stuck", "1")]


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path):
    folders = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        folders.append(folder_of(tmp_path / name / "run", lambda step: 5.0))
    page = page_of([read(folder) for folder in folders], "two", folders)
    assert page.lead == "a/run, b/run"


def test_the_report_beside_the_shards_is_linked_else_the_data_card_and_nothing_that_is_not_there(
    two, tmp_path
):
    run = read_run(two[0])
    write_run(two[0], replace(run, shards=str(tmp_path / "shards")))
    assert not page_of([read(two[0])], "one", two[:1]).links
    (tmp_path / "shards").mkdir()
    for name, what in (("README.md", "data card"), ("report.html", "report of the data")):
        path = tmp_path / "shards" / name
        path.write_text("")
        page = page_of([read(two[0])], "one", two[:1])
        assert page.links == ((path.as_uri(), what),) and path.as_uri() in render(page)


def test_a_branch_says_what_it_left_and_what_changed(two):
    changes = [{"setting": "hidden_dropout_prob", "old": 0.1, "new": 0.0}]
    branch = {"run": "/runs/trunk", "step": 5, "changes": changes}
    write_run(two[0], replace(read_run(two[0]), branch=branch))
    page = page_of([read(folder) for folder in two], "two", two)
    told = "branched off /runs/trunk, hidden_dropout_prob 0.1 → 0.0"
    assert page.table.rows[0] == ("learns", "5", told)
    rows = {row[0]: row[1:] for row in page.tables[-1].rows}
    assert rows["begun with"] == ("step 5 of /runs/trunk", "random weights")


def test_memory_and_place_in_the_data_are_charts_and_tiles(two, tmp_path):
    path = tmp_path / "learns" / "log.jsonl"
    more = {"device_memory_gib": 3.25, "host_memory_gib": 1.5, "epoch": 0.5, "examples": 80}
    lines = [{**json.loads(line), **more} for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    page = page_of([read(two[0])], "one", two[:1])
    titles = [chart.title for chart in page.charts]
    assert any(title.startswith("Memory of a device") for title in titles)
    assert any(title.startswith("Place in the data") for title in titles)
    tiles = {what: value for value, what in page.tiles}
    assert tiles["times through the data"] == "0.5" and tiles["examples seen"] == "80"
    assert tiles["GiB of a device, at most"] == "3.25"
    other = page_of([read(two[1])], "other", two[1:])
    assert not any("device" in chart.title for chart in other.charts)


def test_no_axis_goes_below_0_where_no_value_does(two):
    page = page_of([read(two[0])], "one", two[:1])
    rate = next(chart for chart in page.charts if chart.title.startswith("Learning rate"))
    assert frame_of(rate).low >= 0


def test_a_folder_without_a_log_is_named(two, tmp_path):
    (tmp_path / "stuck" / "log.jsonl").unlink()
    with pytest.raises(DataError, match="no log"):
        read(two[1])


@needs_chromium
@pytest.mark.parametrize("width", [360, 1100])
def test_it_fits_and_loads_nothing(two, tmp_path, width):
    path = tmp_path / "page.html"
    path.write_text(render(page_of([read(folder) for folder in two], "runs", two)))
    seen = look(path, width)
    assert seen.width <= seen.inner and not seen.requests and not seen.console


@pytest.mark.skipif(not has_compiler(), reason="needs a C compiler, cc")
def test_a_page_that_finds_a_full_disk_is_one_error_and_the_page_before_it_stays(two, tmp_path):
    pages = [Path(two[0], "run.html"), tmp_path / "losses.svg"]
    for page in pages:
        page.write_text("the page before")
    for page in pages:
        faults = Faults(tmp_path / "faults", [tmp_path], [f"write 1 99 {errno.ENOSPC} {page.name}"])
        environment = {**os.environ, **faults.environment, "LD_PRELOAD": str(compiled())}
        command = [sys.executable, "-m", "model.run_page", *two, f"--picture={pages[1]}"]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
        told = f"error: {page}: No space left on device\n  fix: make room there"
        assert done.returncode == 1 and done.stderr.startswith(told), done.stderr
        assert page.read_text() == "the page before"
    assert not [name for name in os.listdir(two[0]) if name.startswith(".tmp-")]
