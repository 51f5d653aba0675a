"""Build, check, explain and read ALBERT pretraining shards. No Beam and no TensorFlow is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from albert_data.read.mixture import open_mixture as open_mixture
    from albert_data.read.shard_reader import open_shards as open_shards

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """The readers, imported when they are first asked for."""
    if name == "open_shards":
        from albert_data.read.shard_reader import open_shards

        return open_shards
    if name == "open_mixture":
        from albert_data.read.mixture import open_mixture

        return open_mixture
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
