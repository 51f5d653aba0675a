r"""Formulas of one line as text: `\frac{a}{b}` reads `a/b`, `x_{i+1}^2` reads `x_(i+1)^2`.

Letters, Greek, symbols, indices, powers, fractions, roots, accents and function names are read. What
needs two dimensions (matrices, limits over and under a sign, cases, commands not named here) is not:
None. Commands after the AMS's short math guide; chemistry after the manual of mhchem. Linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from albert_data.corpus.wikitext.tex_symbols import (
    ACCENTS,
    BLACKBOARD,
    BRACKETS,
    FUNCTIONS,
    LARGE,
    LIMITED,
    OPERATORS,
    STYLES,
    SYMBOLS,
    TEXTS,
)

LONGEST = 400  # characters of TeX
_LONGEST_TEXT = 150
_DEEPEST = 12

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\S|\s+")
_LETTER = r"[^\W\d_][\u0300-\u036f\u20d7]?"
_NUMBER = r"\d+(?:[.,]\d+)*"
_SIGN = r"[-−+]?"
# What needs no brackets as a power, and as an index or a part of a fraction (`x_max`, but `e^(iπ)`).
_POWER = re.compile(rf"{_SIGN}(?:{_NUMBER}|{_LETTER})|[∞*+−†‡°′∗⊥]+")
_PART = re.compile(rf"{_SIGN}(?:{_NUMBER}|{_LETTER}|[^\W_]+)′*|[∞*+−†‡°′∗⊥]+")

_BRACKETED = re.compile(r"\([^()]*\)")


_SPACES = frozenset([*",;: >", "quad", "qquad", "thinspace", "medspace", "enspace", "space"])
_NOTHING = frozenset(
    ["!", "/", *"displaystyle textstyle scriptstyle limits nolimits mathstrut negthinspace".split()]
)
_SIZES = frozenset(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr bigm".split()
)
_SIGNS = {"-": "−", "*": "∗", "=": "=", "+": "+", "<": "<", ">": ">", ":": ":"}
_WORD, _OPERATOR, _OPEN, _CLOSE, _COMMA, _FUNCTION, _RATIO, _GAP = range(8)


class _Atom(NamedTuple):
    text: str
    kind: int


class _NotSimple(Exception):
    """The formula needs two dimensions, or holds a command that is not known."""


def tex_text(tex: str) -> str | None:
    """A formula as text; None where it is not simple."""
    return _whole(tex, lambda: _Reader(tex).formula())


def chemical_text(source: str) -> str | None:
    """A formula of `<ce>` or `<chem>`: `SO4^2-` as it is, `A + B -> C` with an arrow."""

    def read() -> str:
        if source.lstrip()[:1] in ("^", "_") or re.search(r"[\\\[\]]|[^_^]\{", source):
            raise _NotSimple
        text = source.replace("_{", "").replace("^{", "^").replace("}", "").replace("_", "")
        for arrow, sign in (
            ("<=>>", "⇌"),
            ("<<=>", "⇌"),
            ("<=>", "⇌"),
            ("<->", "↔"),
            ("->", "→"),
            ("<-", "←"),
        ):
            text = text.replace(arrow, f" {sign} ")
        return " ".join(text.replace("*", "·").split())

    return _whole(source, read)


def _whole(source: str, read: Callable[[], str]) -> str | None:
    if len(source) > LONGEST:
        return None
    try:
        text = read()
    except _NotSimple:
        return None
    return text if len(text) <= _LONGEST_TEXT and "._" not in text else None


class _Reader:
    """Reads one formula, token by token."""

    def __init__(self, tex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(tex)
        self.place = 0

    def formula(self) -> str:
        text = self._sequence("", 0)
        if self.place < len(self.tokens):
            raise _NotSimple
        return text

    def _sequence(self, end: str, depth: int) -> str:
        """The text up to the token `end`, which is passed."""
        if depth > _DEEPEST:
            raise _NotSimple
        atoms: list[_Atom] = []
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token == end:
                self.place += 1
                return _joined(atoms)
            if token in ("_", "^", "'"):
                self._script(atoms, depth)
            elif (atom := self._atom(depth)) is not None:
                atoms.append(atom)
        if end:
            raise _NotSimple
        return _joined(atoms)

    def _atom(self, depth: int) -> _Atom | None:
        token = self.tokens[self.place]
        self.place += 1
        if token[0] == "\\":
            return self._command(token[1:], depth)
        if token.isspace():
            return None
        if token == "{":
            return _Atom(self._sequence("}", depth + 1), _WORD)
        if token in "}&#%$":
            raise _NotSimple
        if token in "([":
            return _Atom(token, _OPEN)
        if token in ")]!":
            return _Atom(token, _CLOSE)
        if token in ",;":
            return _Atom(token, _COMMA)
        if token == "~":
            return _Atom(" ", _GAP)
        if token in _SIGNS:
            return _Atom(_SIGNS[token], _OPERATOR)
        return _Atom(token, _WORD)

    def _command(self, name: str, depth: int) -> _Atom | None:
        if name in SYMBOLS:
            return _Atom(SYMBOLS[name], _WORD)
        if name in OPERATORS:
            return _Atom(OPERATORS[name], _OPERATOR)
        if name in _SPACES:
            return _Atom(" ", _GAP)
        if name in _NOTHING:
            return None
        if name in FUNCTIONS:
            return self._function(name, limited=name in LIMITED)
        if name in LARGE:
            return self._function(LARGE[name], limited=True)
        if name in _SIZES:
            return self._delimiter()
        if name in BRACKETS:
            kind = _OPEN if name[0] == "l" else _CLOSE if name[0] == "r" else _WORD
            return _Atom(BRACKETS[name], kind)
        if name in ("frac", "tfrac", "dfrac"):
            upper, lower = self._argument(depth), self._argument(depth)
            return _Atom(f"{_grouped(upper)}/{_grouped(lower)}", _RATIO)
        if name == "sqrt":
            if self.tokens[self.place : self.place + 1] == ["["]:
                raise _NotSimple
            return _Atom("√" + _grouped(self._argument(depth)), _WORD)
        if name in ACCENTS:
            letter = self._argument(depth)
            if len(letter) != 1:
                raise _NotSimple
            return _Atom(letter + ACCENTS[name], _WORD)
        if name == "mathbb":
            text = self._argument(depth)
            return _Atom(BLACKBOARD.get(text, text), _WORD)
        if name in STYLES:
            return _Atom(self._argument(depth), _WORD)
        if name == "operatorname":
            return self._function(self._argument(depth), limited=False)
        if name in TEXTS:
            return _Atom(self._verbatim(), _WORD)
        if name == "pmod":
            return _Atom(f" (mod {self._argument(depth)})", _WORD)
        if name in ("%", "$", "#", "_"):
            return _Atom(name, _WORD)
        raise _NotSimple

    def _function(self, name: str, limited: bool) -> _Atom:
        if limited and self.tokens[self.place : self.place + 1] in (["_"], ["^"]):
            raise _NotSimple
        return _Atom(name, _FUNCTION)

    def _delimiter(self) -> _Atom | None:
        if self.place >= len(self.tokens):
            raise _NotSimple
        if self.tokens[self.place] == ".":
            self.place += 1
            return None
        return self._atom(0)

    def _argument(self, depth: int) -> str:
        """The next group or token."""
        while self.place < len(self.tokens) and self.tokens[self.place].isspace():
            self.place += 1
        if self.place >= len(self.tokens) or depth > _DEEPEST:
            raise _NotSimple
        token = self.tokens[self.place]
        if token[0].isdecimal() and len(token) > 1:  # `\frac12` is a half
            self.tokens[self.place : self.place + 1] = [token[0], token[1:]]
        if token in ("_", "^", "'", "}"):
            raise _NotSimple
        atom = self._atom(depth + 1)
        return atom.text if atom else ""

    def _verbatim(self) -> str:
        if (
            self.tokens[self.place : self.place + 1] != ["{"]
            or "}" not in self.tokens[self.place :]
        ):
            raise _NotSimple
        end = self.tokens.index("}", self.place)
        text = "".join(self.tokens[self.place + 1 : end])
        self.place = end + 1
        if "\\" in text or "{" in text or "$" in text:
            raise _NotSimple
        return text

    def _script(self, atoms: list[_Atom], depth: int) -> None:
        """Puts an index, a power or a prime behind the last atom."""
        if not atoms or atoms[-1].kind in (_OPERATOR, _OPEN, _COMMA, _GAP):
            raise _NotSimple
        base, kind = atoms.pop()
        sign = self.tokens[self.place]
        self.place += 1
        if sign == "'":
            atoms.append(_Atom(base + "′", kind))
            return
        script = self._argument(depth)
        if sign == "^" and script in ("∘", "°", "′", "′′"):
            shown = script.replace("∘", "°")
        else:
            shown = sign + _grouped(script.replace(" ", ""), _POWER if sign == "^" else _PART)
        base = f"({base})" if kind == _RATIO else base
        atoms.append(_Atom(base + shown, _WORD if kind == _RATIO else kind))


def _grouped(text: str, simple: re.Pattern[str] = _PART) -> str:
    """The text, in brackets unless it is one number, name or sign."""
    return text if simple.fullmatch(text) or _BRACKETED.fullmatch(text) else f"({text})"


def _joined(atoms: list[_Atom]) -> str:
    """The atoms with the spaces that TeX would set."""
    out: list[str] = []
    before = _OPEN
    for text, kind in atoms:
        if kind == _OPERATOR:
            unary = before in (_OPEN, _OPERATOR, _COMMA) and text in "−+±∓"
            out.append(text if unary else f" {text} ")
            before = _OPEN if unary else _OPERATOR
            continue
        if kind == _COMMA:
            out.append(f"{text} ")
        elif kind == _FUNCTION:
            out.append(f" {text}" if before in (_WORD, _CLOSE, _RATIO) else text)
        elif (kind == _RATIO and before in (_WORD, _CLOSE)) or (
            before in (_FUNCTION, _RATIO) and kind in (_WORD, _RATIO)
        ):
            out.append(f" {text}")
        else:
            out.append(text)
        before = kind
    return " ".join("".join(out).split())
