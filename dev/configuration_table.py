"""The table in docs/configuration.md, made from the dataclasses of the configuration.

    python -m dev.configuration_table

writes it between its two marks; tests/docs holds the page against it. Names, types and defaults are the
dataclasses', the meaning is what their docstrings say under `Attributes`: a key without a word there is
a KeyError.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from pathlib import Path
from typing import Any

from albert_data.config.settings import Config

PAGE = Path(__file__).resolve().parents[1] / "docs" / "configuration.md"
_MARKED = re.compile(
    r"(<!-- table of dev/configuration_table\.py -->\n).*(<!-- its end -->\n)", re.S
)


def main() -> None:
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(page: str) -> str:
    """The page with the table of today between its marks."""
    lines = ["| key | values | default | meaning |", "| --- | --- | --- | --- |", *rows(Config)]
    page, found = _MARKED.subn(lambda marks: marks[1] + "\n".join(lines) + "\n" + marks[2], page)
    if found != 1:
        raise ValueError(f"{PAGE}: {found} pairs of marks where one is meant")
    return page


def rows(group: type, prefix: str = "") -> list[str]:
    """A row for each key of a dataclass, those of its groups below them."""
    hints, meanings = typing.get_type_hints(group), attributes(group)
    own, below = [], []
    for field in dataclasses.fields(group):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hint):
            below += rows(hint, f"{field.name}.")
        else:
            key, shown = f"`{prefix}{field.name}`", default(field.name, field.default)
            own.append(f"| {key} | {values(hint)} | {shown} | {meanings[field.name]} |")
    return own + below


def attributes(group: type) -> dict[str, str]:
    """What the docstring says of each attribute, as Markdown of one line."""
    _, _, section = (inspect.getdoc(group) or "").partition("\nAttributes:\n")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=    \S)", section):
        names, _, text = entry.strip().partition(":")
        text = " ".join(text.split())
        text = re.sub(r"\bdocs/(\w+\.md)(#[\w-]+)?", r"[\1](\1\2)", text).removesuffix(".")
        found |= dict.fromkeys(names.split(", "), text)
    return found


def values(hint: Any) -> str:
    """The choices, or in words what kind of value it is."""
    if typing.get_origin(hint) is typing.Literal:
        return ", ".join(f"`{choice}`" for choice in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return "list of numbers"
    if arguments := typing.get_args(hint):
        return " or ".join(values(argument) for argument in arguments)
    return {int: "integer", float: "number", bool: "`true`, `false`", str: "text"}[hint]


def default(name: str, value: Any) -> str:
    """The default as it is written in YAML; sizes in MiB."""
    if name.endswith("_bytes"):
        return f"{value // 2**20} MiB"
    return str(value).lower() if isinstance(value, bool) else str(value).replace("*", r"\*")


if __name__ == "__main__":
    main()
