"""The training step of a case, compiled by JAX, and its time."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("XLA_PYTHON_CLIENT_MEM_FRACTION", "0.92")

import jax

from benchmarks.gpu_check.cases import Case, make_batch
from benchmarks.gpu_check.figures import step_figures
from benchmarks.gpu_check.timing import ROUNDS, WARM_UP, time_steps
from model.albert import AlbertPretrainer
from model.configs import AlbertConfig, load_config
from model.lamb import Lamb
from model.training.jax_step import Layout, make_run_step, no_totals, state_of
from model.training.pure_step import make_pure_step


class Program(NamedTuple):
    """A compiled step with its arguments on the device.

    Attributes:
        case: Case.
        config: AlbertConfig.
        run: function (state, totals, features) to (state, totals); the first two are used up.
        arguments: state, totals, features.
        needed: bytes of the device while it runs, by the compiler.
        parameters: number of weights.
        compile_seconds: float.
    """

    case: Case
    config: AlbertConfig
    run: Any
    arguments: tuple[Any, Any, Any]
    needed: int
    parameters: int
    compile_seconds: float


def compile_case(
    case: Case, devices: Sequence[Any] | None = None, precision: str = "mixed_bfloat16"
) -> Program:
    """Makes the model of a case and compiles its step.

    Args:
        devices: that share the batch; None: the first one there is.
        precision: Keras dtype policy.
    """
    start = time.monotonic()
    config = load_config(case.config, **case.fields)
    model = AlbertPretrainer(config, dtype=precision)
    optimizer = Lamb(1e-4)
    optimizer.build(model.trainable_variables)
    layout = Layout(jax.devices()[:1] if devices is None else devices)
    state = state_of(model, optimizer)
    state = jax.device_put(state, layout.of_state(state))
    step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop")
    batch = {name: value[None] for name, value in make_batch(config.vocab_size, case).items()}
    arguments = (state, no_totals(layout), jax.device_put(batch, layout.of_micro_batches()))
    run = make_run_step(step, layout, state).lower(*arguments).compile()
    memory = run.memory_analysis()
    needed = memory.temp_size_in_bytes + memory.argument_size_in_bytes
    parameters = sum(weight.size for weight in state.weights)
    return Program(case, config, run, arguments, needed, parameters, time.monotonic() - start)


def measure(
    program: Program, peak: float, warm_up: int = WARM_UP, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Times a compiled step and returns the fields of its line."""
    state, totals, features = program.arguments

    def step() -> None:
        nonlocal state, totals
        state, totals = program.run(state, totals, features)

    def wait() -> None:
        jax.block_until_ready((state, totals))

    found = time_steps(step, wait, warm_up=warm_up, rounds=rounds)
    return {
        **step_figures(program.case, program.config, found, peak),
        "parameters": program.parameters,
        "needed_gib": program.needed / 2**30,
        "compile_seconds": program.compile_seconds,
    }
