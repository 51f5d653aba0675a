"""Presets, YAML files and `--set key=value` → a checked Config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from albert_data.base.code import PACKAGE
from albert_data.base.errors import ConfigError
from albert_data.config import hold_out
from albert_data.config.fields import build, unknown_key
from albert_data.config.ranges import validate
from albert_data.config.settings import Config, flatten
from albert_data.config.yaml_text import parse_pairs, read_yaml


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
