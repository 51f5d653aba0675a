"""Writes a small task for trying out fine-tuning: does a traveller speak well of an inn, or badly?

    python examples/finetune_demo.py demo/finetune-data

In: nothing. Out: DIR/SST-2/{train,dev,test}.tsv in GLUE's layout of SST-2, for the task's row is that of a
sentence with two classes. All text is made here, by a grammar written for this project and under its licence;
nobody's reviews are in it. The rule: a word of praise or of blame decides.
A sentence of the development set is in no other set.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

THINGS = ("bread", "soup", "fire", "bed", "room", "landlord", "bridge", "garden", "stable", "ferry")
PLACES = ("at the mill", "by the river", "in the old town", "near the harbour", "on the hill",
          "behind the church", "past the weighing house", "under the elms")  # fmt: skip
TIMES = ("in spring", "that night", "when we came", "all winter", "before dawn", "after the rain")
GOOD = ("good", "kind", "warm", "fine", "sweet", "bright", "clean", "fair")
BAD = ("bad", "cruel", "cold", "foul", "bitter", "dark", "dirty", "poor")
SIZES = {"train": 2000, "dev": 300, "test": 100}


def sentence(rng: random.Random) -> tuple[str, int]:
    """A sentence and its class: 1 is praise."""
    praise = rng.random() < 0.5
    word = rng.choice(GOOD if praise else BAD)
    was = rng.choice(("was", "was very", "was always"))
    thing, place, time = rng.choice(THINGS), rng.choice(PLACES), rng.choice(TIMES)
    form = rng.choice(("The {0} {1} {2} {3} {4}.", "{4}, the {0} {3} {1} {2}."))
    made = form.format(thing, was, word, place, time)
    return made[0].upper() + made[1:], int(praise)


def write_task(folder: Path, seed: int = 0) -> None:
    """Writes the three files; equal seeds give equal bytes."""
    rng, seen = random.Random(seed), set()
    folder.mkdir(parents=True, exist_ok=True)
    for split, size in SIZES.items():
        rows = []
        while len(rows) < size:
            text, label = sentence(rng)
            if text in seen:
                continue
            seen.add(text)
            rows.append(f"{len(rows)}\t{text}" if split == "test" else f"{text}\t{label}")
        header = "index\tsentence" if split == "test" else "sentence\tlabel"
        (folder / f"{split}.tsv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_task(Path(sys.argv[1]) / "SST-2")
