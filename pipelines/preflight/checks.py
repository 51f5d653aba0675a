"""Outcomes of checks, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from albert_data.base.errors import DataError, NetworkError, file_of

State = Literal["ok", "failed", "not checked"]
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Check:
    """What was looked at, what came of it, and for a failure what to do."""

    what: str
    state: State
    says: str
    fix: str = ""


@dataclass
class Checks:
    """The checks of a job so far."""

    all: list[Check] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(check.state == "failed" for check in self.all)

    def note(self, what: str, state: State, says: str, fix: str = "") -> None:
        self.all.append(Check(what, state, says, fix))

    def attempt(
        self, what: str, look: Callable[[], tuple[str, _Found]], optional: bool = False
    ) -> _Found | None:
        """What `look` finds, beside a sentence about it; None where it fails, which is noted.

        Args:
            optional: a job may go well though this cannot be asked: no answer is no failure.
        """
        try:
            says, found = look()
        except NetworkError as error:
            self.note(what, "not checked" if optional else "failed", _said(error), error.fix)
        except DataError as error:
            self.note(what, "failed", _said(error), error.fix)
        except OSError as error:
            self.note(what, "failed", f"{file_of(error)}: {error.strerror or error}")
        else:
            self.note(what, "ok", says)
            return found
        return None


def _said(error: DataError) -> str:
    return f"{error.where}: {error.problem}" if error.where else error.problem
