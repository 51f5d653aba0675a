"""A program's docstring as what ``--help`` shows: paragraphs are wrapped, examples and lists stay lines."""

from __future__ import annotations

import inspect

# As albert-data's own commands have it.
NAMES = {"help_option_names": ["-h", "--help"]}
_AS_IT_STANDS = "\b\n"  # click's mark before a paragraph


def help_of(docstring: str | None) -> str:
    """The docstring for ``click.command(help=…)``; a paragraph with an indented line is left as it stands."""
    paragraphs = inspect.cleandoc(docstring or "").replace("``", "").split("\n\n")
    return "\n\n".join(
        _AS_IT_STANDS + paragraph
        if any(line.startswith(" ") for line in paragraph.split("\n"))
        else paragraph
        for paragraph in paragraphs
    )
