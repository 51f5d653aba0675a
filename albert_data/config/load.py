"""Presets, YAML files and `--set key=value` → a checked Config.

Unknown keys are refused with the nearest known one, values with their key, their type or range and
the fix. The reader (`read_yaml`, `parse_pairs`, `build`) serves the trainer's settings, too.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import reprlib
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml

from albert_data.base.code import PACKAGE
from albert_data.base.errors import ConfigError
from albert_data.config import hold_out
from albert_data.config.settings import (
    MOST_SHARDS,
    SPECIAL_TOKENS_PER_PAIR,
    VARIANTS,
    Config,
    flatten,
)

# Impossible dates and numbers are a ValueError of PyYAML's, deep nesting a RecursionError; a value that is
# not what its tag says (`!!bool x`) is any of the others.
_NOT_YAML = (
    yaml.YAMLError, ValueError, RecursionError, LookupError, AttributeError, TypeError, ArithmeticError,
)  # fmt: skip
# PyYAML takes seven seconds a megabyte; an alias stands for all that it names, over and over.
MOST_CHARACTERS = 2**18
_MOST_MEANT = 2**20
_LONGEST_KEY = 80  # as messages quote it
# What stands around the numbers in a shard's name; `shards-` is by what a folder's shards are found.
_SHARD_NAME = re.compile(r"shards-[A-Za-z0-9._=+-]*")

T = TypeVar("T")


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error; PyYAML takes the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(
                None, None, "a key stands twice in this mapping", node.start_mark
            )
        return mapping


# PyYAML reads YAML 1.1, which takes 010 for 8 and 1:30 for 90; here these are text, so no number. Nor is
# what has thousands of digits, which Python cannot print.
_INT = "tag:yaml.org,2002:int"
_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _INT]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeys.add_implicit_resolver(
    _INT,
    re.compile(r"(?:[-+]?(?:0|[1-9][0-9_]{0,40})|0x[0-9a-fA-F_]{1,40})$"),
    list("-+0123456789"),
)
# It takes 1e-6 for text, since there is no point in it.
_PER_CENT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%")
_SMALL_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")


def presets(folder: str = "") -> dict[str, Path]:
    """The ready configurations (`paper`, `paper-128`, …), or the files of a folder beside them."""
    checkout = (PACKAGE.parent / "pyproject.toml").is_file()
    configs = (PACKAGE.parent if checkout else PACKAGE) / "configs"
    return {path.stem: path for path in sorted((configs / folder).glob("*.yaml"))}


def find_file(name: str, ready: Mapping[str, Path], what: str) -> Path:
    """The file of that path, or else the ready one of that name.

    Raises:
        ConfigError: there is neither; `what` says what was looked for.
    """
    path = ready.get(name.removesuffix(".yaml")) if "/" not in name else None
    path = Path(name) if Path(name).is_file() else path
    if path is None:
        fix = f"name a YAML file or one of: {', '.join(sorted(ready))}"
        raise ConfigError(f"no such {what}", where=name, fix=fix)
    return path


def read_yaml(path: Path) -> tuple[yaml.Node | None, yaml.SafeLoader]:
    """The root node of a YAML file, which knows its lines, and what makes values of nodes.

    Raises:
        ConfigError: it cannot be read as YAML.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            text = stream.read(MOST_CHARACTERS + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise _not_yaml(error, str(path)) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, where: str) -> tuple[yaml.Node | None, yaml.SafeLoader]:
    """The root node of a YAML document, which knows its lines, and what makes values of nodes.

    Raises:
        ConfigError: it is no YAML.
    """
    try:
        node, loader = _parsed(text)
        if node is not None:
            loader.construct_document(node)  # so that what cannot be constructed is refused here
    except _NOT_YAML as error:
        raise _not_yaml(error, where) from None
    return node, loader


def _parsed(text: str) -> tuple[yaml.Node | None, yaml.SafeLoader]:
    """The root node, which means no more than can be handled, and its loader.

    Raises:
        ValueError, RecursionError, YAMLError: it is no YAML of settings.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has more than {MOST_CHARACTERS:,} characters")
    loader = _UniqueKeys(text)
    node = loader.get_single_node()
    if node is not None and _meant(node, {}) > _MOST_MEANT:
        raise ValueError(f"with its aliases it has more than {_MOST_MEANT:,} characters")
    return node, loader


def _meant(node: yaml.Node, known: dict[int, int]) -> int:
    """Characters of a node, those of its aliases counted wherever these stand."""
    if isinstance(node, yaml.ScalarNode):
        return 1 + len(node.value)
    if id(node) in known:
        if not known[id(node)]:
            raise ValueError("an alias stands within what it names")
        return known[id(node)]
    known[id(node)] = 0
    pairs = isinstance(node, yaml.MappingNode)
    inner = (each for pair in node.value for each in pair) if pairs else node.value
    known[id(node)] = total = 1 + sum(_meant(each, known) for each in inner)
    return total


def _not_yaml(error: Exception, where: str) -> ConfigError:
    reason = " ".join(str(error).split())
    return ConfigError(f"not readable as YAML: {reason}", where=where, fix="see configs/paper.yaml")


def shown(value: Any) -> str:
    """A value as messages quote it, in a line's length whatever it is."""
    return _SHOWN.repr(value)


_SHOWN = reprlib.Repr()
_SHOWN.maxstring = _SHOWN.maxother = 80
_SHOWN.maxlong, _SHOWN.maxlevel = 60, 3


def load(name: str | None = None, overrides: Iterable[str] = ()) -> Config:
    """The configuration from a preset or YAML file, with `key=value` overrides applied.

    Raises:
        ConfigError: no such file, an unknown key, a value of the wrong type or out of range.
    """
    return override(read_file(find_file(name or "paper", presets(), "configuration")), overrides)


def read_file(path: Path) -> Config:
    """The configuration in a YAML file.

    Raises:
        ConfigError: it cannot be read, an unknown key, a value of the wrong type or out of range.
    """
    return from_dict(values_of(path), where=str(path))


def values_of(path: Path) -> Any:
    """The nested values that a YAML file gives; what it leaves out is not there."""
    node, loader = read_yaml(path)
    return (loader.construct_document(node) if node else None) or {}


def from_dict(values: Any, where: str = "configuration") -> Config:
    """A validated Config from nested values; keys left out take their defaults."""
    if isinstance(values, Mapping) and "hold_out" in values:  # which YAML may take for a number
        values = {**values, "hold_out": hold_out.normal_form(values["hold_out"])}
    return validate(build(Config, values, where), where)


def override(config: Config, overrides: Iterable[str], where: str = "--set") -> Config:
    """The configuration with each `dotted.key=value` (value in YAML) applied in turn."""
    values = parse_pairs(overrides, where, "masking.rate=0.2")
    for key in values:
        check_key(key, where)
    return with_values(config, values, where)


def parse_pairs(pairs: Iterable[str], where: str, example: str) -> dict[str, Any]:
    """Keys and values of `key=value` pairs, values in YAML; of a key that stands twice, the last.

    Raises:
        ConfigError: a pair is none (the fix is to write it as `example` is), or a value no YAML.
    """
    values = {}
    for item in pairs:
        key, equals, text = item.partition("=")
        if not equals:
            raise ConfigError(
                "not of the form key=value",
                where=f"{where} {item[:_LONGEST_KEY]}",
                fix=f"write for instance --set {example}",
            )
        try:
            node, loader = _parsed(text)
            values[key.strip()] = loader.construct_document(node) if node else None
        except _NOT_YAML:
            raise ConfigError(
                "the value is not valid YAML",
                where=f"{where} {item[:_LONGEST_KEY]}",
                fix="quote it",
            ) from None
    return values


def with_values(config: Config, values: Mapping[str, Any], where: str) -> Config:
    """The configuration with other values of known dotted keys."""
    nested = config.to_dict()
    for key, value in values.items():
        group, _, name = key.rpartition(".")
        (nested[group] if group else nested)[name] = value
    return from_dict(nested, where)


def check_key(key: str, where: str, also: Sequence[str] = ()) -> None:
    """Raises ConfigError for a dotted key that is neither a configuration's nor in `also`."""
    if key not in flatten(Config()) and key not in also:
        raise unknown_key(key, where, [*flatten(Config()), *also])


def unknown_key(key: str, where: str, known: Sequence[str]) -> ConfigError:
    """The refusal of a dotted key that is none of those known; names the nearest."""
    if inside := [k for k in known if k.startswith(f"{key}.")]:
        return ConfigError(
            f"{key} is a group of keys", where=where, fix=f"set one of: {', '.join(inside)}"
        )
    near = [k for k in known if k.split(".")[-1] == key.split(".")[-1]]
    if not near and "." in key:
        tails = {k.split(".")[-1]: k for k in known}
        near = [tails[t] for t in difflib.get_close_matches(key.split(".")[-1], tails, n=1)]
    if not near:
        groups = [group for group in dict.fromkeys(k.split(".")[0] for k in known) if group != key]
        near = difflib.get_close_matches(key, [*groups, *known], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"the keys are: {', '.join(known)}"
    return ConfigError(f"unknown key {key[:_LONGEST_KEY]}", where=where, fix=hint)


def key_of_option(option: str, known: Sequence[str]) -> str:
    """The setting that somebody wrote as an option (`--dedup`, `--tokens.dedup`), or nothing."""
    name = option.lstrip("-").replace("-", "_").lower()
    found = [key for key in known if name in (key, key.replace(".", "_"), key.split(".")[-1])]
    return found[0] if len(found) == 1 else ""


def value_of(option: str, arguments: Sequence[str]) -> str:
    """What was given to an option, `--name=value` or `--name value`; `VALUE` where nothing was."""
    for argument, following in zip(arguments, [*arguments[1:], "-"], strict=True):
        name, equals, value = argument.partition("=")
        if name == option:
            return value if equals else "VALUE" if following.startswith("-") else following
    return "VALUE"


def build(kind: type[T], values: Any, where: str, prefix: str = "", known: Sequence[str] = ()) -> T:
    """A dataclass from nested values; keys left out take their defaults.

    Args:
        kind: of fields with defaults: bool, int, float, str, a choice of words, or a dataclass.
        values: what YAML or JSON held.
        where: the file, for errors.
        prefix: of the dotted keys in errors.
        known: all dotted keys, of which the nearest is named; by default those of `kind`.

    Raises:
        ConfigError: an unknown key, or a value of the wrong type.
    """
    known = known or dotted_keys(kind, prefix)
    if not isinstance(values, Mapping):
        name = prefix.rstrip(".") or "the configuration"
        raise ConfigError(
            f"{name} must be a mapping, not {shown(values)}",
            where=where,
            fix="see configs/paper.yaml",
        )
    hints = typing.get_type_hints(kind)
    fields = {}
    for key, value in values.items():
        hint = hints.get(key)
        if hint is None:
            raise unknown_key(f"{prefix}{key}", where, known)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            fields[key] = build(hint, value, where, f"{prefix}{key}.", known)
        else:
            fields[key] = _convert(hint, value, getattr(kind(), key), f"{prefix}{key}", where)
    return kind(**fields)


def dotted_keys(kind: type, prefix: str = "") -> list[str]:
    """The keys of a dataclass and of those in it."""
    keys = []
    for name, hint in typing.get_type_hints(kind).items():
        nested = dataclasses.is_dataclass(hint) and isinstance(hint, type)
        keys += dotted_keys(hint, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]
    return keys


def _convert(hint: Any, value: Any, default: Any, key: str, where: str) -> Any:
    or_other = ""
    if (
        typing.get_origin(hint) is typing.Union
    ):  # one of some words, or a number, or a list of these
        (hint,) = (h for h in typing.get_args(hint) if typing.get_origin(h) is Literal)
        whole = isinstance(default, int)
        or_other = ", or an integer" if whole else ", or a list of numbers"
        if whole and type(value) is int:
            return value
        if not whole and isinstance(value, (list, tuple)):
            return tuple(_convert(float, v, 0.5, f"a weight of {key}", where) for v in value)
    if typing.get_origin(hint) is Literal:
        # YAML reads a bare `none`/`off` as a string or a boolean; the choices here are all strings.
        text = "none" if value is None else str(value)
        choices = typing.get_args(hint)
        if text not in choices:
            raise ConfigError(
                f"{key} is {shown(value)}",
                where=where,
                fix=f"use one of: {', '.join(choices)}{or_other}",
            )
        return text
    if hint is float and isinstance(value, str) and _SMALL_NUMBER.fullmatch(value):
        return float(value)
    if hint is float and type(value) is int:
        return float(value) if abs(value) < 2**1000 else math.inf
    if isinstance(value, bool) != (hint is bool) or not isinstance(value, hint):
        per_cent = hint is float and _PER_CENT.fullmatch(str(value))
        raise ConfigError(
            f"{key} is {shown(value)}, not of type {hint.__name__}",
            where=where,
            fix=f"write it as a share of 1: {float(per_cent[1]) / 100:g}"
            if per_cent
            else f"write it as the default is written: {default!r}",
        )
    return value


def _is_shard_name(name: str) -> bool:
    fixed = [name.count(part) for part in ("{index}", "{count}")]
    around = name.replace("{index}", "").replace("{count}", "")
    return fixed == [1, 1] and bool(_SHARD_NAME.fullmatch(around)) and len(name) <= 150


def validate(config: Config, where: str = "configuration") -> Config:
    """Returns the configuration, or raises ConfigError naming the key, the value and the fix."""
    pairs, masking, shards = config.pairs, config.masking, config.shards

    def need(holds: bool, key: str, rule: str) -> None:
        if not holds:
            raise ConfigError(
                f"{key} is {shown(flatten(config)[key])}", where=where, fix=f"it must {rule}"
            )

    need(0 <= config.seed < 2**63, "seed", "be from 0 to 2^63 - 1")
    need(hold_out.is_wish(config.hold_out), "hold_out", hold_out.RULE)
    need(config.sources.min_characters >= 1, "sources.min_characters", "be 1 or more")
    for key in ("sources.max_document_bytes", "sources.unit_bytes", "tokens.part_bytes"):
        need(1 <= flatten(config)[key] <= 2**30, key, "be from 1 to 2^30 (1 GiB)")
    need(
        0 < config.sources.page_seconds <= 86_400,
        "sources.page_seconds",
        "be greater than 0 and at most 86400 (a day)",
    )
    need(0 < config.tokens.dedup_threshold <= 1, "tokens.dedup_threshold", "be above 0, at most 1")
    need(0 <= config.tokens.max_unknown <= 1, "tokens.max_unknown", "be from 0 to 1")
    need(config.sources.pseudo_documents >= 0, "sources.pseudo_documents", "be 0 or more")
    for key in ("sources.min_characters", "sources.pseudo_documents"):
        need(flatten(config)[key] < 2**31, key, "be less than 2^31")
    need(
        config.sources.variant in ("", *VARIANTS),
        "sources.variant",
        f"be empty or one of: {' '.join(VARIANTS)}",
    )
    need(8 <= pairs.max_length <= 65_536, "pairs.max_length", "be from 8 to 65536")
    need(1 <= pairs.dupe_factor <= 65_536, "pairs.dupe_factor", "be from 1 to 65536")
    for key in ("pairs.short_probability", "pairs.negative_probability"):
        need(0 <= flatten(config)[key] <= 1, key, "be from 0 to 1")
    need(0 <= pairs.distinct <= 65_536, "pairs.distinct", "be 0 (all) or up to 65536")
    need(
        masking.mode == "static" or not 0 < pairs.distinct < pairs.dupe_factor,
        "pairs.dupe_factor",
        f"be at most pairs.distinct ({pairs.distinct}) under masking.mode dynamic, which writes no "
        "pair twice",
    )
    need(0 < masking.rate <= 1, "masking.rate", "be greater than 0 and at most 1")
    room = pairs.max_length - SPECIAL_TOKENS_PER_PAIR
    need(
        masking.max_predictions == "auto" or 1 <= masking.max_predictions <= room,
        "masking.max_predictions",
        f"be from 1 to {room} (pairs.max_length less the three special tokens)",
    )
    need(1 <= masking.max_ngram <= 16, "masking.max_ngram", "be from 1 to 16")
    if not isinstance(masking.ngram_law, str):
        need(
            len(masking.ngram_law) == masking.max_ngram,
            "masking.ngram_law",
            f"have a weight for each length up to masking.max_ngram ({masking.max_ngram})",
        )
        need(
            all(1e-6 <= weight <= 1e6 for weight in masking.ngram_law),
            "masking.ngram_law",
            "be of weights from 0.000001 to 1000000",
        )
    kinds = (masking.mask_probability, masking.keep_probability, masking.random_probability)
    for key in ("mask_probability", "keep_probability", "random_probability"):
        need(0 <= getattr(masking, key) <= 1, f"masking.{key}", "be from 0 to 1")
    need(
        abs(sum(kinds) - 1) < 1e-9,
        "masking.mask_probability",
        f"sum to 1 with keep_probability and random_probability (now {sum(kinds):g})",
    )
    need(0 <= shards.count <= MOST_SHARDS, "shards.count", f"be from 0 (derived) to {MOST_SHARDS}")
    need(2**10 <= shards.target_bytes <= 2**32, "shards.target_bytes", "be from 1 KiB to 4 GiB")
    need(
        _is_shard_name(shards.name),
        "shards.name",
        "begin with shards-, hold {index} and {count} once each, and otherwise letters, digits and ._=+- "
        "only, 150 at most, such as shards-{index}-of-{count}.tfrecord",
    )
    need(
        not shards.name.endswith(".gz") or shards.compression == "gzip",
        "shards.name",
        "not end in .gz where nothing is compressed; set shards.compression=gzip, which adds .gz by itself",
    )
    return config
