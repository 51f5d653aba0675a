"""One run a row and seed, in a folder of its own: trained by `albert-train`, scored on held-out documents.

    OUTPUT/runs/DATA-seed-N-HASH/     the hash is of all that decides about the weights: tables share runs
      settings.json                   what it is of
      model/                          the trainer's folder
      costs.jsonl                     a line a process that ended
      trained                         it is done
      scores-SET.npz                  figures on a held-out set, `score`

What is there is not made again; a run that was stopped goes on from its last checkpoint.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from albert_data.config.settings import fingerprint
from model.configs import AlbertConfig
from model.settings import TrainSettings, load_settings

from . import data
from .programs import Cost, finish
from .scales import Scale
from .table import OF_MOVES, Metric, Row, Table

MOVES = "moves"
Note = Callable[[str], None]


@dataclass(frozen=True)
class RunOfRow:
    """A row's run with one seed.

    Attributes:
        output: folder of all.
        row, seed, scale: what it is of.
        trunk: the run that it branches from.
    """

    output: Path
    row: Row
    seed: int
    scale: Scale
    trunk: RunOfRow | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides about the weights."""
        return {
            "data": self.row.data,
            "model": {**self.scale.model, "vocab_size": self.scale.vocabulary, **self.row.model},
            "train": {**self.scale.train, **self.row.train, "seed": self.seed},
            "engine": self.scale.engine,
            **self._beginning(),
        }

    def _beginning(self) -> dict[str, Any]:
        if not (self.trunk and self.row.branch):
            return {}
        return {"begins": {"trunk": self.trunk.folder.name, "step": self.row.branch.step}}

    def loaded(self) -> tuple[AlbertConfig, TrainSettings]:
        """The settings as the trainer reads them."""
        return load_settings(None, self.settings["model"], self.settings["train"])

    @property
    def folder(self) -> Path:
        digest = fingerprint(self.settings)[:8]
        return self.output / "runs" / f"{self.row.data}-seed-{self.seed}-{digest}"

    @property
    def model(self) -> Path:
        return self.folder / "model"

    def train(self) -> None:
        """Trains to the end; a row that branches begins with the checkpoint of its trunk."""
        done = self.folder / "trained"
        if done.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        write(self.folder / "settings.json", json.dumps(self.settings, indent=2) + "\n")
        given = self.settings["model"] | self.settings["train"]
        pairs = [f"{key}={json.dumps(value)}" for key, value in given.items()]
        shards = data.shards(self.output / "data", self.row.data)
        command = [sys.executable, "-m", "model.train_tpu", "--engine", self.scale.engine,
                   "--strategy", self.scale.strategy, "--no-progress", "--eval-shards", "none",
                   "--shards", str(shards), "--model-dir", str(self.model),
                   *(part for pair in pairs for part in ("--set", pair))]  # fmt: skip
        if self.trunk and self.row.branch:
            command += ["--branch", f"{self.trunk.model}@{self.row.branch.step}"]
        self._add_cost("train", finish(command, self.folder / "log.txt"))
        write(done, "")

    def score(self, metrics: Sequence[Metric]) -> None:
        """Measures what the metrics are of, where it is not there."""
        moves = [metric.on for metric in metrics if metric.of in OF_MOVES]
        sets = {metric.on: data.held_out(self.output / "data", metric.on) for metric in metrics}
        missing = {name: place for name, place in sets.items() if not self.scores(name).exists()}
        asked = [f"--on={name}={place}" for name, place in missing.items()]
        if moves and not self.scores(MOVES).exists():
            asked.append(f"--moves={sets[moves[0]]}")
        if not asked:
            return
        command = [sys.executable, "-m", "benchmarks.paper_tables.score", str(self.model), str(self.folder),
                   "--engine", self.scale.engine, f"--examples={self.scale.examples}", *asked]  # fmt: skip
        self._add_cost("score", finish(command, self.folder / "log.txt"))

    def scores(self, name: str) -> Path:
        """File of the figures on a held-out set, or of ``MOVES``."""
        return self.folder / f"scores-{name}.npz"

    def costs(self, what: str) -> Cost:
        """What all its processes of a kind took."""
        lines = (self.folder / "costs.jsonl").read_text().splitlines()
        found = [line for line in map(json.loads, lines) if line["what"] == what]
        return Cost(
            sum(line["seconds"] for line in found), sum(line["processor_seconds"] for line in found)
        )

    def _add_cost(self, what: str, cost: Cost) -> None:
        with (self.folder / "costs.jsonl").open("a") as stream:
            stream.write(json.dumps({"what": what, **cost._asdict()}) + "\n")


def runs_of(table: Table, scale: Scale, output: Path, seeds: Sequence[int]) -> list[RunOfRow]:
    """The runs of a table, seed by seed, a trunk before its branches."""
    found = []
    for seed in seeds:
        of_seed: dict[str, RunOfRow] = {}
        for row in table.rows:
            trunk = of_seed[row.branch.row] if row.branch else None
            of_seed[row.name] = RunOfRow(output, row, seed, scale, trunk)
        found += of_seed.values()
    return found


def make(runs: Sequence[RunOfRow], metrics: Sequence[Metric], note: Note = print) -> None:
    """Trains and scores what is not done yet."""
    for number, run in enumerate(runs, 1):
        note(f"{number} of {len(runs)}: {run.row.name}, seed {run.seed}, {run.folder}")
        run.train()
        run.score(metrics)


def write(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    begun = path.with_name(f"{path.name}.begun")
    begun.write_text(text, encoding="utf-8")
    os.replace(begun, path)
