"""Vocabulary, token cache and the variants' shards, each with the same documents held out, by the commands of
the pipeline: `vocab`, `tokenize`, `ablate`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from albert_data.base.errors import ConfigError
from albert_data.storage import file_names

from .programs import finish
from .scales import Scale

VARIANTS = {
    "sop": {},
    "nsp": {"pairs.objective": "nsp"},
    "none": {"pairs.objective": "none"},
    "wikipedia": {"pairs.sources": "wikipedia:*"},
    "books": {"pairs.sources": "books:*"},
}


def make_data(
    folder: Path, books: Path, wikipedia: Path, scale: Scale, variants: Sequence[str]
) -> None:
    """Makes what is not there yet of ``folder``/shards/VARIANT, each with its held-out/.

    Raises:
        ConfigError: the folder was begun with other texts or settings.
    """
    asked = {
        "books": str(books.resolve()),
        "wikipedia": str(wikipedia.resolve()),
        "vocabulary": scale.vocabulary,
        "data": dict(scale.data),
    }
    known = folder / "asked.json"
    if known.exists() and json.loads(known.read_text()) != asked:
        raise ConfigError(
            "the data there is of other texts or settings",
            where=str(folder),
            fix="name another --output, or the --books and --wikipedia of before",
        )
    if all((shards(folder, variant) / file_names.MANIFEST).exists() for variant in variants):
        return
    folder.mkdir(parents=True, exist_ok=True)
    known.write_text(json.dumps(asked, indent=2) + "\n")
    sources = ["--source", f"books:{books}", "--source", f"wikipedia:{wikipedia}"]
    vocabulary, log = folder / file_names.VOCABULARY, folder / "log.txt"
    if not vocabulary.exists():
        _albert_data(["vocab", *sources, "--size", scale.vocabulary, "--output", vocabulary], log)
    tokens = folder / "tokens"
    if not (tokens / file_names.TOKEN_INDEX).exists():
        _albert_data(["tokenize", *sources, "--vocab", vocabulary, "--output", tokens], log)
    grid = folder / "grid.yaml"
    present = [name for name in VARIANTS if name in variants or shards(folder, name).exists()]
    wanted = {name: VARIANTS[name] for name in present}
    grid.write_text(yaml.safe_dump({"base": dict(scale.data), "variants": wanted}, sort_keys=False))
    _albert_data(["ablate", grid, "--tokens", tokens, "--output", folder / "shards"], log)


def shards(folder: Path, variant: str) -> Path:
    """Training shards of a variant."""
    return folder / "shards" / variant


def held_out(folder: Path, variant: str) -> Path:
    """Shards of its held-out documents."""
    return shards(folder, variant) / file_names.HELD_OUT


def _albert_data(arguments: Sequence[object], log: Path) -> None:
    finish([sys.executable, "-m", "albert_data", *map(str, arguments)], log)
