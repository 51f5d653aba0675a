"""What variants of a token cache begin with, and what is told of those that are something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from albert_data.commands.options import USUAL, note
from albert_data.config.load import load
from albert_data.config.settings import Config, differences
from albert_data.tokens.cache import kept_configuration, read_index


def base_of(tokens: Path) -> Config:
    """The configuration that its build left in a token cache; the usual one where there is none."""
    if kept := kept_configuration(tokens):
        return kept
    if read_index(tokens):
        note(f"{tokens} does not say what it was made for: the default, --config {USUAL}")
    return load(USUAL)


def tell_differences(tokens: Path, base: Config, variants: Sequence[Config]) -> None:
    """Says in which settings all variants are other than the build of their tokens."""
    lines = [differences(base.to_dict(), config.to_dict()) for config in variants]
    for line in lines[0]:
        if all(line in others for others in lines[1:]):
            note(f"other than the build of {tokens}: {line}")
