"""What became of a build's settings, for people: wished, realised, and what to do where they part."""

from __future__ import annotations

from typing import NamedTuple

from albert_data.config.load import from_dict
from albert_data.schema import Manifest
from albert_data.shards.wishes import PATTERN, WISHES, recounted


class Verdict(NamedTuple):
    """A figure for people.

    Attributes:
        name: of the setting.
        set_to: its value.
        wished, share: the wished share, None for no one share, and the realised one.
        what: of what.
        met: whether the one came of the other.
        advice: what to do; empty where it did.
    """

    name: str
    set_to: str
    wished: float | None
    share: float
    what: str
    met: bool
    advice: str

    def __str__(self) -> str:
        wished = "" if self.wished is None else f", not {self.wished:.2%}"
        return f"{self.name} {self.set_to}: {self.share:.2%} {self.what}{wished}; {self.advice}"

    @property
    def figures(self) -> str:
        """The wished and the realised share, and whether they part."""
        wished = "" if self.wished is None else f"{self.wished:.2%}, "
        return f"{wished}{self.share:.2%}{'' if self.met else ' not met'}"


def verdicts(manifest: Manifest) -> list[Verdict]:
    """All figures of a manifest with their verdicts; those of an earlier one are counted from the rest."""
    config = from_dict(manifest.config)
    found = manifest.realised
    rows = {wish.key: wish for wish in (*WISHES, PATTERN)}
    lines = []
    for figure in recounted(manifest, config) if found is None else found:
        if (wish := rows.get(figure.key)) is None:
            continue  # of a later version
        group, _, name = figure.key.partition(".")
        value = figure.of or str(getattr(getattr(config, group), name))
        wished, share = wish.wished(config), figure.part / max(figure.whole, 1)
        met = wish.met(wished or 0.0, share)
        advice = "" if met else wish.advice(config, figure)
        lines.append(Verdict(figure.key, value, wished, share, wish.what, met, advice))
    return lines
