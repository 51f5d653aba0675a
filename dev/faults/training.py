"""Training as the search runs it: a tiny model on the shards of a small build, four steps, two checkpoints.

What is promised of a run: the bytes of its last checkpoint and its best one, and every number of its log but
times, rates and memory. A start of TensorFlow takes some six seconds of a processor, most of it to make the
graphs of the step; JAX's compiled programs are kept for the search.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from dev.faults.damage import damage

ROOT = Path(__file__).resolve().parents[2]
_PYTHONS = {"tensorflow": ROOT / ".venv/bin/python", "jax": ROOT / ".venv-jax/bin/python"}
_SETTINGS = {
    "name": "albert-tiny", "vocab_size": 150, "num_hidden_layers": 1, "hidden_size": 32, "embedding_size": 16,
    "intermediate_size": 64, "num_attention_heads": 2, "steps": 4, "batch_size": 8, "warmup_steps": 1,
    "log_every": 1, "save_every": 2, "eval_every": 2, "eval_batches": 1, "keep_checkpoints": 2,
}  # fmt: skip
_OF_A_MACHINE = re.compile(r"time|.*_per_second|.*_memory_gib")


def python_of(engine: str) -> str:
    """A Python that has the engine: this one, or that of its own environment; empty where none has."""
    if find_spec(engine):
        return sys.executable
    return str(_PYTHONS[engine]) if _PYTHONS[engine].exists() else ""


def arguments_of(engine: str, shards: Path, output: Path) -> list[str]:
    """The words of the command."""
    pairs = [f"--set={key}={value}" for key, value in _SETTINGS.items()]
    given = [f"--engine={engine}", f"--shards={shards}", f"--model-dir={output}"]
    return ["train", *given, f"--eval-shards={shards}", "--strategy=cpu", "--no-progress", *pairs]


def environment(home: Path) -> dict[str, str]:
    """Of an engine: what JAX compiles is kept in a folder, TensorFlow does not tell of the machine."""
    return {
        "JAX_COMPILATION_CACHE_DIR": str(home / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def content_of_run(output: Path) -> dict[str, str]:
    """SHA-256 (hex) by name of what a run promises to make alike each time."""
    steps = [int(m[1]) for p in output.glob("ckpt-*") if (m := re.match(r"ckpt-(\d+)\.", p.name))]
    kept = [*output.glob("best-*"), *(output.glob(f"ckpt-{max(steps)}.*") if steps else ())]
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(kept)}
    log = output / "log.jsonl"
    if log.exists():
        found[log.name] = hashlib.sha256(_without_times(log.read_bytes())).hexdigest()
    return found


def _without_times(log: bytes) -> bytes:
    """A log as it is on every machine; as it stands where it is damaged."""
    try:
        lines = [json.loads(line) for line in log.splitlines()]
        kept = [{k: v for k, v in line.items() if not _OF_A_MACHINE.fullmatch(k)} for line in lines]
    except (ValueError, AttributeError):
        return log
    return json.dumps(kept).encode()


def is_of_a_checkpoint(name: str) -> bool:
    """Whether a file of a run is checked when it is read: nothing guards the numbers of a log."""
    return name.startswith("ckpt-")


def damage_shards(draw: random.Random, shards: Path) -> str:
    """Damages one of the shards that are trained on."""
    return damage(draw, shards, "shards-*")
