"""Grids of ablations: a YAML file → named variants of one configuration.

    base: {config: paper-128, pairs.dupe_factor: 1}      # a preset or file, then keys on top of it
    variants:
      nsp: {pairs.objective: nsp}                        # name: keys on top of the base
    cross:
      masking.max_ngram: [1, 2, 3]                       # every combination: max_ngram=1, …

`variants` and `cross` may stand side by side. Without a `config`, a grid begins with the configuration of
the build that made the tokens. Beside the configuration's own keys there are `config`
(another preset, below the base's keys) and `vocabulary` (a SentencePiece model). A variant that names
a vocabulary or a key of `sources`, `sentences` or `tokens` needs a token cache of its own.
"""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from albert_data.base.errors import ConfigError
from albert_data.config.fields import shown
from albert_data.config.load import check_key, find_file, load, presets, with_values
from albert_data.config.settings import Config, flatten
from albert_data.config.yaml_text import read_yaml

TOP = ("base", "variants", "cross")
OWN_KEYS = ("config", "vocabulary")
MOST_VARIANTS = 1000
_TOKEN_GROUPS = ("sources", "sentences", "tokens")
_NAME = re.compile(r"(?!tokens-|work$)[A-Za-z0-9][A-Za-z0-9._=,+-]*")
_SEE = "see configs/ablations/objective.yaml"


@dataclass(frozen=True)
class GridVariant:
    """A variant of a grid.

    Attributes:
        name: also of its folder.
        where: file and line, for errors.
        config: the whole configuration.
        differs: what it sets otherwise than the base, by dotted key.
        vocabulary: path of a SentencePiece model; empty for that of the token cache.
        own_tokens: whether it needs another token cache.
    """

    name: str
    where: str
    config: Config
    differs: dict[str, Any]
    vocabulary: str
    own_tokens: bool


@dataclass(frozen=True)
class _Setting:
    """A key's value and where it stands."""

    value: Any
    text: str
    where: str


_Settings = dict[str, _Setting]


def load_grid(name: str, begin: Config | None = None) -> list[GridVariant]:
    """The variants of a ready grid (`objective`, …) or a YAML file, in its order.

    Args:
        begin: what a grid begins with that names no `config`: that of the build which made the tokens.

    Raises:
        ConfigError: with file and line: an unknown key, a value that cannot be, a name that stands
            twice or cannot be a folder's, or no variant at all.
    """
    path = find_file(name, presets("ablations"), "grid")
    node, loader = read_yaml(path)
    file = _File(path, loader)
    parts = dict(file.items(node, "the grid")) if node else {}
    for key, (line, _) in parts.items():
        if key not in TOP:
            near = difflib.get_close_matches(key, TOP, n=1)
            fix = f"did you mean {near[0]}?" if near else f"a grid has {', '.join(TOP)}"
            raise ConfigError(f"unknown key {key}", where=file.place(line), fix=fix)
    base = file.settings(parts["base"][1], "base") if "base" in parts else {}
    found: dict[str, GridVariant] = {}
    for own, line, settings in _named(file, parts):
        where = file.place(line)
        if not _NAME.fullmatch(own):
            fix = "use letters, digits and ._=,+- only, and neither work nor tokens-…"
            raise ConfigError(f"{own!r} cannot be a folder's name", where=where, fix=fix)
        if own in found:
            raise ConfigError(f"there are two variants {own}", where=where, fix="rename one")
        found[own] = _variant(own, where, base, settings, begin)
    if not found:
        raise ConfigError("the grid has no variant", where=str(path), fix=_SEE)
    return list(found.values())


def _named(
    file: _File, parts: Mapping[str, tuple[int, yaml.Node]]
) -> Iterator[tuple[str, int, _Settings]]:
    """(name, line, settings) of each variant."""
    if "variants" in parts:
        for name, (line, node) in file.items(parts["variants"][1], "variants"):
            yield name, line, file.settings(node, f"variants.{name}")
    if "cross" in parts:
        line, node = parts["cross"]
        axes = [file.axis(key, *place) for key, place in file.items(node, "cross")]
        if (number := math.prod(map(len, axes))) > MOST_VARIANTS:
            problem = f"{number:,} variants, of {MOST_VARIANTS:,} at most"
            fix = "leave out a key or some of its values"
            raise ConfigError(problem, where=file.place(line), fix=fix)
        for choice in itertools.product(*axes):
            settings = dict(choice)
            last = [key.rpartition(".")[2] for key in settings]
            names = [
                k if last.count(k) == 1 else key for k, key in zip(last, settings, strict=True)
            ]
            values = [setting.text for setting in settings.values()]
            yield ",".join(map("=".join, zip(names, values, strict=True))), line, settings


def _variant(
    name: str, where: str, base: _Settings, own: _Settings, begin: Config | None
) -> GridVariant:
    config = _configured({**base, **own}, f"{where}, variant {name}", begin)
    usual = flatten(_configured(base, where, begin))
    differs = {key: value for key, value in flatten(config).items() if value != usual[key]}
    vocabulary = (own | {k: v for k, v in base.items() if k not in own}).get("vocabulary")
    if "vocabulary" in own:
        differs = {"vocabulary": own["vocabulary"].value, **differs}
    return GridVariant(
        name,
        where,
        config,
        differs,
        vocabulary.value if vocabulary else "",
        any(k == "vocabulary" or k.split(".")[0] in _TOKEN_GROUPS for k in [*base, *own]),
    )


def _configured(settings: _Settings, where: str, begin: Config | None) -> Config:
    preset = settings.get("config")
    try:
        config = begin if begin and not preset else load(preset.value if preset else None)
    except ConfigError as error:
        error.where = f"{preset.where if preset else where}: {error.where}"
        raise
    values = {key: s.value for key, s in settings.items() if key not in OWN_KEYS}
    return with_values(config, values, where)


@dataclass(frozen=True)
class _File:
    """A grid file's nodes as settings that know their lines."""

    path: Path
    loader: yaml.SafeLoader

    def place(self, line: int) -> str:
        return f"{self.path} line {line}"

    def items(self, node: yaml.Node, what: str) -> list[tuple[str, tuple[int, yaml.Node]]]:
        """(key as written, (line, node)) of a mapping; nothing of an empty node."""
        if isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null"):
            return []
        if not isinstance(node, yaml.MappingNode):
            where = self.place(node.start_mark.line + 1)
            raise ConfigError(f"{what} must be a mapping", where=where, fix=_SEE)
        return [(key.value, (key.start_mark.line + 1, value)) for key, value in node.value]

    def settings(self, node: yaml.Node, what: str) -> _Settings:
        return {key: self.setting(key, *place) for key, place in self.items(node, what)}

    def setting(self, key: str, line: int, node: yaml.Node) -> _Setting:
        check_key(key, self.place(line), OWN_KEYS)
        value = self.loader.construct_document(node)
        if key in OWN_KEYS and not isinstance(value, str):
            raise ConfigError(f"{key} is {shown(value)}", where=self.place(line), fix="name a file")
        text = "+".join(map(str, value)) if isinstance(value, list) else str(node.value)
        return _Setting(value, text, self.place(line))

    def axis(self, key: str, line: int, node: yaml.Node) -> list[tuple[str, _Setting]]:
        """(key, value) for each value of a list under `cross`."""
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            fix = f"write {key}: [first, second, …]"
            raise ConfigError(f"{key} needs a list of values", where=self.place(line), fix=fix)
        return [(key, self.setting(key, line, value)) for value in node.value]
