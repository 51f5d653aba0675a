"""Counts of everything read, kept and dropped, with samples, so that nothing is lost in silence.

A tally belongs to one unit of work and is merged with others afterwards; merging is commutative,
so the totals do not depend on the order in which units finish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from albert_data.base.errors import DataError

SAMPLES_PER_REASON = 5
# Of one group of names, in one tally.
NAMES_PER_GROUP = 10_000
LONGEST_NAME = 60  # characters
OTHER_NAMES = "(other names)"
LISTED_CHARACTERS = 400  # of a text that is left out, enough for its first words in a list


@dataclass(frozen=True)
class Counted:
    """What a tally counted: counts by name, a few samples by reason (`Tally`)."""

    counts: dict[str, int]
    samples: dict[str, list[str]]


NOTHING_COUNTED = Counted({}, {})


class About(NamedTuple):
    """What is known of a thing that is left out, for lists of such; a tally counts it without.

    Attributes:
        id, title: of the document.
        text: of the thing itself, or its beginning.
        source: kind and name of the file, where who lists does not know it.
    """

    id: str = ""
    title: str = ""
    text: str = ""
    source: str = ""


NOTHING_KNOWN = About()


class Tally:
    """Counts by name, and a few samples per drop reason.

    Names are `read/<item>`, `kept/<item>` and `dropped/<item>/<reason>` for items that must balance
    (`read = kept + dropped`), `named/<group>/<name>` for names found in the input, and any other name
    for plain counts.
    """

    def __init__(
        self,
        counts: Mapping[str, int] | None = None,
        samples: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.counts: Counter[str] = Counter(counts or {})
        self.samples: dict[str, list[str]] = {k: list(v) for k, v in (samples or {}).items()}
        self._names: Counter[str] = Counter()  # names counted so far, by group

    def count(self, name: str, n: int = 1) -> None:
        """Adds n to a plain count."""
        self.counts[name] += n

    def read(self, item: str, n: int = 1) -> None:
        """n items (`page`, `file`, `row`, `document`) came in."""
        self.counts[f"read/{item}"] += n

    def keep(self, item: str, n: int = 1) -> None:
        """n items went on."""
        self.counts[f"kept/{item}"] += n

    def drop(
        self,
        item: str,
        reason: str,
        sample: str = "",
        n: int = 1,
        about: About = NOTHING_KNOWN,
    ) -> None:
        """n items were left out for a reason; `sample` says which, and is kept for a few of them."""
        name = f"dropped/{item}/{reason}"
        self.counts[name] += n
        kept = self.samples.setdefault(name, [])
        if sample and len(kept) < SAMPLES_PER_REASON:
            kept.append(sample)

    def name(self, group: str, name: str) -> None:
        """Counts a name that the input gave; of a group, NAMES_PER_GROUP names and OTHER_NAMES."""
        key = f"named/{group}/{name[:LONGEST_NAME]}"
        if key not in self.counts:
            if self._names[group] >= NAMES_PER_GROUP:
                key = f"named/{group}/{OTHER_NAMES}"
            self._names[group] += 1
        self.counts[key] += 1

    def names(self, group: str) -> dict[str, int]:
        """Names of a group and their counts, the most frequent first."""
        return named(self.counts, group)

    def merge(self, other: Tally) -> None:
        """Adds another tally; keeps the alphabetically first samples, whatever the order."""
        self.counts.update(other.counts)
        for name, samples in other.samples.items():
            both = {*self.samples.get(name, []), *samples}
            self.samples[name] = sorted(both)[:SAMPLES_PER_REASON]

    def rename(self, before: str, after: str) -> None:
        """Replaces a text in all samples."""
        for samples in self.samples.values():
            samples[:] = [sample.replace(before, after) for sample in samples]

    def dropped(self, item: str) -> dict[str, int]:
        """Counts of dropped items by reason."""
        head = f"dropped/{item}/"
        return {k[len(head) :]: n for k, n in sorted(self.counts.items()) if k.startswith(head)}

    def unread_files(self) -> list[str]:
        """What is to be said of files that are not read, a line a reason."""
        lines = []
        for reason, n in self.dropped("file").items():
            names = ", ".join(self.samples[f"dropped/file/{reason}"])
            more = ", …" if n > SAMPLES_PER_REASON else ""
            lines.append(f"files not read, {reason}: {n:,} ({names}{more})")
        return lines

    def check_balance(self) -> None:
        """Raises DataError unless every item read was either kept or dropped with a reason."""
        for item in sorted(k[len("read/") :] for k in self.counts if k.startswith("read/")):
            came, kept = self.counts[f"read/{item}"], self.counts[f"kept/{item}"]
            dropped = sum(self.dropped(item).values())
            if came != kept + dropped:
                raise DataError(
                    f"{item}s do not balance: {came} read, {kept} kept, {dropped} dropped",
                    fix="this is a defect of albert-data: please report it with the manifest",
                )

    def counted(self) -> Counted:
        """What was counted, by sorted names, for a stored file."""
        return Counted(
            counts=dict(sorted(self.counts.items())),
            samples={k: sorted(v) for k, v in sorted(self.samples.items()) if v},
        )

    @classmethod
    def of(cls, counted: Counted) -> Tally:
        return cls(counted.counts, counted.samples)


def with_frequent_names(counted: Counted, most: int) -> Counted:
    """The same with at most so many names of each group, the most frequent, and OTHER_NAMES."""
    counts = {name: n for name, n in counted.counts.items() if not name.startswith("named/")}
    groups = {name.split("/", 2)[1] for name in counted.counts.keys() - counts.keys()}
    for group in groups:
        names = named(counted.counts, group)
        others = names.pop(OTHER_NAMES, 0) + sum([*names.values()][most:])
        kept = {**dict([*names.items()][:most]), **({OTHER_NAMES: others} if others else {})}
        counts.update((f"named/{group}/{name}", n) for name, n in kept.items())
    return Counted(dict(sorted(counts.items())), counted.samples)


def named(counts: Mapping[str, int], group: str) -> dict[str, int]:
    """Of a tally's counts, those of a group's names, the most frequent first."""
    head = f"named/{group}/"
    found = [(name[len(head) :], n) for name, n in counts.items() if name.startswith(head)]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
