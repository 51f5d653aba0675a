"""Which checkpoints lie in a run's folder, by their names; what they hold is their engine's.

``ckpt-N`` are those of the run, N the step: the newest K kept, those of every ``keep_every`` steps for good.
``best-N`` is that of the best evaluation. A checkpoint is files that begin so; one of them is written last,
and without it there is none. The file ``checkpoint`` names the newest, as TensorFlow's own tools have it.
"""

from __future__ import annotations

import posixpath
import re

from albert_data.base.errors import DataError

from . import files
from .run_folder import read_run

LAST, BEST = "ckpt", "best"
JAX_ENDING = ".safetensors"
WRITTEN_LAST = (".index", JAX_ENDING)  # how the name of a checkpoint's last file ends
STATE_FILE = "checkpoint"
_NAMED = re.compile(r'^model_checkpoint_path:\s*"(.*)"', re.MULTILINE)


def is_whole(prefix: str) -> bool:
    """Whether a checkpoint of this name is there, whole."""
    return any(files.exists(prefix + end) for end in WRITTEN_LAST)


def saved_steps(folder: str, kind: str = LAST) -> list[int]:
    """Steps of the whole checkpoints in a folder, oldest first."""
    ends = "|".join(map(re.escape, WRITTEN_LAST))
    found = (re.fullmatch(rf"{kind}-(\d+)(?:{ends})", name) for name in files.names(folder))
    return sorted({int(match[1]) for match in found if match})


def newest(folder: str) -> str | None:
    """The newest checkpoint, by its name; None where there is none.

    The file ``checkpoint`` decides where it names one that is there: by editing it, one goes back.
    """
    state = posixpath.join(folder, STATE_FILE)
    if files.exists(state) and (match := _NAMED.search(files.read_text(state))):
        named = posixpath.join(folder, match[1])
        if is_whole(named):
            return named
    steps = saved_steps(folder)
    return posixpath.join(folder, f"{LAST}-{steps[-1]}") if steps else None


def settle(folder: str, kind: str, step: int, keep: int, keep_every: int) -> None:
    """After a checkpoint was written: names it the newest, and removes those that are not kept.

    Args:
        kind: LAST or BEST; of the best one is kept.
        step: int. Of the checkpoint.
        keep: int. Newest checkpoints kept.
        keep_every: int. Steps; checkpoints at its multiples are kept for good; 0: none are.
    """
    steps = saved_steps(folder, kind)
    kept = [step]
    if kind == LAST:
        kept = [at for at in steps if at in steps[-keep:] or (keep_every and at % keep_every == 0)]
        lines = [f'model_checkpoint_path: "{LAST}-{step}"']
        lines += [f'all_model_checkpoint_paths: "{LAST}-{at}"' for at in kept]
        files.write(posixpath.join(folder, STATE_FILE), "\n".join(lines) + "\n")
    gone = tuple(f"{kind}-{at}." for at in steps if at not in kept)
    for name in files.names(folder) if gone else ():
        if name.startswith(gone):
            files.remove(posixpath.join(folder, name))


def go_back(folder: str, step: int) -> str | None:
    """Makes the newest checkpoint of at most a step the run's last one and removes those after it.

    Returns: its path; None where there is none, and the run begins anew.
    """
    steps = saved_steps(folder)
    kept = [at for at in steps if at <= step]
    state = posixpath.join(folder, STATE_FILE)
    if kept:
        files.write(state, f'model_checkpoint_path: "{LAST}-{kept[-1]}"\n')
    elif files.exists(state):
        files.remove(state)
    gone = tuple(f"{LAST}-{at}." for at in steps if at not in kept)
    for name in files.names(folder) if gone else ():
        if name.startswith(gone):
            files.remove(posixpath.join(folder, name))
    return posixpath.join(folder, f"{LAST}-{kept[-1]}") if kept else None


def find_checkpoint(place: str, which: str = "last") -> tuple[str, str]:
    """The run and the checkpoint that a user names.

    Args:
        place: folder of a run, or a checkpoint of one (``FOLDER/ckpt-STEP``).
        which: of a folder: ``last``, ``best`` or a step.

    Returns: the run's folder and the checkpoint's prefix.

    Raises:
        DataError: no such checkpoint, or no run.
    """
    if is_whole(place):
        return posixpath.dirname(place), place
    if not files.is_folder(place):
        fix = "name the --model-dir of a run, or FOLDER/ckpt-STEP"
        raise DataError("no such run or checkpoint", where=place, fix=fix)
    read_run(place)
    best, steps = saved_steps(place, BEST), saved_steps(place)
    if which == "last" and (found := newest(place)):
        return place, found
    if which == "best" and best:
        return place, posixpath.join(place, f"{BEST}-{best[-1]}")
    for kind, known in ((LAST, steps), (BEST, best)):
        if which.isdecimal() and int(which) in known:
            return place, posixpath.join(place, f"{kind}-{which}")
    if not steps and not best:
        raise DataError("no checkpoint", where=place, fix="let the run save one, then try again")
    there = [*map(str, steps), *(["best"] if best else [])]
    raise DataError(
        f"no checkpoint {which!r}", where=place, fix=f"there are: last, {', '.join(there)}"
    )
