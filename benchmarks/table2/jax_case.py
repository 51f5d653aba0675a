"""The step of a case on JAX, over all devices asked for."""

from __future__ import annotations

from typing import Any

from benchmarks.gpu_check.cases import Case
from benchmarks.gpu_check.programs import compile_case, measure
from benchmarks.table2.place import Place
from model.training.engine import Devices, Say
from model.training.jax_devices import choose_devices, join_hosts, usual_precision


def find_place(asked: Devices, say: Say) -> Place:
    """The devices asked for.

    Raises:
        SettingError: there are none such.
    """
    join_hosts()
    devices = choose_devices(asked, say)
    first = devices[0]
    accelerates = first.platform != "cpu"
    return Place(first.device_kind, len(devices), accelerates, usual_precision(first), devices)


def measure_case(
    case: Case, place: Place, precision: str, peak: float, warm_up: int, rounds: int
) -> dict[str, Any]:
    """Fields of the line of a case."""
    precision = precision or place.precision
    program = compile_case(case, place.devices, precision)
    return {"precision": precision, **measure(program, peak, warm_up, rounds)}
