r"""Text of strangers (titles, pieces, names of files, errors that quote them) where it is shown.

It has one medium each way, and one function a medium; the text itself stays as it is in every data file.

plain     a terminal: no character that commands what shows it. Such characters are written as
          Python writes them, `\x1b`.
escape    HTML and SVG: the same, and no markup.
markdown  one line of a Markdown file: shown as it stands, no link, picture, code or HTML.
cell      a cell of a table that a spreadsheet may open: no formula.

Which characters: controls (C0 but tab and line feed, DEL, C1), with which a terminal is told to move, hide
text, name a window or make a link (ECMA-48; OSC 8), Unicode's bidirectional controls (UAX #9, by which text
reads in another order than it is stored), line and paragraph separators, tag characters, and surrogates,
which are no text at all. Formulas: what begins with `=`, `+`, `-` or `@` (OWASP, CSV injection).
"""

from __future__ import annotations

import html
import re

_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKS = re.compile(r"[\\`\[\]<>|]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_FORMULA = re.compile(r"\s*[=+\-@]")


def plain(text: str) -> str:
    """The text without a character that commands; tabs and line feeds stay."""
    return _COMMANDS.sub(_spelled, text)


def escape(text: str) -> str:
    """The text for HTML or SVG, between tags or as an attribute in quotation marks."""
    return html.escape(plain(text))


def markdown(text: str) -> str:
    """The text for one line or cell of Markdown; white space is one space each."""
    return _MARKS.sub(r"\\\g<0>", plain(" ".join(text.split())))


def cell(text: str) -> str:
    """The text for a cell between tabs; what a spreadsheet would calculate has an apostrophe before it."""
    line = plain(" ".join(text.split()))
    return f"'{line}" if _FORMULA.match(line) else line


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 2**16 else f"\\U{code:08x}"
    )
