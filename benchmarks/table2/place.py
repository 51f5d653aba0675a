"""Where a case is measured."""

from __future__ import annotations

from typing import Any, NamedTuple


class Place(NamedTuple):
    """Devices of one library.

    Attributes:
        name: of the kind of device, for people.
        replicas: parts that a batch is divided into.
        has_accelerator: whether it is a GPU or a TPU.
        precision: Keras dtype policy that is usual there.
        devices: what the library calls them: a strategy, a list of devices.
    """

    name: str
    replicas: int
    has_accelerator: bool
    precision: str
    devices: Any
