"""The two exchanges of a job, of pairs and of records: the same bytes, other work files."""

from __future__ import annotations

import json
import signal

import pytest
from albert_pipelines import launch
from albert_pipelines.engine.choose import Engine
from albert_pipelines.job import MASK, PAIR

from albert_data.storage.paths import location
from tests.command_line import albert_data, content, finish, leftovers, start, stop_at, succeeds


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["pairs.objective=nsp", "pairs.dupe_factor=3"],
        ["pairs.objective=none", "masking.unit=piece", "shards.compression=gzip"],
        ["masking.mode=dynamic"],
        ["masking.word_rule=unicode", "masking.max_predictions=1"],
        ["pairs.sources=books:*", "shards.provenance=false", "shards.count=3"],
        ["hold_out=30%", "shards.count=2"],
    ],
    ids=lambda given: " ".join(given) or "default",
)
def test_both_exchanges_make_the_same_bytes(tmp_path, embedded, monkeypatch, given):
    options = ["--config=tiny", "--workers=1", *(f"--set={setting}" for setting in given)]
    for exchange in (PAIR, MASK):
        monkeypatch.setattr(launch, "exchange_of", lambda engine, home, own=exchange: own)
        folder = tmp_path / exchange
        succeeds(albert_data("remask", embedded / "tokens", "--output", folder, *options))
        run = json.loads((folder / "run.json").read_text())
        assert {PAIR, MASK} & set(run["stages"]) == {exchange}
        assert run["stages"]["assemble"]["examples"] > 0
        assert leftovers(folder) == []
    assert content(tmp_path / PAIR) == content(tmp_path / MASK)
    if any(setting.startswith("hold_out") for setting in given):
        held = [content(tmp_path / exchange / "held-out") for exchange in (PAIR, MASK)]
        assert held[0] == held[1]


def test_pairs_are_exchanged_where_work_files_and_workers_are_of_this_machine():
    here, beam = Engine(2), Engine(0, "DirectRunner", object())
    assert launch.exchange_of(here, location("/folder")) == PAIR
    assert launch.exchange_of(beam, location("/folder")) == MASK
    assert launch.exchange_of(here, location("gs://bucket/folder")) == MASK


def test_one_machine_keeps_no_records_beside_the_shards(tmp_path, jobs, embedded):
    folder = tmp_path / "shards"
    killed = start(*jobs(folder, "--workers=1"), **stop_at(tmp_path, "before", "/manifest.json", 1))
    assert finish(killed).code == -signal.SIGKILL
    records = json.loads((embedded / "manifest.json").read_text())["totals"]["examples"]
    (kept,) = {len(list((folder / "work" / name).iterdir())) for name in ("tokens",)}
    assert kept == 5  # token files, once each
    blocks = sum(path.stat().st_size for path in (folder / "work" / "blocks").iterdir())
    assert blocks < 60 * records + 10 * 3_000  # and what is counted, a block
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert content(folder) == content(embedded) and leftovers(folder) == []
