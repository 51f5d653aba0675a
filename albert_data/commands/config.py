"""`config`: the whole configuration that options come to, or that a shard set was made with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from albert_data.base.errors import ConfigError
from albert_data.commands.options import SETTINGS, is_build, named_config
from albert_data.commands.suggestions import TakesSettings
from albert_data.config.load import find_file, override, presets, values_of
from albert_data.config.settings import Config
from albert_data.config.yaml_text import parse_pairs


@click.command(cls=TakesSettings)
@click.argument("shards", required=False)
@SETTINGS[0]
@SETTINGS[1]
@click.pass_context
def config(
    context: click.Context, shards: str | None, config_name: str, overrides: Sequence[str]
) -> None:
    """The whole configuration as YAML, with the origin of each key: of SHARDS, or of --config and --set."""
    given = context.get_parameter_source("config_name")
    if shards and given is not click.core.ParameterSource.DEFAULT:
        raise ConfigError(
            "both SHARDS and --config name a configuration",
            where=f"--config {config_name}",
            fix="name one of them",
        )
    name = shards or config_name
    base = named_config(name)
    origins = dict.fromkeys(_keys_of(name, base), name)
    origins.update(dict.fromkeys(parse_pairs(overrides, "--set", "masking.rate=0.2"), "--set"))
    click.echo("\n".join(_lines(override(base, overrides), origins)))


def _keys_of(name: str, base: Config) -> Iterator[str]:
    """Dotted keys that a named configuration sets: of a shard set all."""
    values = base.to_dict() if is_build(name) else values_of(_file(name))
    for key, value in values.items():
        yield from (f"{key}.{inner}" for inner in value) if isinstance(value, dict) else (key,)


def _file(name: str) -> Path:
    return find_file(name, presets(), "configuration")


def _lines(config: Config, origins: dict[str, str]) -> Iterator[str]:
    """A line a key, as `--config` reads them back."""
    for key, value in config.to_dict().items():
        if not isinstance(value, dict):
            yield _line("", key, value, origins.get(key))
            continue
        yield f"{key}:"
        for inner, each in value.items():
            yield _line("  ", inner, each, origins.get(f"{key}.{inner}"))


def _line(indent: str, key: str, value: Any, origin: str | None) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10**9).removesuffix("...\n").strip()
    return f"{f'{indent}{key}: {text}':<40} # {origin or 'default'}"
