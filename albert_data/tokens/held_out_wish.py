"""What a token cache holds out of every variant: the wish of the build that made it, where it can be met.

A wish that cannot be met (more documents than there are, a share that none falls into) made no shards, so
that nothing binds a later build to it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from albert_data.config.hold_out import share_of
from albert_data.storage import file_names
from albert_data.storage.atomic import atomic_path
from albert_data.tokens.cache import kept_configuration, read_index
from albert_data.tokens.hold_out import is_held_out, limit_of
from albert_data.tokens.token_file import read_keys


def kept_wish(folder: Path, wish: str) -> str:
    """What binds variants of a cache that are asked for with another `wish`; empty for nothing.

    Token files are read only where the two differ, and no further than the first that tells.
    """
    config = kept_configuration(folder)
    made = config.hold_out if config else ""
    return made if made == wish or made and _can_be_met(folder, made) else ""


def replace_wish(folder: Path, wish: str) -> None:
    """Puts a wish in the place of one that binds nobody."""
    config = kept_configuration(folder)
    if config and config.hold_out not in ("", wish) and not kept_wish(folder, wish):
        with atomic_path(folder / file_names.CONFIGURATION) as temporary:
            temporary.write_text(replace(config, hold_out=wish).to_yaml(), encoding="utf-8")


def _can_be_met(folder: Path, wish: str) -> bool:
    if not (folder / file_names.TOKEN_INDEX).exists():
        return False  # nothing was made of it yet
    index = read_index(folder)
    if share_of(wish) is None:
        return int(wish) < sum(file.documents for file in index.files)
    below, sides = limit_of(wish, ()), set()
    for file in index.files:
        keys = read_keys(folder / file_names.PARTS / file.path, file.crc32c)
        sides |= set(is_held_out(keys, below).tolist())
        if len(sides) == 2:
            return True
    return False
