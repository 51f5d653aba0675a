"""How two identities of a build or cache differ, in words: which file in what way, which setting."""

from __future__ import annotations

from typing import Any

from albert_data.base.counts import count_of
from albert_data.config.settings import differences

MOST = 5  # files that are named
_VERSION = "another version of albert-data made it"
# What is told by a hash alone, which says nothing to people; by the end of its key.
_IN_WORDS = {
    "vocabulary": "another vocabulary",
    "vocabulary.sha256": "another vocabulary",
    "sources.exclude": "another list of documents to leave out (--exclude)",
    "code": _VERSION,
    "schema": _VERSION,
    "tokens": "another token cache",
}
_OF_CORPUS = "corpus.settings."
_EARLIER = "an earlier version made it, which knew input by its time"


def what_changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What differs between two identities as plain values, a line each."""
    old, new = (identity.get("corpus", identity) for identity in (before, after))
    files = []
    if "files" in old and "files" in new:
        files = changed_files(old["files"], new["files"])
    others = _once(_others(_without_files(before), _without_files(after)))
    # The code that counts is that of the kinds of sources: with other kinds, it says nothing.
    same_kinds = _kinds(old) == _kinds(new)
    return [*files, *(line for line in others if same_kinds or line != _VERSION)]


def _once(lines: list[str]) -> list[str]:
    """Without the keys of a build's corpus that its configuration has, too."""
    return [
        line
        for line in lines
        if not line.startswith(_OF_CORPUS) or f"config.{line.removeprefix(_OF_CORPUS)}" not in lines
    ]


def changed_files(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """Which input files are gone, new, renamed or of other content, a line each.

    Args:
        before, after: `schema.InputFile`s as plain values.
    """
    if not before and after:
        return [_EARLIER]
    old, new = ({file["source"]: file for file in files} for files in (before, after))
    gone = [source for source in old if source not in new]
    lines = []
    for source, file in new.items():
        known = old.get(source)
        if known is None:
            twin = next((s for s in gone if old[s]["content"] == file["content"]), None)
            if twin is None:
                lines.append(f"{source} is new")
                continue
            gone.remove(twin)
            lines.append(
                f"{source} has the content of {twin}, which is gone: renamed, and so made of other "
                "documents, since what is drawn for a document follows the name of its file"
            )
        elif known["content"] != file["content"]:
            lines.append(f"{source} {_in_which_way(known, file)}")
    lines += [f"{source} is gone" for source in gone]
    more = len(lines) - MOST
    return lines[:MOST] + ([f"and {count_of(more, 'more file')}"] if more > 0 else [])


def _in_which_way(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What differs between two contents: not where they are known by hashes of two kinds."""
    kinds = [file["content"].partition(" ")[0] for file in (before, after)]
    if kinds[0] != kinds[1]:
        return f"may have other content: it is known by {kinds[1]}, before by {kinds[0]}"
    if before["bytes"] == after["bytes"]:
        size = f"of {after['bytes']:,} bytes as before"
        return f"has other content ({size if after['bytes'] else after['content']})"
    return f"has other content ({count_of(after['bytes'], 'byte')}, before {before['bytes']:,})"


def _kinds(corpus: dict[str, Any]) -> set[str]:
    return {file["source"].partition(":")[0] for file in corpus.get("files", [])}


def _without_files(identity: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in identity.items() if key != "files"}
    if "corpus" in rest:
        rest["corpus"] = _without_files(rest["corpus"])
    return rest


def _others(before: Any, after: Any, key: str = "") -> list[str]:
    """`differences`, but for what is a hash."""
    if isinstance(before, dict) and isinstance(after, dict):
        lines = [
            line
            for name in {**before, **after}
            for line in _others(
                before.get(name), after.get(name), f"{key}.{name}" if key else str(name)
            )
        ]
        return list(dict.fromkeys(lines))
    for end, words in _IN_WORDS.items():
        if key == end or key.endswith(f".{end}"):
            return [] if before == after else [words]
    return differences(before, after, key)
