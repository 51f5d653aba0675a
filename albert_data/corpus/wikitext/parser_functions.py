"""What MediaWiki itself gives for `{{#if:…}}`, `{{lc:…}}` and `{{PAGENAME}}`, as far as a page shows it.

Functions take their arguments with the name cut off, white space around them gone. None: what it shows
is not known. After Help:Extension:ParserFunctions and Help:Magic words of mediawiki.org.
"""

from __future__ import annotations

import ast
import datetime
import operator
import re
from collections.abc import Callable

from albert_data.corpus.wikitext.page import PageContext
from albert_data.corpus.wikitext.template_numbers import in_language

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_EXPRESSION = re.compile(r"[\d.+\-*/() ]{1,60}")
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _if(a: list[str]) -> str | None:
    return _at(a, 1 if a[0] else 2)


def _ifeq(a: list[str]) -> str | None:
    first, second = _at(a, 0), _at(a, 1)
    try:
        same = float(first) == float(second)
    except ValueError:
        same = first == second
    return _at(a, 2 if same else 3)


def _ifexpr(a: list[str]) -> str | None:
    value = _value(a[0])
    return None if value is None else _at(a, 1 if value else 2)


def _expr(a: list[str]) -> str | None:
    value = _value(a[0])
    return None if value is None else f"{value:.12g}"


def _switch(a: list[str]) -> str | None:
    """`value|case=text|other|…`; a case without `=` is one of the next that has it."""
    wanted, found, default = a[0], False, None
    for case in a[1:]:
        name, sign, text = case.partition("=")
        found |= name.strip() == wanted
        if sign and found:
            return text.strip()
        if sign and name.strip() == "#default":
            default = text.strip()
    last = a[-1]
    return last if len(a) > 1 and "=" not in last else default


def _value(text: str) -> float | None:
    if not _EXPRESSION.fullmatch(text) or "**" in text or "//" in text:
        return None
    try:
        return _evaluate(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _evaluate(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _evaluate(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_evaluate(node.left), _evaluate(node.right))
    raise ValueError


def _at(a: list[str], place: int) -> str:
    return a[place] if place < len(a) else ""


def _first(change: Callable[[str], str]) -> Callable[[list[str]], str | None]:
    return lambda a: change(a[0])


FUNCTIONS: dict[str, Callable[[list[str]], str | None]] = {
    "#if": _if,
    "#ifeq": _ifeq,
    "#ifexpr": _ifexpr,
    "#iferror": lambda a: _at(a, 2) if len(a) > 2 else a[0],
    "#expr": _expr,
    "#switch": _switch,
    "#language": lambda a: None,
    "lc": _first(str.lower),
    "uc": _first(str.upper),
    "ucfirst": _first(lambda text: text[:1].upper() + text[1:]),
    "lcfirst": _first(lambda text: text[:1].lower() + text[1:]),
    **dict.fromkeys(
        (
            "defaultsort", "displaytitle", "defaultsortkey", "defaultcategorysort", "sortierung",
            "ordenar", "clef_de_tri", "clefdetri", "#tag", "#vardefine", "#seo", "#related",
        ),
        lambda a: "",
    ),
}  # fmt: skip


def format_num(a: list[str], page: PageContext) -> str:
    """`{{formatnum:1234.5}}` in the wiki's language; `|R` reads a number back, `|NOSEP` divides nothing."""
    if _at(a, 1).upper() in ("R", "NOSEP"):
        return a[0].replace(",", "") if _at(a, 1).upper() == "R" else a[0]
    return in_language(a[0], page.site.language)


def magic_word(name: str, page: PageContext) -> str | None:
    """The value of a variable such as `PAGENAME`; None where it is none, or not known."""
    if (of_page := _OF_PAGE.get(name)) and page.title:
        return of_page(page.title)
    if name == "sitename":
        return page.site.name
    kind, _, part = name.partition("current")
    part = part if not kind else name.partition("local")[2]
    if page.date and (of_date := _OF_DATE.get(part)):
        return of_date(page.date)
    return None


_OF_PAGE: dict[str, Callable[[str], str]] = {
    "fullpagename": str,
    "pagename": str,
    "basepagename": lambda title: title.rpartition("/")[0] or title,
    "subpagename": lambda title: title.rpartition("/")[2],
    "rootpagename": lambda title: title.partition("/")[0],
}
_OF_DATE: dict[str, Callable[[datetime.date], str]] = {
    "year": lambda day: str(day.year),
    "month": lambda day: f"{day.month:02}",
    "month1": lambda day: str(day.month),
    "monthname": lambda day: _MONTHS[day.month - 1],
    "monthabbrev": lambda day: _MONTHS[day.month - 1][:3],
    "day": lambda day: str(day.day),
    "day2": lambda day: f"{day.day:02}",
    "dayname": lambda day: _DAYS[day.weekday()],
}
