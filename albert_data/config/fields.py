"""A dataclass of settings from nested values, each refused with its key, its type and the fix.

An unknown key is refused with the nearest known one. It serves the trainer's settings, too.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import reprlib
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, TypeVar

from albert_data.base.errors import ConfigError

_LONGEST_KEY = 80  # as messages quote it
# It takes 1e-6 for text, since there is no point in it.
_PER_CENT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%")
_SMALL_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+")

T = TypeVar("T")


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
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable
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


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The fields' types, which Python reads anew from text at each call."""
    return typing.get_type_hints(kind)


def dotted_keys(kind: type, prefix: str = "") -> list[str]:
    """The keys of a dataclass and of those in it."""
    keys = []
    for name, hint in _hints(kind).items():
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


def shown(value: Any) -> str:
    """A value as messages quote it, in a line's length whatever it is."""
    return _SHOWN.repr(value)


_SHOWN = reprlib.Repr()
_SHOWN.maxstring = _SHOWN.maxother = 80
_SHOWN.maxlong, _SHOWN.maxlevel = 60, 3


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
