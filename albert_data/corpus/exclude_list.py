"""Documents to leave out: a list of names, `source TAB id` a line, `#` lines are remarks.

`albert-data contamination --exclude` writes one; by hand, names are those of token files and provenance
sidecars (`wikipedia:dump.xml.bz2	662`). The configuration holds the fingerprint of the names, never
the list's path; a copy of the list lies in the token cache, where workers read it. A name that stands
for several documents leaves all of them out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import SAMPLES_PER_REASON, Tally
from albert_data.config.settings import Config, fingerprint
from albert_data.storage.atomic import write_text
from albert_data.storage.file_names import EXCLUDED

UNKNOWN = "excluded names without a document"  # counted, with samples


@dataclass(frozen=True, eq=False)
class Excluded:
    """The names of a list, `source TAB id` → number in the order of the alphabet."""

    numbers: dict[str, int]

    @property
    def fingerprint(self) -> str:
        return fingerprint(list(self.numbers))

    def number(self, source: str, name: str) -> int | None:
        """The number of a document's name, None where it stays."""
        return self.numbers.get(f"{source}\t{name}")

    def write(self, folder: Path) -> None:
        """Writes the cache's copy."""
        write_text(folder / EXCLUDED, "".join(f"{name}\n" for name in self.numbers))

    def count_unknown(self, matched: Iterable[int], tally: Tally) -> None:
        """Counts the names that are not among the numbers of those that a document had."""
        seen = set(matched)
        unknown = [name for name, number in self.numbers.items() if number not in seen]
        if unknown:
            tally.count(UNKNOWN, len(unknown))
            samples = [name.replace("\t", " ") for name in unknown[:SAMPLES_PER_REASON]]
            tally.samples[UNKNOWN] = samples


NOTHING = Excluded({})


def read_list(path: Path) -> Excluded:
    """The list of a file.

    Raises:
        ConfigError: it cannot be read, or a line of it is no name.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(
            f"the list of documents cannot be read: {reason}",
            where=str(path),
            fix="name the file that albert-data contamination --exclude wrote",
        ) from None
    names = set()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            source, tab, name = line.rstrip().rpartition("\t")
            if not tab or ":" not in source or not name:
                raise ConfigError(
                    f"not a document's name: {line[:60]!r}",
                    where=f"{path}: line {number}",
                    fix="write source TAB id, as in wikipedia:dump.xml.bz2<TAB>662",
                )
            names.add(f"{source}\t{name}")
    return Excluded({name: number for number, name in enumerate(sorted(names))})


def excluding(config: Config, path: Path | None) -> tuple[Config, Excluded]:
    """The configuration with the fingerprint of a list, and the list.

    Raises:
        ConfigError: the list is broken, or not the one that the configuration names.
    """
    excluded = read_list(path) if path else NOTHING
    mark = excluded.fingerprint if excluded.numbers else ""
    if config.sources.exclude not in ("", mark):
        raise ConfigError(
            f"sources.exclude is {config.sources.exclude!r}, the fingerprint of another list",
            where=f"--exclude {path}" if path else "no --exclude",
            fix="leave the key out, and give the list itself: --exclude FILE",
        )
    return replace(config, sources=replace(config.sources, exclude=mark)), excluded


@lru_cache(maxsize=1)
def of_cache(folder: Path, mark: str) -> Excluded:
    """The list whose fingerprint is `mark` (empty: none), from a token cache's copy.

    Raises:
        DataError: the copy was changed.
    """
    excluded = read_list(folder / EXCLUDED) if mark else NOTHING
    if mark and excluded.fingerprint != mark:
        raise DataError(
            "this is not the list that the token cache is made with",
            where=str(folder / EXCLUDED),
            fix="run the command with --exclude again",
        )
    return excluded
