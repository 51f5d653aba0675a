"""The check on a GPU: its tables from lines, and its parts in small on a CPU where JAX is installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from benchmarks.gpu_check.card import peak_of
from benchmarks.gpu_check.largest import largest_batch
from benchmarks.gpu_check.lines import Lines, read_lines
from benchmarks.gpu_check.make_shards import held_out
from benchmarks.gpu_check.report import peer_table, speed_table
from tests.shared import ROOT

HAS_JAX = importlib.util.find_spec("jax") is not None
STEP = {"kind": "step", "config": "albert-base", "length": 512, "predictions": 77, "batch": 64,
        "dropout": 0.0, "attention": "fused", "ms": 100.0, "fastest_ms": 99.0, "slowest_ms": 101.0,
        "examples_per_second": 640.0, "tflops": 100.0, "mfu": 0.1011}  # fmt: skip


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.gpu_check", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)


def test_without_a_gpu_nothing_is_run_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no nvidia-smi
    done = check("a", "--output", str(tmp_path / "out"))
    assert (done.returncode, done.stdout) == (0, "not run: no GPU (nvidia-smi finds none)\n")
    assert not (tmp_path / "out").exists()


def test_small_models_and_a_cpu_go_together(tmp_path):
    done = check("a", "--output", str(tmp_path), "--tiny")
    assert done.returncode == 2
    assert "--device cpu and --tiny go together" in done.stderr


@pytest.mark.skipif(not HAS_JAX, reason="JAX is not installed here")
def test_part_a_measures_small_models_on_a_cpu(tmp_path):
    done = check("a", "--output", str(tmp_path), "--device", "cpu", "--tiny", "--seconds", "250")
    lines = read_lines(tmp_path / "gpu-check-a.jsonl")
    assert done.returncode == 0, (tmp_path / "gpu-check-a.log").read_text()
    steps = [line for line in lines if line["kind"] == "step"]
    assert [(s["config"], s["attention"]) for s in steps] == [
        ("albert-base", "fused"), ("bert-base", "own"),
    ]  # fmt: skip
    for step in steps:
        assert step["examples_per_second"] == pytest.approx(step["batch"] / step["ms"] * 1e3)
        assert step["fastest_ms"] <= step["ms"] <= step["slowest_ms"]
    assert "failed" not in {line["kind"] for line in lines}


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path):
    lines = Lines(tmp_path / "a.jsonl")
    lines.add("step", ms=1.23456789)
    with lines.path.open("a") as file:
        file.write('{"kind": "st')
    assert read_lines(lines.path) == [{"kind": "step", "ms": 1.23457}]


@pytest.mark.parametrize(
    ("name", "teraflops"),
    [
        ("NVIDIA H100 80GB HBM3", 989),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H200", 989),
        ("NVIDIA A100-SXM4-80GB", 312),
        ("NVIDIA L40S", 362),
        ("NVIDIA T400", 0),
    ],
)
def test_the_peak_is_that_of_the_card(name, teraflops):
    assert peak_of(name) == teraflops * 1e12


def test_speeds_are_set_against_bert_large_of_the_same_length():
    bert = {**STEP, "config": "bert-large", "examples_per_second": 320.0}
    short = {**STEP, "length": 128, "predictions": 20}
    rows = speed_table([STEP, bert, short])
    assert [row[-2:] for row in rows[1:]] == [["2.00", "5.6"], ["1.00", ""], ["", ""]]
    assert rows[1][:6] == [
        "albert-base 512/77", "64", "100.0 (99.0 to 101.0)", "640", "100", "10.1 %",
    ]  # fmt: skip


def test_ours_is_set_against_theirs_by_examples_a_second():
    theirs = {**STEP, "kind": "torch", "variant": "as it comes", "compiled": True,
              "batch": 32, "examples_per_second": 400.0}  # fmt: skip
    rows = peer_table([theirs, STEP])
    assert [(row[1], row[-1]) for row in rows[1:]] == [
        ("ours, JAX, LAMB", ""),
        ("transformers, torch.compile, AdamW: as it comes", "1.60"),
    ]


def test_books_and_other_documents_are_held_out_apart():
    names = [f"books:{n:02}\tid" for n in range(17)] + [f"wikipedia:w\t{n:02}" for n in range(12)]
    assert sorted(held_out(names)) == ["books:03\tid", "books:11\tid", "wikipedia:w\t03"]


@pytest.mark.parametrize("room", [0, 1, 5, 64, 100, 129, 1000])
def test_the_largest_batch_is_found_to_a_sixteenth(room):
    found = largest_batch(lambda batch: batch <= room, 64)
    assert found <= room
    assert room - found <= found // 16
