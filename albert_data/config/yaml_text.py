"""YAML as settings need it: no key twice, no octal numbers, no aliases that stand for gigabytes.

It serves the trainer's settings, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from albert_data.base.errors import ConfigError

# Impossible dates and numbers are a ValueError of PyYAML's, deep nesting a RecursionError; a value that is
# not what its tag says (`!!bool x`) is any of the others.
_NOT_YAML = (
    yaml.YAMLError, ValueError, RecursionError, LookupError, AttributeError, TypeError, ArithmeticError,
)  # fmt: skip
# PyYAML takes seven seconds a megabyte; an alias stands for all that it names, over and over.
MOST_CHARACTERS = 2**18
_MOST_MEANT = 2**20
_LONGEST_PAIR = 80  # as messages quote it


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
                where=f"{where} {item[:_LONGEST_PAIR]}",
                fix=f"write for instance --set {example}",
            )
        try:
            node, loader = _parsed(text)
            values[key.strip()] = loader.construct_document(node) if node else None
        except _NOT_YAML:
            raise ConfigError(
                "the value is not valid YAML",
                where=f"{where} {item[:_LONGEST_PAIR]}",
                fix="quote it",
            ) from None
    return values
