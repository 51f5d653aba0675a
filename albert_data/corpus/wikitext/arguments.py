"""The arguments of one template, and what its page says that they do not."""

from __future__ import annotations

from collections.abc import Callable

from albert_data.corpus.wikitext.page import PageContext

_LONGEST_BEFORE = 400


class Arguments(dict[str, str]):
    """Values by name, lower case; those without a name are `1`, `2`, … as they stand.

    Attributes:
        page: that the template stands in.
        text, start: the page's markup, and where in it the template begins.
    """

    __slots__ = ("page", "start", "text")

    def __init__(self, page: PageContext, text: str, start: int) -> None:
        super().__init__()
        self.page, self.text, self.start = page, text, start

    def of(self, *names: str) -> str:
        """The first of these that is not empty, without white space around it."""
        for name in names:
            if value := self.get(name, "").strip():
                return value
        return ""

    def places(self, first: int = 1) -> list[str]:
        """The arguments without a name, in order, from a place on."""
        found: list[str] = []
        while (value := self.get(str(first + len(found)))) is not None:
            found.append(value.strip())
        return found

    def is_set(self, name: str) -> bool:
        return self.get(name, "").strip().lower() in ("y", "yes", "true", "1", "on")

    def in_brackets(self) -> bool:
        """Whether a bracket is open before the template, on its line."""
        line = self.line_before()
        return line.rfind("(") > line.rfind(")") or line.count("(") > line.count(")")

    def line_before(self) -> str:
        """The markup before the template, on its line."""
        return self.text[max(0, self.start - _LONGEST_BEFORE) : self.start].rpartition("\n")[2]

    def replaced(self, **values: str) -> Arguments:
        """The same with other values (`_1` names the first place)."""
        new = Arguments(self.page, self.text, self.start)
        new.update(self)
        new.update((name.removeprefix("_"), value) for name, value in values.items())
        return new


# The text of a template: empty where it shows none, None where these arguments are not understood.
Rule = Callable[[Arguments], str | None]
