"""What the training step does on a GPU: `make gpu-check PART=a|b|c`.

    python -m benchmarks.gpu_check a --output FOLDER

- a: time of a step, examples a second and share of the card's peak, of ALBERT and BERT;
- b: the same step by transformers' PyTorch model;
- c: four minutes of pretraining: the learning curve, held-out documents.

Each part takes at most six minutes by its own clock, the figures that matter most come first, and each is
in FOLDER/gpu-check-PART.jsonl as soon as it is known; errors and warnings are in the .log beside it.
`report` makes tables of them. Needs JAX for the GPU and Keras; b needs PyTorch and transformers too, c the
shards of `make_shards`. Without a GPU nothing is run, and that is said.

This process loads neither JAX nor PyTorch: each measurement has a process of its own, so that one that ends
early leaves the others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from benchmarks.gpu_check.card import NO_CARD, Card, find_card
from benchmarks.gpu_check.lines import START, Lines, read_lines
from benchmarks.gpu_check.report import write_report
from benchmarks.record import conditions

SECONDS = 345.0
ENVIRONMENT = {
    "JAX_COMPILATION_CACHE_DIR": "/tmp/gpu-check-compiled",
    "PYTHONUNBUFFERED": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class Part:
    """One part of the check: its files, its clock and its processes.

    Args:
        name: "a", "b" or "c".
        folder: Path. Made where it is not there.
        card: Card.
        seconds: of the whole part.
        tiny: bool. Small models on a CPU.
    """

    def __init__(self, name: str, folder: Path, card: Card, seconds: float, tiny: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lines = Lines(folder / f"gpu-check-{name}.jsonl")
        self.log = folder / f"gpu-check-{name}.log"
        self.card, self.seconds, self.tiny = card, seconds, tiny

    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (time.monotonic() - START)

    def run(self, module: str, *arguments: str, until: float | None = None) -> int:
        """Runs a module of this folder until it ends or the clock does; returns its exit status."""
        seconds = min(self.left(), self.left() if until is None else until)
        command = [sys.executable, "-m", f"benchmarks.gpu_check.{module}", str(self.lines.path)]
        command += [*arguments, "--until", f"{seconds:.0f}"]
        with self.log.open("a") as log:
            process = subprocess.Popen(
                command, stderr=log, env={**os.environ, **ENVIRONMENT}, start_new_session=True
            )
            try:
                return process.wait(max(self.left() + 10, 1))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return process.wait()

    def check(self, status: int, module: str) -> bool:
        """Whether a process did all; else a line says how it ended, and why."""
        if status:
            end = self.log.read_text(errors="replace").splitlines()[-12:]
            print(*end, sep="\n", file=sys.stderr)
            self.lines.add("ended early", process=module, status=status, error=end[-1:])
        return not status


def step_speed(part: Part, cases: str, until: float | None = None) -> bool:
    """Our step; after a process that died, the cases that have no line yet, one at a time."""
    name = "tiny" if part.tiny else cases
    backend = "cpu" if part.tiny else "gpu"
    common = ("--cases", name, "--peak", str(part.card.peak), "--backend", backend)
    status = part.run("step_speed", *common, until=until)
    for _ in range(3):
        if part.check(status, "step_speed") or part.left() < 60:
            break
        status = part.run("step_speed", *common, "--at-a-time", "1", "--go-on", until=until)
    return status == 0


def part_a(part: Part) -> bool:
    return step_speed(part, "steps")


def part_b(part: Part) -> bool:
    ours = step_speed(part, "peers", until=part.seconds / 3)
    tiny = ("--tiny", "--device", "cpu") if part.tiny else ()
    theirs = part.check(part.run("torch_step", *tiny), "torch_step")
    return ours and theirs


def part_c(part: Part) -> bool:
    tiny = ("--tiny",) if part.tiny else ("--peak", str(part.card.peak))
    return part.check(part.run("pretrain", *tiny), "pretrain")


PARTS = {"a": part_a, "b": part_b, "c": part_c}


@click.command(help=__doc__)
@click.argument("what", type=click.Choice([*PARTS, "report"]))
@click.option("--output", required=True, type=click.Path(path_type=Path))
@click.option("--device", type=click.Choice(["auto", "cpu"]), default="auto", show_default=True)
@click.option("--tiny", is_flag=True, help="Small models, on a CPU: does it run?")
@click.option("--seconds", default=SECONDS, show_default=True, help="Of the whole part.")
@click.option("--commit", help="Of a report: where the machine with the GPU did not know it.")
def main(
    what: str, output: Path, device: str, tiny: bool, seconds: float, commit: str | None
) -> None:
    if what == "report":
        for path in write_report(output, commit):
            print(path)
        return
    if tiny != (device == "cpu"):
        raise click.UsageError("--device cpu and --tiny go together: no CPU runs the real sizes")
    card = NO_CARD if tiny else find_card()
    if card is None:
        print("not run: no GPU (nvidia-smi finds none)")
        return
    part = Part(what, output, card, seconds, tiny)
    part.lines.add(
        "conditions", part=what, day=time.strftime("%Y-%m-%d"), card=card._asdict(),
        conditions=conditions(os.getloadavg()[0]),
    )  # fmt: skip
    done = PARTS[what](part)
    counts: dict[str, int] = {}
    for line in read_lines(part.lines.path):
        counts[line["kind"]] = counts.get(line["kind"], 0) + 1
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if not done:
        sys.exit(1)


if __name__ == "__main__":
    main()
