"""How a user names a model, on every command line of this folder.

    RUN, RUN/ckpt-STEP, RUN@best, RUN@STEP     a run of this trainer: last, best or a named checkpoint
    tf1:PREFIX                                 a TF1 checkpoint, its configuration beside it
    hf:FOLDER                                  a Hugging Face folder

Each local or in a store (``gs://``). ``run:`` may stand before a run.
"""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass

from albert_data.base.errors import DataError

from .. import files
from ..checkpoint_files import WRITTEN_LAST, is_whole
from ..run_folder import RUN_FILE

RUN, TF1, HF = "run", "tf1", "hf"
FORMS = {RUN: "a run of this trainer", TF1: "a TF1 checkpoint", HF: "a Hugging Face folder"}
SPELLINGS = "RUN, RUN@best, RUN@STEP, tf1:PREFIX or hf:FOLDER"


@dataclass(frozen=True)
class Address:
    """What a user names.

    Attributes:
        kind: RUN, TF1 or HF.
        place: folder, prefix or checkpoint.
        which: of a run's folder: ``last``, ``best`` or a step.
    """

    kind: str
    place: str
    which: str = "last"

    def __str__(self) -> str:
        which = "" if self.which == "last" else f"@{self.which}"
        return f"{'' if self.kind == RUN else f'{self.kind}:'}{self.place}{which}"


def parse_address(text: str) -> Address:
    """The address that a text spells; nothing is looked for but a folder of this machine with an ``@``.

    Raises:
        DataError: it names nothing, or a kind of model that is none.
    """
    kind, mark, rest = text.partition(":")
    if not mark or kind not in (RUN, TF1, HF):
        if (
            re.fullmatch(r"\w+", kind)
            and rest
            and not rest.startswith("//")
            and not files.exists(text)
        ):
            fix = f"name a model as {SPELLINGS}; a folder with a colon in its name as ./{text}"
            raise DataError(f"no kind of model called '{kind}'", where=text, fix=fix)
        kind, rest = RUN, text
    if not rest.strip("/"):
        raise DataError(f"{text!r} names no model", fix=f"name one as {SPELLINGS}")
    place = os.path.expanduser(rest)
    place = place if kind == TF1 else place.rstrip("/")
    folder, mark, which = place.rpartition("@")
    named = mark and folder and re.fullmatch(r"last|best|\d+", which)
    if kind == RUN and named and ("://" in place or not files.exists(place)):
        return Address(RUN, folder.rstrip("/"), which)
    return Address(kind, place)


def spelling_of(place: str) -> str:
    """How what lies at a place is named; empty where no model does."""
    folder = place.rstrip("/")
    ends = (*WRITTEN_LAST, ".meta")
    prefix = next((place[: -len(end)] for end in ends if place.endswith(end)), place)
    prefix = prefix.split(".data-0")[0]
    if files.exists(posixpath.join(folder, RUN_FILE)):
        return folder
    if files.exists(posixpath.join(folder, "config.json")):
        return f"hf:{folder}"
    if is_whole(prefix) and files.exists(posixpath.join(posixpath.dirname(prefix), RUN_FILE)):
        return prefix
    if files.exists(f"{prefix}.index"):
        return f"tf1:{prefix}"
    found = [name for name in files.names(folder) if name.endswith(".index")]
    return f"tf1:{posixpath.join(folder, found[-1].removesuffix('.index'))}" if found else ""


def check_spelling(address: Address) -> None:
    """Checks that what lies there is what the address says.

    Raises:
        DataError: it is another kind of model, which is named by its right spelling, or there is none.
    """
    right = spelling_of(address.place)
    if not right:
        kind = {RUN: "run or checkpoint", TF1: "TF1 checkpoint", HF: "Hugging Face folder"}
        folder, mark, which = address.place.rpartition("@")
        if address.kind == RUN and mark and spelling_of(folder) == folder:
            fix = f"write {folder}, {folder}@best or {folder}@STEP"
            raise DataError(f"no checkpoint {which!r}", where=folder, fix=fix)
        fix = f"name a model as {SPELLINGS}, a folder of this machine or gs://"
        raise DataError(f"no such {kind[address.kind]}", where=address.place, fix=fix)
    there = "" if address.which == "last" else f"@{address.which}"
    if right != (address.place if address.kind == RUN else f"{address.kind}:{address.place}"):
        what = FORMS.get(right.partition(":")[0], FORMS[RUN])
        right += there if what == FORMS[RUN] else ""
        raise DataError(f"{what} lies there", where=str(address), fix=f"write {right}")
