"""Their side of part b: the same step by transformers' `AlbertForPreTraining`, in PyTorch.

    python -m benchmarks.gpu_check.torch_step OUTPUT.jsonl --until 330

The same shape, batch, dropout and losses as ours: forward and backward pass under bfloat16 autocast with
scaled-dot-product attention, all under `torch.compile`; clip by the global norm; fused AdamW, since PyTorch
has no LAMB (it reads and writes the same three arrays, without norms). Three variants:

- as it comes: logits of all positions, the padding mask given;
- masked positions: only these go through the head, as in ours, by a module of a few lines around theirs;
- masked positions, no padding mask: what their attention can do where every example is full.

In a process of its own: JAX and PyTorch do not share a card's memory.
"""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import click
import torch
from transformers import AlbertConfig as TheirConfig
from transformers import AlbertForPreTraining

from benchmarks.gpu_check import cases as tables
from benchmarks.gpu_check.cases import Case, make_batch
from benchmarks.gpu_check.lines import START, Lines
from benchmarks.gpu_check.timing import time_steps
from benchmarks.gpu_check.torch_modules import AsItComes, MaskedPositions
from model.configs import load_config

AS_IT_COMES, MASKED, NO_PADDING = "as it comes", "masked positions", "masked positions, no padding"
PEERS = tables.AGAINST_TORCH
# The comparison that matters first, then what their side can gain.
ORDER = (
    (PEERS[0], AS_IT_COMES),
    (PEERS[0], NO_PADDING),
    (PEERS[1], AS_IT_COMES),
    (PEERS[2], AS_IT_COMES),
    (PEERS[1], NO_PADDING),
    (PEERS[2], NO_PADDING),
    *((case, MASKED) for case in PEERS),
)
TINY = tuple((tables.TINY[0], variant) for variant in (AS_IT_COMES, MASKED, NO_PADDING))
LAST_CASE = 30.0  # seconds that a case needs at least: none is begun later
IGNORED = -100  # label of a position without a loss


def their_model(case: Case) -> Any:
    """Their model of a case's shape, in training mode."""
    ours = load_config(case.config, **case.fields).to_dict()
    fields = {name: value for name, value in ours.items() if name != "sharing"}
    return AlbertForPreTraining(TheirConfig(**fields, attn_implementation="sdpa")).train()


def arguments_of(case: Case, variant: str, vocab_size: int, device: str) -> list[Any]:
    """What a variant's module is called with: the batch that our step gets."""
    batch = {
        name: torch.as_tensor(value).to(device)
        for name, value in make_batch(vocab_size, case).items()
    }
    positions, ids = (batch[f"masked_lm_{part}"].long() for part in ("positions", "ids"))
    inputs = [batch["input_ids"], batch["input_mask"], batch["segment_ids"]]
    order = batch["next_sentence_labels"][:, 0].long()
    if variant == AS_IT_COMES:
        labels = torch.full(inputs[0].shape, IGNORED, device=device, dtype=torch.long)
        return [*inputs, labels.scatter(1, positions, ids), order]
    mask = None if variant == NO_PADDING else inputs[1]
    return [inputs[0], mask, inputs[2], positions, ids, order]


def measure(case: Case, variant: str, device: str, compiled: bool) -> dict[str, Any]:
    """Times a variant and returns the fields of its line."""
    start = time.monotonic()
    model = their_model(case).to(device)
    module = (AsItComes if variant == AS_IT_COMES else MaskedPositions)(model)
    arguments = arguments_of(case, variant, model.config.vocab_size, device)
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, fused=True)
    called = torch.compile(module) if compiled else module

    def step() -> None:
        with torch.autocast(device, torch.bfloat16):
            loss = called(*arguments)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    step()
    wait()
    compile_seconds = time.monotonic() - start
    found = time_steps(step, wait)
    return {
        "ms": 1e3 * found.median,
        "fastest_ms": 1e3 * found.fastest,
        "slowest_ms": 1e3 * found.slowest,
        "steps": found.steps,
        "examples_per_second": case.batch / found.median,
        "compiled": compiled,
        "compile_seconds": compile_seconds,
        **({"peak_gib": torch.cuda.max_memory_allocated() / 2**30} if device == "cuda" else {}),
    }


def run_case(case: Case, variant: str, lines: Lines, device: str) -> None:
    """Measures compiled, and where that fails, as it is; a line for each.

    What does not fit into memory is tried at half of the batch.
    """
    fields = ("config", "length", "predictions", "batch", "dropout")
    tries = [(case, True), (case, False)]
    while tries:
        case, compiled = tries.pop(0)
        name = {"variant": variant, **{field: getattr(case, field) for field in fields}}
        _forget(device)
        try:
            found = measure(case, variant, device, compiled)
        except Exception as error:  # noqa: BLE001  an error of one case is a line, not the end
            lines.add("failed", **name, compiled=compiled, error=str(error)[:500])
            if isinstance(error, torch.OutOfMemoryError) and case.batch > 1:
                tries = [(case.smaller(), True), (case.smaller(), False)]
            continue
        lines.add("torch", **name, **found)
        return


def _forget(device: str) -> None:
    torch.compiler.reset()
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


@click.command(help=__doc__)
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--tiny", is_flag=True)
@click.option("--until", default=330.0, help="Seconds after which no case is begun.")
@click.option("--device", default="cuda", show_default=True)
def main(output: Path, tiny: bool, until: float, device: str) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no GPU")
    torch.set_float32_matmul_precision("high")
    lines = Lines(output)
    for case, variant in TINY if tiny else ORDER:
        if time.monotonic() - START > until - LAST_CASE:
            lines.add(
                "left out", config=case.config, length=case.length, variant=variant, why="no time"
            )
            continue
        run_case(case, variant, lines, device)


if __name__ == "__main__":
    main()
