"""Builds that merge blocks before they assemble shards: the same bytes as those that do not."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from albert_pipelines import launch, pair_stages, stages
from albert_pipelines.job import MASK, PAIR

from albert_data.storage import paths
from albert_data.storage.file_names import TEMPORARY
from tests.command_line import (
    MERGING,
    albert_data,
    content,
    finish,
    leftovers,
    start,
    stop_at,
    succeeds,
)
from tests.memory_store import MemoryStore
from tests.pipelines.test_damage import flip

# Blocks of five token files and two dupes, and four shards: groups of 3 blocks, ranges of 3 shards.
MERGES = 4 * 2


@pytest.fixture
def merging(monkeypatch):
    """Has builds of this process merge the blocks of variants with more pieces than this."""

    def above(pieces: int) -> None:
        monkeypatch.setattr(launch, "most_pieces", lambda home: pieces)

    above(0)
    return above


def stages_of(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text())["stages"]


@pytest.mark.parametrize("exchange", [PAIR, MASK])
def test_a_merged_build_makes_the_same_bytes_and_reports_itself(
    tmp_path, jobs, embedded, merging, monkeypatch, exchange
):
    monkeypatch.setattr(launch, "exchange_of", lambda engine, home: exchange)
    result = succeeds(albert_data(*jobs(tmp_path / "b", "--workers=1")))
    assert content(tmp_path / "b") == content(embedded)
    assert "merge" not in stages_of(embedded)
    assert any(name.startswith("provenance-") for name in content(embedded))
    assert leftovers(tmp_path / "b") == []
    done = stages_of(tmp_path / "b")
    assert done["merge"]["units"] == MERGES and done[exchange]["units"] == 10
    # All records, and their keys; or pairs alone.
    assert (done["merge"]["bytes"] > done["assemble"]["bytes"]) == (exchange == MASK)
    lines = [line.split(":")[0] for line in result.err.splitlines()]
    assert [line for line in lines if "100%" in line] == [
        "tokenize 100%", f"{exchange} 100%", "merge 100%", "assemble 100%",
    ]  # fmt: skip


def test_two_workers_and_gzip_make_the_same_bytes_merged(tmp_path, embedded, merging):
    for name, merge_above in (("merged", 0), ("direct", 2**24)):
        merging(merge_above)
        given = ["--output", tmp_path / name, "--config=tiny", "--workers=2"]
        packed = ["--set=shards.compression=gzip", "--set=shards.count=7"]
        succeeds(albert_data("remask", embedded / "tokens", *given, *packed))
        assert leftovers(tmp_path / name) == []
    assert "merge" in stages_of(tmp_path / "merged")
    assert "merge" not in stages_of(tmp_path / "direct")
    assert content(tmp_path / "merged") == content(tmp_path / "direct")


GRID = """\
base: {config: tiny}
variants:
  four: {}
  gzip: {shards.count: 9, shards.compression: gzip}
  nine: {shards.count: 9}
  nsp: {shards.count: 6, pairs.objective: nsp}
  once: {shards.count: 9, pairs.dupe_factor: 1}
  books: {shards.count: 9, pairs.sources: 'books:*'}
"""


def test_variants_of_a_grid_merge_each_for_itself_and_share_what_is_equal(
    tmp_path, embedded, merging, monkeypatch
):
    calls = {"write_merged": 0, "write_pair_block": 0}
    for name, module in zip(calls, (stages, pair_stages), strict=True):
        function = getattr(module, name)

        def counted(*arguments, name=name, function=function):
            calls[name] += 1
            return function(*arguments)

        monkeypatch.setattr(module, name, counted)
    (tmp_path / "grid.yaml").write_text(GRID)
    given = [tmp_path / "grid.yaml", "--tokens", embedded / "tokens", "--workers=1"]
    made = []
    for name, merge_above in (("direct", 2**24), ("all", 0), ("some", 45)):
        merging(merge_above)
        result = succeeds(albert_data("ablate", *given, "--output", tmp_path / name))
        folders = sorted(path for path in (tmp_path / name).iterdir() if path.is_dir())
        made.append((calls.copy(), {folder.name: content(folder) for folder in folders}))
        assert leftovers(tmp_path / name) == []
    assert len(made[0][1]) == 6 and made[0][1] == made[1][1] == made[2][1]
    assert made[0][0]["write_merged"] == 0
    # nine and gzip, and once in part, are made of the same blocks. Groups x ranges of four, nine (and
    # gzip), nsp, once, books:
    merges = [made[n][0]["write_merged"] - made[n - 1][0]["write_merged"] for n in (1, 2)]
    books = json.loads((tmp_path / "all/books/manifest.json").read_text())["corpus"]["books"]
    assert books["documents"] > 0
    of_books = stages_of(tmp_path / "all/books")["merge"]["units"]
    assert merges == [4 * 2 + 4 * 3 + 4 * 2 + 3 * 5 + of_books, 4 * 3 + 4 * 2]
    assert made[2][0]["write_pair_block"] == 3 * made[0][0]["write_pair_block"]
    for variant, units in (("four", None), ("nine", 12), ("gzip", 12), ("nsp", 8), ("once", None)):
        assert stages_of(tmp_path / "some" / variant).get("merge", {}).get("units") == units
    assert "merge nine 100%" in result.err and "merge four" not in result.err


@pytest.mark.slow
def test_a_build_killed_while_it_merges_is_resumed_to_the_same_bytes(tmp_path, jobs, embedded):
    folder = tmp_path / "shards"
    for when, number, finished in (("before", 3, 2), ("after", 4, 6)):
        before = {p: p.stat().st_mtime_ns for p in folder.glob("work/*/[!.]*")}
        environment = stop_at(tmp_path, when, ".merged", number)
        process = start(*jobs(folder, "--workers=1"), program=MERGING, **environment)
        assert finish(process).code == -signal.SIGKILL
        assert {p: p.stat().st_mtime_ns for p in before} == before
        assert len(list(folder.glob("work/merged/[!.]*.merged"))) == finished
        assert len(list(folder.glob("work/blocks/*.block"))) == 10
        assert not list(folder.glob("shards-*"))
    assert len(list(folder.glob(f"work/merged/{TEMPORARY}*"))) <= 1
    listed = succeeds(albert_data("clean", folder, "--all")).out
    assert listed.count(".merged") >= finished
    succeeds(finish(start(*jobs(folder, "--workers=2"), program=MERGING)))
    assert stages_of(folder)["merge"]["units"] == MERGES
    assert content(folder) == content(embedded) and leftovers(folder) == []


def test_a_merged_file_that_was_damaged_after_a_kill_is_made_again(
    tmp_path, jobs, embedded, merging
):
    folder = tmp_path / "shards"
    environment = stop_at(tmp_path, "before", "/shards-00000-", 1)
    killed = finish(start(*jobs(folder, "--workers=1"), program=MERGING, **environment))
    assert killed.code == -signal.SIGKILL
    damaged = sorted(folder.glob("work/merged/*.merged"))[0]
    flip(damaged, [])
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert content(folder) == content(embedded) and leftovers(folder) == []


def test_an_object_store_holds_merged_files_meanwhile(tmp_path, embedded, merging, monkeypatch):
    store = MemoryStore()
    monkeypatch.setitem(paths._stores, "gs", lambda: store)
    given = ["--output", "gs://bucket/made", "--config=tiny", "--workers=1"]
    succeeds(albert_data("remask", embedded / "tokens", *given))
    for path, raw in store.objects.items():
        (tmp_path / path.rpartition("/")[2]).write_bytes(raw)
    assert content(tmp_path) == content(embedded)
    assert not any("/work/" in path for path in store.objects)
    of_merged = [path for path in store.read_paths if path.endswith(".merged")]
    assert len(of_merged) == 4 * 4  # each shard has read one range of each group


@pytest.mark.slow
def test_a_job_server_makes_the_same_bytes_merged(tmp_path, jobs, embedded):
    served = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    succeeds(finish(start(*jobs(tmp_path / "b", *served), program=MERGING)))
    assert content(tmp_path / "b") == content(embedded) and leftovers(tmp_path / "b") == []
