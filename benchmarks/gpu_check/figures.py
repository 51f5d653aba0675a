"""What the time of a step says: the figures that every measurement of a training step has, on any engine."""

from __future__ import annotations

from typing import Any

from benchmarks.gpu_check.cases import Case
from benchmarks.gpu_check.timing import StepTime
from model.configs import AlbertConfig
from model.training.monitor import training_flops


def step_figures(case: Case, config: AlbertConfig, found: StepTime, peak: float) -> dict[str, Any]:
    """Fields of the line of a case.

    Args:
        peak: operations a second of all devices; 0 leaves the utilisation out.
    """
    rate = case.batch / found.median
    flops = training_flops(config, case.length, case.predictions)
    return {
        "ms": 1e3 * found.median,
        "fastest_ms": 1e3 * found.fastest,
        "slowest_ms": 1e3 * found.slowest,
        "processor_ms": 1e3 * found.processor,
        "steps": found.steps,
        "examples_per_second": rate,
        "tflops": rate * flops / 1e12,
        **({"mfu": rate * flops / peak} if peak else {}),
    }
