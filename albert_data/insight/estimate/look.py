"""Which splits of the sources an estimate opens, and what share of their documents it reads."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from albert_data.base.errors import ConfigError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import input_files
from albert_data.corpus.plan import group_splits, plan_all
from albert_data.corpus.source_protocol import Split
from albert_data.corpus.sources import SOURCES
from albert_data.storage.paths import open_binary

USUAL_SHARE = 0.05
LEAST, MOST = 8 * 2**20, 64 * 2**20  # bytes of the usual sample
LOOKED = (
    4  # this many times the sample is opened, or LEAST_LOOKED: opening is cheap, reading is not
)
LEAST_LOOKED = 64 * 2**20
FINE_SPLITS = 256  # a large corpus is opened at about so many places


@dataclass(frozen=True)
class Look:
    """What is opened of one kind of source. Sizes in bytes of (decompressed) input, as planned.

    Attributes:
        kind: of source.
        units: of the build; all splits.
        opened: splits that are opened, grouped as they are read.
        weight: of all splits.
        looked: of the splits that are opened.
        share: of the documents in them to read; 1 only where all is opened and read.
        cut: paths of copies of an archive's beginning.
        beyond: how many times what is here the corpus is that it stands for; in `weight` already.
    """

    kind: str
    units: tuple[tuple[Split, ...], ...]
    opened: tuple[tuple[Split, ...], ...]
    weight: int
    looked: int
    share: float
    cut: frozenset[str] = frozenset()
    beyond: float = 1.0

    def standing_for(self, beyond: float) -> Look:
        """The same look at a corpus that is `beyond` times as large; never all of it is read then."""
        if beyond == 1:
            return self
        share = min(self.share, 1 - 1e-9)
        return replace(self, weight=round(self.weight * beyond), share=share, beyond=beyond)

    @property
    def scale(self) -> float:
        """All input over what was opened."""
        return self.weight / self.looked

    @property
    def unread(self) -> bool:
        """Parts are chosen before prose is extracted, which is what costs, so what it would drop is
        not known of documents that are not read."""
        return SOURCES[self.kind].cheap_excerpts and self.share < 1


def parse_share(text: str) -> float:
    """A share of the corpus: `5%` or `0.05`.

    Raises:
        ConfigError: it is none, or not in (0, 1].
    """
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        fix = "write --sample 5%, more than 0 % and at most 100 %"
        raise ConfigError(f"not a share of the corpus: {text!r}", where="--sample", fix=fix)
    return share


_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
          "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}  # fmt: skip
_SIZE = re.compile(
    r"(?:(?P<kind>[a-z_]+):)?(?P<number>\d+(?:\.\d*)?|\.\d+) ?(?P<unit>[KMGT]?I?)B(?P<suffix>\.\w+)?",
    re.I,
)


class Size(NamedTuple):
    """Bytes of input, decompressed, of a kind of source; of all where the kind is empty."""

    kind: str
    bytes: float


def parse_size(text: str) -> Size:
    """`24GB`, `wikipedia:24GB`, or packed: `22GB.bz2`, taken as planning takes files of that packing.

    Raises:
        ConfigError: it is none.
    """
    match = _SIZE.fullmatch(text.strip())
    packing = input_files.packing(f"x{match['suffix']}") if match and match["suffix"] else None
    if not match or (match["suffix"] and packing is None) or float(match["number"]) == 0:
        fix = "write --scale 24GB, --scale wikipedia:24GB, or --scale 22GB.bz2 for a packed file"
        raise ConfigError(f"not a size of a corpus: {text!r}", where="--scale", fix=fix)
    bytes_here = float(match["number"]) * _UNITS[match["unit"].upper()]
    return Size((match["kind"] or "").lower(), bytes_here * (packing or 1))


def plan_look(
    sources: Sequence[str],
    settings: SourceSettings,
    share: float | None,
    seed: int,
    folder: Path,
    tally: Tally | None = None,
) -> list[Look]:
    """What to open of each kind.

    Args:
        share: of the corpus to read; None: USUAL_SHARE within LEAST and MOST.
        folder: for copies of the beginning of archives that cannot be opened in the middle.
        tally: counts files, as `plan_all` does.

    Raises:
        ConfigError: a source is unknown, or nothing matches it.
        DataError: one cannot be opened.
    """
    splits = plan_all(sources, settings, tally)
    total = sum(split.weight for split in splits)
    sample = share * total if share else min(max(USUAL_SHARE * total, LEAST), MOST)
    wanted = max(LOOKED * sample, LEAST_LOOKED)
    fine = splits
    if sample < total and wanted < total:
        small = max(int(wanted / FINE_SPLITS), 1)
        fine = plan_all(sources, replace(settings, unit_bytes=min(small, settings.unit_bytes)))
    looks = []
    for kind in dict.fromkeys(split.source for split in splits):
        units = group_splits([s for s in splits if s.source == kind], settings.unit_bytes)
        whole = tuple(map(tuple, units))
        weight = sum(s.weight for unit in units for s in unit)
        if sample >= total:
            looks.append(Look(kind, whole, whole, max(weight, 1), max(weight, 1), 1.0))
            continue
        own = [s for s in fine if s.source == kind]
        opened, cut = _choose(own, wanted * weight / total, seed, folder)
        looked = max(sum(s.weight for s in opened), 1)
        part = min(sample * weight / total / looked, 1 - 1e-9)
        looks.append(Look(kind, whole, (tuple(opened),), max(weight, 1), looked, part, cut))
    return looks


def _choose(
    splits: Sequence[Split], wanted: float, seed: int, folder: Path
) -> tuple[list[Split], frozenset[str]]:
    """Random splits of about the wanted weight in the corpus's order, and copies among them."""
    order = list(range(len(splits)))
    random.Random(f"{seed} {splits[0].source}").shuffle(order)
    chosen: dict[int, Split] = {}
    cut = set()
    left = wanted
    for place in order:
        if left <= 0:
            break
        split = splits[place]
        one_stream = (
            split.end is None and split.start == 0 and input_files.is_compressed(split.path)
        )
        if one_stream and split.weight > 2 * left and not SOURCES[split.source].whole_files:
            split = _beginning(split, left, folder)
            cut.add(split.path)
        chosen[place] = split
        left -= split.weight
    return [chosen[place] for place in sorted(chosen)], frozenset(cut)


def _beginning(split: Split, weight: float, folder: Path) -> Split:
    """A copy of an archive's beginning that holds about `weight`."""
    size = input_files.size(split.path)
    part = min(max(int(size * weight / split.weight), 2**20), size)
    path = folder / f"beginning-{os.path.basename(split.path)}"
    with open_binary(split.path) as source, open(path, "wb") as target:
        for begin in range(0, part, 2**20):
            target.write(source.read(min(2**20, part - begin)))
    input_files.check_unchanged(split)
    weight = int(split.weight * part / size)
    return replace(split, path=str(path), weight=weight, stamp=input_files.stamp(str(path)))
