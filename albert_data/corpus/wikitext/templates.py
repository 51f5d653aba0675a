"""The text of one template: by its row of `template_table`, as a parser function, or none.

A template without a row is either known to show no text (`invisible_templates`), or not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from albert_data.corpus.wikitext import conversions
from albert_data.corpus.wikitext import template_languages as languages
from albert_data.corpus.wikitext import template_rules as rules
from albert_data.corpus.wikitext.arguments import Arguments, Rule
from albert_data.corpus.wikitext.countries import COUNTRIES
from albert_data.corpus.wikitext.invisible_templates import is_invisible
from albert_data.corpus.wikitext.marks import VOID
from albert_data.corpus.wikitext.page import PageContext
from albert_data.corpus.wikitext.parser_functions import FUNCTIONS, format_num, magic_word
from albert_data.corpus.wikitext.template_table import ROWS

LONGEST_NAME = 80  # characters
_UNKNOWN = ("", "und")  # languages of a wiki

_NAME = re.compile(r"[\s\ufdd1]*([^|{}\[\]<>\n]*)")
_PREFIX = re.compile(
    r"(?:safesubst|subst|msgnw|msg|raw|template|vorlage|modèle|plantilla):\s*", re.I
)


def template_name(text: str, start: int) -> str:
    """The name behind the `{{` that ends at `start`, as it is written, white space collapsed."""
    match = _NAME.match(text, start, start + LONGEST_NAME)
    name = " ".join(match[1].replace("_", " ").split()) if match else ""
    return _PREFIX.sub("", name) if ":" in name else name


def render_template(
    name: str, arguments: Callable[[], list[str]], equals: str, place: Arguments
) -> str | None:
    """The text of a template: VOID where it shows none, None where it is not understood.

    Args:
        name: as `template_name` gives it.
        arguments: gives the rendered name and arguments, split at the template's own `|`.
        equals: what stands for the template's own `=` in them.
        place: without arguments yet, which it gets.
    """
    lower = name.lower()
    rule = _rule(name, lower, place.page)
    if rule is not None:
        _fill(place, arguments()[1:], equals)
        return rule(place)
    if is_invisible(lower):
        return VOID
    function, colon, _ = lower.partition(":")
    if colon and (function in FUNCTIONS or function == "formatnum"):
        first, *others = (part.replace(equals, "=").strip() for part in arguments())
        parts = [first.partition(":")[2].strip(), *others]
        numeric = function == "formatnum"
        shown = format_num(parts, place.page) if numeric else FUNCTIONS[function](parts)
        return VOID if shown == "" else shown
    return magic_word(lower, place.page)


def _rule(name: str, lower: str, page: PageContext) -> Rule | None:
    own = _OF_LANGUAGE.get(page.site.language)
    if own and lower in own:
        return own[lower]
    if name.isupper() and lower in COUNTRIES:
        return rules.pattern(COUNTRIES[lower])
    if rule := RULES.get(lower):
        return rule
    if lower.startswith("lang-"):
        return languages.language(lower[5:])
    if lower.startswith("script/"):
        return rules.pattern("{1}")
    if lower.startswith("ipa-"):
        return languages.pronounced
    if lower.endswith(" span"):
        return rules.pattern("{text|1}")
    if page.site.language in _UNKNOWN and not is_invisible(lower):
        return _OF_ANY_LANGUAGE.get(lower)
    return None


def _fill(place: Arguments, arguments: list[str], equals: str) -> None:
    position = 0
    for argument in arguments:
        if VOID in argument:
            argument = argument.replace(VOID, "")
        key, sign, value = argument.partition(equals)
        if sign:
            place[key.strip().lower()] = value.replace(equals, "=").strip()
        else:
            position += 1
            place[str(position)] = argument.replace(equals, "=")


def _by_name() -> tuple[dict[str, Rule], dict[str, dict[str, Rule]], dict[str, Rule]]:
    """The rows' rules by name: of all wikis, by language, and of any language but English."""
    general: dict[str, Rule] = {**conversions.TEMPLATES}
    by_language: dict[str, dict[str, Rule]] = {}
    of_any: dict[str, Rule] = {}
    for names, reads, *wikis in ROWS:
        rule = rules.pattern(reads) if isinstance(reads, str) else reads
        for name in map(str.strip, names.split(", ")):
            if not wikis:
                general[name] = rule
                continue
            of_any.setdefault(name, rule)
            for language in wikis[0].split():
                by_language.setdefault(language, {})[name] = rule
    return general, by_language, of_any


RULES, _OF_LANGUAGE, _OF_ANY_LANGUAGE = _by_name()
