"""The trainer as a command in this process, and what it says when it refuses."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from model import train_tpu
from model.network.backend import ON_JAX
from tests.model.conftest import tiny_config


def train(shards: Path, folder: Path, *more: str, strategy: str = "cpu") -> Result:
    """Runs four steps with a checkpoint after two and four.

    Args:
        more: further arguments of the command.
    """
    fields = tiny_config(num_hidden_layers=1).to_dict() | dict(
        steps=4, batch_size=8, warmup_steps=1, log_every=2, save_every=2
    )
    pairs = [f"--set={key}={value}" for key, value in fields.items()]
    arguments = [f"--shards={shards}", f"--model-dir={folder}", f"--strategy={strategy}"]
    engine = [f"--engine={'jax' if ON_JAX else 'tensorflow'}"]
    return CliRunner().invoke(train_tpu.main, [*arguments, *engine, "--no-progress", *pairs, *more])


def refused(done: Result, *told: object, code: int = 1) -> None:
    """The command ended with one message that holds all of ``told``, and a fix."""
    assert done.exit_code == code and isinstance(done.exception, SystemExit), done.exception
    before, _, error = done.output.partition("error: ")
    assert "error" not in before and error.count("\n  fix: ") == 1, done.output
    assert error.count("\n") == 2 and error.endswith("\n"), done.output
    assert all(str(part) in error for part in told), error
