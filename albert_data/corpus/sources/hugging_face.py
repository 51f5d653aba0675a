"""Data sets of the Hugging Face hub, and local copies of them: `NAME[:CONFIG][@REVISION][/SPLIT]`.

The revision is resolved once, while planning, to a commit; workers read that commit's Parquet files
by row group. Files are found by the hub's usual layouts (`data/train-00000-of-00002.parquet`,
`CONFIG/train-*.parquet`, `CONFIG/train/0000.parquet`); a data set kept in another form is read from
the Parquet copy the hub makes of it (revision `refs/convert/parquet`).

NAME may also be a local folder: one of those layouts, or one written by `Dataset.save_to_disk` or
`DatasetDict.save_to_disk`, whose Arrow files are read by record batch. SPLIT is `train` by default.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from albert_data.base import contact
from albert_data.base.errors import ConfigError, DataError, NetworkError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import find_files, input_files
from albert_data.corpus.file_sources import FileSource
from albert_data.corpus.source_protocol import Content, Document, ReadContext, Split, Unread
from albert_data.corpus.sources.parquet import ParquetTable, broken, plan_file, read_file

# Default configurations: the newest English dump; BookCorpus, one sentence a row.
PRESETS = {"wikimedia/wikipedia": "20231101.en", "bookcorpus/bookcorpus": "plain_text"}
PARQUET_COPY = "refs/convert/parquet"
HUB = "hf://"
_HUB_SETTING = "or download the data set once and name its folder; HF_ENDPOINT names another hub"
OTHER_SPLIT = "another configuration or split"
GRAMMAR = "NAME[:CONFIG][@REVISION][/SPLIT]"
_TARGET = re.compile(
    r"(?P<name>[\w.-]+(?:/[\w.-]+)?)(?::(?P<config>[^@/:]+))?"
    r"(?:@(?P<revision>refs/[^/]+/[^/]+|[^/@:]+))?(?:/(?P<split>[\w.-]+))?"
)
_LOCAL = re.compile(r"(?P<name>.*?)(?::(?P<config>[^/:]+))?(?:/(?P<split>[\w.-]+))?/?")


class Target(NamedTuple):
    """A parsed target; empty parts were not given."""

    name: str
    config: str = ""
    revision: str = ""
    split: str = "train"
    local: bool = False


class HuggingFaceSource(FileSource):
    """A document a row of a data set."""

    kind = "huggingface"
    reads = "Parquet files of the hub, pinned to a commit, or a local data set"
    target = GRAMMAR
    suffixes = (".parquet",)

    def plan(
        self, target: str, settings: SourceSettings, unread: list[Unread] | None = None
    ) -> list[Split]:
        parsed = parse_target(target)
        if not parsed.local:
            return self._plan_hub(parsed, settings)
        if os.path.isfile(target):
            fix = f"name its folder, or read the file alone: --source parquet:{target}"
            raise ConfigError("a file, not a data set", where=f"huggingface:{target}", fix=fix)
        folder = os.path.join(parsed.name, parsed.config)
        for saved in (folder, os.path.join(folder, parsed.split)):
            if os.path.isfile(os.path.join(saved, "state.json")):
                return self._plan_saved(saved, parsed.name, settings)
        if os.path.isfile(os.path.join(folder, "dataset_dict.json")):
            known = _json(os.path.join(folder, "dataset_dict.json"), "splits")
            raise _no_split(parsed.split, known, target)
        found = find_files.find(parsed.name, self.names(), unread)
        paths = {name: path for path, name in found}
        picked = pick(sorted(paths), parsed.config, parsed.split, target)
        if unread is not None:
            others = sorted(paths.keys() - set(picked))
            unread += [Unread(name, OTHER_SPLIT, paths[name]) for name in others]
        return [
            split
            for name in picked
            for split in plan_file(
                self.kind, paths[name], name, input_files.stamp(paths[name]), settings
            )
        ]

    def check_unchanged(self, split: Split) -> None:
        if not split.path.startswith(HUB):  # there a commit, which is the stamp, names the file
            input_files.check_unchanged(split)

    def content(self, split: Split) -> Content | None:
        return Content(0, f"commit {split.stamp}") if split.path.startswith(HUB) else None

    def read_part(self, split: Split, context: ReadContext) -> Iterator[Document]:
        return read_file(_open, split, context)

    def _plan_saved(self, folder: str, root: str, settings: SourceSettings) -> list[Split]:
        state = _json(os.path.join(folder, "state.json"), "_data_files")
        names = [entry["filename"] for entry in state]
        splits = []
        for path in (os.path.join(folder, name) for name in names):
            name = os.path.relpath(path, root).replace(os.sep, "/")
            if not os.path.isfile(path):
                raise ConfigError("a file of the saved data set is missing", where=path)
            splits += plan_file(
                self.kind, path, name, input_files.stamp(path), settings, ArrowTable
            )
        return splits

    def _plan_hub(self, target: Target, settings: SourceSettings) -> list[Split]:
        where = f"{self.kind}:{target.name}"
        config = target.config or PRESETS.get(target.name, "")
        commit, names = resolve(target.name, target.revision)
        if not target.revision and not any(name.endswith(".parquet") for name in names):
            commit, names = resolve(target.name, PARQUET_COPY)
        root = f"{HUB}datasets/{target.name}@{commit}"
        return [
            split
            for name in pick(names, config, target.split, where)
            for split in plan_file(
                self.kind, f"{root}/{name}", f"{target.name}/{name}", commit, settings, HubTable
            )
        ]


SOURCE = HuggingFaceSource()


def parse_target(target: str) -> Target:
    """The parts of `NAME[:CONFIG][@REVISION][/SPLIT]`; an existing folder is taken as one first."""
    path = os.path.expanduser(target).rstrip("/")
    if os.path.isdir(path):
        return Target(path, local=True)
    match = _LOCAL.fullmatch(path)
    if match and match["name"] and os.path.isdir(match["name"]):
        return Target(match["name"], match["config"] or "", "", match["split"] or "train", True)
    match = _TARGET.fullmatch(target)
    if not match:
        raise ConfigError(
            "neither a folder nor the name of a data set",
            where=f"huggingface:{target}",
            fix=f"write {GRAMMAR}, such as wikimedia/wikipedia:20231101.de/train",
        )
    name, config, revision, split = match.group("name", "config", "revision", "split")
    return Target(name, config or "", revision or "", split or "train")


def pick(names: Sequence[str], config: str, split: str, where: str) -> list[str]:
    """The Parquet files of a configuration and split, by their paths in the repository, sorted.

    Raises:
        ConfigError: there are none, or several configurations and none is named.
    """
    found: dict[str, dict[str, list[str]]] = {}  # configuration → split → files
    for name in sorted(names):
        *folders, base = name.split("/")
        if not base.endswith(".parquet"):
            continue
        folders = [f for f in folders if f != "data"]
        match = re.match(r"(.+?)(?:-\d+-of-\d+.*)?\.parquet$", base)
        kind = match[1] if match else base
        if re.fullmatch(r"\d+", kind) and folders:  # CONFIG/train/0000.parquet
            kind = folders.pop()
        found.setdefault("/".join(folders), {}).setdefault(kind, []).append(name)
    if not found:
        raise ConfigError("no Parquet files", where=where, fix="choose a data set that has some")
    if not config and len(found) == 1:
        config = next(iter(found))
    elif not config and "default" in found and "" not in found:
        config = "default"
    if config not in found:
        known = ", ".join(sorted(c for c in found if c))
        problem = f"no configuration {config!r}" if config else "several configurations"
        raise ConfigError(problem, where=where, fix=f"{GRAMMAR}: name one of {known}")
    if split not in found[config]:
        raise _no_split(split, found[config], where)
    return found[config][split]


def resolve(name: str, revision: str) -> tuple[str, list[str]]:
    """(commit, files) of a data set on the hub; needs the network.

    Raises:
        ConfigError: no such data set or revision, or no right to read it.
        DataError: the hub cannot be reached.
    """
    from huggingface_hub import HfApi, errors

    where = f"huggingface:{name}" + (f"@{revision}" if revision else "")
    try:
        info = contact.answered(
            lambda: HfApi().dataset_info(name, revision=revision or None, timeout=30),
            _hub(),
            where,
            _HUB_SETTING,
        )
    except errors.RevisionNotFoundError:
        raise ConfigError("no such revision", where=where, fix="see the data set's page") from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        fix = "check the name; for a private or gated one run `hf auth login`"
        raise ConfigError("no such data set on the hub", where=where, fix=fix) from None
    except NetworkError:
        raise
    except Exception as error:  # the HTTP library's own classes, which differ between versions
        raise _unreachable(where, error) from None
    return str(info.sha), [sibling.rfilename for sibling in info.siblings or []]


def _hub() -> str:
    """The hub's host."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT).partition("://")[2].partition("/")[0]


_greeted: set[str] = set()  # data sets and commits whose files' hosts answered this process


def _greet_files(path: str) -> None:
    """Asks, once a commit, for the first byte of a file, which other hosts than the hub's may give.

    Raises:
        NetworkError: one of them does not answer.
    """
    from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_url

    name, _, rest = path.removeprefix(f"{HUB}datasets/").partition("@")
    commit, _, file = rest.partition("/")
    if f"{name}@{commit}" in _greeted:
        return
    url = hf_hub_url(name, file, repo_type="dataset", revision=commit)
    seconds = contact.patience()
    found = contact.answered(
        lambda: get_hf_file_metadata(url, timeout=seconds), _hub(), path, _HUB_SETTING
    )
    host = found.location.partition("://")[2].partition("/")[0]
    if host != _hub():
        first = {"Range": "bytes=0-0"}
        contact.answered(
            lambda: get_session().request("GET", found.location, headers=first, timeout=seconds),
            host,
            path,
            "the hub sends its files' readers there",
        )
    _greeted.add(f"{name}@{commit}")


class HubTable(ParquetTable):
    """A Parquet file of a data set on the hub, read by byte ranges."""

    def __init__(self, path: str) -> None:
        from huggingface_hub import HfFileSystem

        try:
            _greet_files(path)
            handle = HfFileSystem().open(path, "rb")
        except NetworkError:
            raise
        except Exception as error:
            raise _unreachable(path, error) from None
        super().__init__(path, handle)

    def batches(self, group: int, columns: list[str]) -> Iterator[Any]:
        try:
            yield from super().batches(group, columns)
        except (input_files.BrokenFile, NetworkError):
            raise
        except Exception as error:
            raise _unreachable(self.path, error) from None


class ArrowTable:
    """An Arrow file as `save_to_disk` writes it; its groups are its record batches."""

    def __init__(self, path: str) -> None:
        import pyarrow

        self.path = path
        try:  # mapped into memory: batches are views, nothing is read yet
            reader = pyarrow.ipc.open_stream(pyarrow.memory_map(path))
            self.schema = reader.schema
            self._batches = list(reader)
        except (pyarrow.ArrowException, OSError) as error:
            raise broken(path, "not an Arrow file, or a truncated one", error) from None
        self.group_rows = [batch.num_rows for batch in self._batches]

    def group_bytes(self, columns: list[str]) -> list[int]:
        return [batch.select(columns).nbytes for batch in self._batches]

    def batches(self, group: int, columns: list[str]) -> Iterator[Any]:
        yield self._batches[group].select(columns)


def _open(path: str) -> Any:
    if path.startswith(HUB):
        return HubTable(path)
    return (ArrowTable if path.endswith(".arrow") else ParquetTable)(path)


def _json(path: str, key: str) -> Any:
    """What `save_to_disk` wrote under a key."""
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)[key]
    except (OSError, ValueError, KeyError):
        fix = "save the data set again"
        raise ConfigError("not as Dataset.save_to_disk writes it", where=path, fix=fix) from None


def _no_split(split: str, known: Any, where: str) -> ConfigError:
    return ConfigError(
        f"no split {split!r}", where=where, fix=f"{GRAMMAR}: name one of {', '.join(sorted(known))}"
    )


def _unreachable(where: str, error: BaseException) -> DataError:
    if contact.is_of_the_network(error):
        return contact.unreachable(_hub(), where, _HUB_SETTING, error)
    reason = str(error).strip().split("\n")[0]
    return NetworkError(
        f"the Hugging Face hub cannot be read ({reason})",
        where=where,
        fix="check the network and HF_TOKEN, or download the data set once and name its folder",
    )
