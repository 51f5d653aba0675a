"""The output folder of a build: whose it is, that nobody else writes into it, and what is left to do.

What lies in it: `file_names.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError, DataError
from albert_data.schema import BuildIdentity, Shard, Sidecar
from albert_data.storage import file_names, locks
from albert_data.storage.atomic import remove_temporary, remove_tree
from albert_data.storage.paths import RemotePath, file_sha256
from albert_data.storage.sealed import Damaged, plain, read_sealed, sizes, write_sealed
from albert_data.storage.what_changed import changed_files, what_changed

_Identity = TypeVar("_Identity")


@contextmanager
def claim(folder: Path, option: str = "--output", grid: bool = False) -> Iterator[None]:
    """Makes the folder, which `option` named, and keeps it to this process until the block ends.

    Args:
        grid: it is for the folders of variants.

    Raises:
        ConfigError: it cannot be made or written, holds foreign files, or another build uses it.
    """
    with ExitStack() as stack:
        with _explained(folder, option):
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(folder, option, grid)
            _refuse_links(folder, option)
            stack.enter_context(locks.held(folder))
            remove_temporary(folder)
        try:
            yield
        finally:
            # Of workers that were killed while they wrote: one failed, or others do its work.
            with suppress(OSError):
                remove_temporary(folder)


def look(folder: Path, option: str = "--output") -> None:
    """Raises what `claim` would of a folder that is there, and makes nothing."""
    with _explained(folder, option):
        _refuse_foreign(folder, option, grid=False)
        _refuse_links(folder, option)
        locks.refuse_held(folder)


@contextmanager
def _explained(folder: Path, option: str) -> Iterator[None]:
    """Turns what can go wrong while a folder is claimed into ConfigErrors."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        raise ConfigError(
            "is a file, not a folder", where=str(folder), fix=f"name another {option}"
        ) from None
    except locks.Held as holder:
        who = f" ({holder})" if str(holder) else ""
        maybe = f", or, if it was killed, run albert-data clean {folder}"
        clean = maybe if holder.maybe_dead else ""
        raise ConfigError(
            f"another build is writing into this folder{who}",
            where=str(folder),
            fix=f"wait for it, or name another {option}{clean}",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"the folder cannot be written: {error.strerror}",
            where=str(folder),
            fix=f"name another {option}, or make it writable",
        ) from None


def _refuse_foreign(folder: Path, option: str, grid: bool) -> None:
    """Raises ConfigError for files that no build made: `README.md` is ours only beside its mark."""
    here = sorted(path.name for path in folder.iterdir())
    if grid:
        marks = file_names.LOCK, file_names.BUILD_IDENTITY, file_names.CACHE_IDENTITY
        claimed = {name for name in here if any((folder / name / m).exists() for m in marks)}
        claimed |= {name for name in here if _is_empty(folder / name)}  # a variant's, not yet begun
        ours = {file_names.LOCK, file_names.GRID, file_names.WORK}
        ours |= claimed if file_names.GRID in here else set()
        foreign = [n for n in here if n not in ours and not n.startswith(file_names.TEMPORARY)]
    else:
        begun = file_names.BUILD_IDENTITY in here or file_names.CACHE_IDENTITY in here
        foreign = [name for name in here if not file_names.is_ours(name, begun)]
    if foreign:
        raise ConfigError(
            f"the folder holds other files ({', '.join(foreign[:3])})",
            where=str(folder),
            fix=f"name an empty or new folder with {option}",
        )


def _refuse_links(folder: Path, option: str) -> None:
    """Raises ConfigError where what is written into a folder of ours would come to lie elsewhere."""
    if isinstance(folder, RemotePath):
        return
    home = folder.resolve()
    within = [folder / name for name in file_names.FOLDERS]
    for path in (*within, *(folder / file_names.WORK).glob("*"), folder / file_names.LOCK):
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise ConfigError(
                f"a symbolic link out of the folder, to {path.resolve()}",
                where=str(path),
                fix=f"remove the link, or name where it leads with {option}",
            )


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def identify(folder: Path, identity: BuildIdentity) -> list[str]:
    """Marks the folder as being built from `identity`, or checks that it is the same as before.

    Where the build is not finished, its input may change (a file was mended, say): what is
    made of the others is kept, since all work files are named by their own content's fingerprint.
    Where nothing is made yet, all may change: a setting was mended of which the first run failed.

    Returns:
        what changed so, and what becomes of what is there, a line each.

    Raises:
        ConfigError: it was begun with another identity; says what changed.
    """
    mended = compare(folder, identity)
    write_sealed(folder / file_names.BUILD_IDENTITY, identity)
    return mended


def compare(folder: Path, identity: BuildIdentity) -> list[str]:
    """Returns and raises what `identify` does, and writes nothing."""
    finished = (folder / file_names.MANIFEST).exists()
    known = read_identity(folder / file_names.BUILD_IDENTITY, BuildIdentity, finished)
    if known is not None and not finished:
        # A wish that could not be met is mended; what was made for it has names of its own.
        wish = {"hold_out": identity.config.get("hold_out")}
        known = replace(known, config={**known.config, **wish})
    if known is None and finished:
        raise ConfigError(
            f"the folder has a manifest but no {file_names.BUILD_IDENTITY}: it cannot be resumed",
            where=str(folder),
            fix="name another --output",
        )
    if known is None or known == identity:
        return []
    only_input = same_but_files(known.corpus, identity.corpus)
    if not finished and only_input and replace(known, corpus=identity.corpus) == identity:
        return others_kept(changed_files(known.corpus["files"], identity.corpus["files"]))
    changed = what_changed(plain(known), plain(identity))
    if not finished and not _any_made(folder):
        return begun_anew(changed)
    what = "input" if only_input else "settings"
    raise ConfigError(
        f"this folder was begun with other {what}: {'; '.join(changed)}",
        where=str(folder),
        fix="name another --output, or remove this folder to start anew",
    )


def others_kept(changed: Sequence[str]) -> list[str]:
    """Of input files that changed while a build or cache was at work, a line each."""
    return [
        f"since this was begun, {line}; what was made of other files is kept" for line in changed
    ]


def begun_anew(changed: Sequence[str]) -> list[str]:
    """Of a build or cache that was begun otherwise, in a line."""
    return [f"begun anew, for nothing was made yet: {'; '.join(changed)}"]


def _any_made(folder: Path) -> bool:
    """Whether an unfinished build has a shard or blocks; a grid keeps those of its variants."""
    homes = [folder, *([folder.parent] if (folder.parent / file_names.GRID).exists() else [])]
    return any(folder.glob(file_names.SHARDS)) or any(
        (home / file_names.WORK).exists() for home in homes
    )


def read_identity(path: Path, kind: type[_Identity], finished: bool) -> _Identity | None:
    """What a folder is being built from, of a `kind`; None where it does not say so.

    A damaged file says nothing: all that an unfinished folder holds is checked before it is used.

    Raises:
        Damaged: the folder is finished, and its file is damaged.
    """
    try:
        return read_sealed(path, kind)
    except Damaged:
        if finished:
            raise
        return None


def same_but_files(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether two identities differ in nothing but the list of files, and do differ in it."""
    return before != after and {**before, "files": []} == {**after, "files": []}


def keep_only(folder: Path, files: set[str]) -> None:
    """Removes shards, sidecars and offsets not of this build (of an earlier, unfinished shard count).

    Raises:
        DataError: one of the build is not there.
    """
    here = {
        p.name for pattern in (file_names.SHARDS, file_names.SIDECARS) for p in folder.glob(pattern)
    }
    if missing := sorted(files - here):
        are = "is" if len(missing) == 1 else "are"
        told = f"{count_of(len(missing), 'shard')} {are} missing, first {missing[0]}"
        raise DataError(told, where=str(folder))
    offsets = {path.name for path in folder.glob(file_names.OFFSETS)}
    for name in (here - files) | (offsets - {file_names.offsets_name(name) for name in files}):
        (folder / name).unlink()


def check_files(folder: Path, files: Sequence[Shard | Sidecar], content: bool) -> None:
    """Checks that a finished folder still has its files, by name and size.

    Args:
        content: check their SHA-256 too: reads everything.

    Raises:
        DataError: says what is missing or changed.
    """
    here = sizes(folder)
    missing = [file.name for file in files if file.name not in here]
    changed = [file.name for file in files if here.get(file.name, file.bytes) != file.bytes]
    if content and not missing and not changed:
        changed = [file.name for file in files if file_sha256(folder / file.name) != file.sha256]
    if missing or changed:
        parts = [("missing", missing), ("changed", changed)]
        told = "; ".join(
            f"{len(names):,} of {count_of(len(files), 'file')} {what}: {', '.join(names[:3])}"
            for what, names in parts
            if names
        )
        raise DataError(
            f"this build was complete, and is no more: {told}",
            where=str(folder),
            fix=f"put them back, or remove {file_names.MANIFEST} and run the same command again, which makes "
            "them anew",
        )


def remove_work(folder: Path) -> None:
    """Removes block files and progress, which a finished build needs no more."""
    remove_tree(folder / file_names.WORK)
