"""The GPU of this machine, asked of `nvidia-smi`: no library of arrays is loaded for it."""

from __future__ import annotations

import subprocess
from typing import NamedTuple

# Dense bfloat16 matrix products, operations a second, of the vendor's data sheets; by a part of the name,
# the first that fits. The PCIe cards have fewer or slower units than the SXM ones of the same number.
PEAKS = {
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
}


class Card(NamedTuple):
    """The first GPU.

    Attributes:
        name: as `NVIDIA H100 80GB HBM3`.
        driver: its version.
        memory: of the card, bytes.
        peak: operations a second, bfloat16, dense; 0 where the card is not in the table.
    """

    name: str
    driver: str
    memory: int
    peak: float


NO_CARD = Card("none (CPU)", "none", 0, 0.0)


def find_card() -> Card | None:
    """The first GPU, None where there is none or no driver."""
    asked = "--query-gpu=name,driver_version,memory.total"
    command = ["nvidia-smi", asked, "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    rows = done.stdout.strip().splitlines()
    if done.returncode or not rows:
        return None
    name, driver, mebibytes = (cell.strip() for cell in rows[0].split(","))
    memory = int(mebibytes) * 2**20 if mebibytes.isdigit() else 0
    return Card(name, driver, memory, peak_of(name))


def peak_of(name: str) -> float:
    """Operations a second of a card, 0 for one that is not in the table."""
    return next((peak for part, peak in PEAKS.items() if part in name), 0.0)
