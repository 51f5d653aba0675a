"""Two builds compared: what they were made of, and how many records are the same, moved or changed.

Files that stand at the same place of both are compared by their bytes first: the records of equal ones are
the same, and neither they nor their checksums are looked at (`verify` does that). All others are compared
by a 64-bit hash of their bytes. With provenance they are matched by (source, document, dupe, chunk):
*the same* in both, or *changed* (other masks or text), or in one of them only; without it, by their bytes
alone. *Moved* is the same record at another place of the order. Memory is bounded: hashes are sorted into
64 files by their name and compared a bucket at a time. Cost: 5 µs a record and build, read once; half
a microsecond where the files are equal.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from albert_data.base.errors import ConfigError
from albert_data.base.gather import offsets_of
from albert_data.base.part_hashes import hashes_of
from albert_data.config.load import from_dict
from albert_data.config.settings import differences, flatten
from albert_data.insight.chance_checks import Check, check_laws, span_name
from albert_data.insight.shard_set import ShardFile, ShardSet, framed, mapped_records, open_shards
from albert_data.insight.verdicts import Verdict, verdicts
from albert_data.schema import BuildIdentity, Manifest
from albert_data.storage import file_names
from albert_data.storage.paths import is_remote, open_binary
from albert_data.storage.sealed import read_marker
from albert_data.storage.what_changed import changed_files

_BUCKET_BITS = 6
_COMPARED_BYTES = 2**20  # of both files at a time
_ROW = np.dtype([("name", "<u8"), ("content", "<u8"), ("place", "<u8")])


@dataclass(frozen=True)
class Records:
    """How the records of two builds compare.

    Attributes:
        same: in both at the same place; moved: in both at another place.
        changed: in both, with other content; None without provenance.
        only_first, only_second: in one build alone.
    """

    same: int
    moved: int
    changed: int | None
    only_first: int
    only_second: int


@dataclass(frozen=True)
class Difference:
    """All that differs.

    Attributes:
        made_of: configuration, sources, vocabulary, code; a line each.
        totals: (name, of the first, of the second) where they differ.
        laws: (name, check of the first, check of the second), all of them.
        wishes: (setting, what became of it in the first, in the second), of all that either says.
        records: None where they were not asked for.
    """

    made_of: list[str]
    totals: list[tuple[str, int, int]]
    laws: list[tuple[str, Check | None, Check | None]]
    wishes: list[tuple[str, Verdict | None, Verdict | None]]
    records: Records | None


def compare(first: Path, second: Path, records: bool = True) -> Difference:
    """Compares two builds; `records=False` looks at their manifests only.

    Raises:
        ConfigError, DataError: a folder holds no finished build, or a shard is damaged.
    """
    builds = [open_shards(folder) for folder in (first, second)]
    manifests = [_manifest(build) for build in builds]
    before, after = (vars(manifest.totals) for manifest in manifests)
    longest = max(len(manifest.statistics.spans.law) for manifest in manifests)
    laws = [_laws(manifest, longest) for manifest in manifests]
    return Difference(
        [*input_differences(first, second), *identity_differences(*manifests)],
        [(name, n, after[name]) for name, n in before.items() if n != after[name]],
        [(name, laws[0].get(name), laws[1].get(name)) for name in {**laws[0], **laws[1]}],
        _paired(*manifests),
        compare_records(*builds) if records else None,
    )


def _paired(first: Manifest, second: Manifest) -> list[tuple[str, Verdict | None, Verdict | None]]:
    """What became of each setting in either build; a pattern of `pairs.sources` is named."""
    found: list[dict[str, Verdict]] = [
        {f"{v.name} {v.set_to}" if v.name == "pairs.sources" else v.name: v for v in verdicts(m)}
        for m in (first, second)
    ]
    return [(name, found[0].get(name), found[1].get(name)) for name in {**found[0], **found[1]}]


def input_differences(first: Path, second: Path) -> list[str]:
    """Which input files differ and how, where both builds' folders say what they were made of."""
    known = [
        read_marker(folder / file_names.BUILD_IDENTITY, BuildIdentity) for folder in (first, second)
    ]
    files = [build.corpus["files"] for build in known if build and build.corpus.get("files")]
    return changed_files(*files) if len(files) == 2 else []


def _laws(manifest: Manifest, longest: int) -> dict[str, Check]:
    """The checks of a build, and its spans of each length up to `longest`, those too that are no choice."""
    laws = {law.name: law for law in check_laws(manifest)}
    spans, unit = manifest.statistics.spans, manifest.config["masking"]["unit"]
    total = sum(spans.by_units)
    for n in range(1, longest + 1 if total else 0):
        counted = n <= len(spans.by_units)
        share, law = (spans.by_units[n - 1] / total, spans.law[n - 1]) if counted else (0.0, 0.0)
        name = span_name(n, unit)
        laws.setdefault(name, Check(name, share, law, total))
    return laws


def identity_differences(before: Manifest, after: Manifest) -> list[str]:
    """What two manifests were made of otherwise: settings, sources, vocabulary, code, version."""

    def values(manifest: Manifest) -> dict[str, Any]:
        fingerprints = {k: v[:12] for k, v in vars(manifest.fingerprints).items()}
        del fingerprints["configuration"]  # its settings say more
        return {
            **flatten(from_dict(manifest.config)),
            "made_by": manifest.made_by,
            "sources": manifest.sources,
            "fingerprint of": fingerprints,
        }

    return differences(values(before), values(after))


def _manifest(build: ShardSet) -> Manifest:
    if build.manifest is None:
        raise ConfigError(
            "there is no manifest.json: not a finished build",
            where=build.name,
            fix="name the --output folders of two builds",
        )
    return build.manifest


def compare_records(first: ShardSet, second: ShardSet) -> Records:
    """Matches the records of two builds."""
    named = all(file.provenance for build in (first, second) for file in build.files)
    same, others = _without_equal(first, second, named)
    moved = changed = only_first = only_second = 0
    with tempfile.TemporaryDirectory(prefix="albert-diff-") as folder:
        spilled = [
            _spill(build, files, Path(folder, str(number)), named)
            for number, (build, files) in enumerate(zip((first, second), others, strict=True))
        ]
        for bucket in range(1 << _BUCKET_BITS):
            a, b = (_read_bucket(own, bucket) for own in spilled)
            _, in_a, in_b = np.intersect1d(a["name"], b["name"], return_indices=True)
            a_only, b_only = len(a) - len(in_a), len(b) - len(in_b)
            equal = a["content"][in_a] == b["content"][in_b]
            stays = a["place"][in_a] == b["place"][in_b]
            same += int((equal & stays).sum())
            moved += int((equal & ~stays).sum())
            changed += int((~equal).sum())
            only_first, only_second = only_first + a_only, only_second + b_only
    return Records(same, moved, changed if named else None, only_first, only_second)


def _without_equal(
    first: ShardSet, second: ShardSet, named: bool
) -> tuple[int, list[list[tuple[int, ShardFile]]]]:
    """Records of files that are equal in both, and each build's other files: (place of the first, file)."""
    same, others = 0, []
    for build in (first, second):
        starts = offsets_of(np.array([build.records(file) for file in build.files], np.int64))
        others.append(list(zip(starts.tolist(), build.files, strict=False)))
    equal = set()
    of_second = dict(others[1])
    for place, file in others[0]:
        other = of_second.get(place)
        if other is not None and _equal(file, other, named):
            equal.add(place)
            same += first.records(file)
    return same, [[entry for entry in files if entry[0] not in equal] for files in others]


def _equal(first: ShardFile, second: ShardFile, named: bool) -> bool:
    """Whether two shards have the same bytes, and where records are named, their sidecars too."""
    if not _same_bytes(first.path, second.path):
        return False
    one, other = first.provenance, second.provenance
    return not named or (one is not None and other is not None and _same_bytes(one, other))


def _same_bytes(first: Path, second: Path) -> bool:
    try:
        if first.stat().st_size != second.stat().st_size:
            return False
        with open_binary(first) as one, open_binary(second) as other:
            while part := one.read(_COMPARED_BYTES):
                if other.read(_COMPARED_BYTES) != part:
                    return False
    except OSError:
        return False  # whoever reads its records says what is wrong
    return True


def _spill(
    build: ShardSet, files: Sequence[tuple[int, ShardFile]], folder: Path, named: bool
) -> Path:
    """Writes the hashes of the files' records into a file a bucket; returns their folder."""
    folder.mkdir()
    for place, file in files:
        rows = np.empty(build.records(file), _ROW)
        at = 0
        for content in _hashes(file.path):
            rows["content"][at : at + len(content)] = content
            at += len(content)
        rows["place"] = np.arange(place, place + len(rows))
        rows["name"] = _names(build, file) if named else rows["content"]
        bucket = (rows["name"] % np.uint64(1 << _BUCKET_BITS)).astype(np.int64)
        rows = rows[np.argsort(bucket, kind="stable")]
        ends = np.cumsum(np.bincount(bucket, minlength=1 << _BUCKET_BITS))
        for number, part in enumerate(np.split(rows, ends[:-1])):
            if len(part):
                with open(folder / str(number), "ab") as stream:
                    part.tofile(stream)
    return folder


def _hashes(path: Path) -> Iterator[np.ndarray]:
    batches = framed(path) if path.suffix == ".gz" or is_remote(path) else mapped_records(path)
    for _, buffer, begins, ends in batches:
        yield hashes_of(buffer, begins, ends)


def _names(build: ShardSet, file: ShardFile) -> np.ndarray:
    """What names each record beyond one build: a hash of source, document, dupe and chunk."""
    table = build.origins(file)
    assert table is not None
    texts = [_text_hashes(table[name]) for name in ("source", "document")]
    numbers = [table[name].to_numpy().astype(np.uint64) for name in ("dupe", "chunk")]
    parts = np.stack([*texts, *numbers], axis=1)
    ends = parts.strides[0] * np.arange(len(parts) + 1)
    return hashes_of(parts.view(np.uint8).ravel(), ends[:-1], ends[1:])


def _text_hashes(column: pa.ChunkedArray) -> np.ndarray:
    """The hash of each text's bytes, uint64."""
    hashes = [np.empty(0, np.uint64)]
    for chunk in column.cast(pa.large_string()).chunks:
        _, offsets, text = chunk.buffers()
        ends = np.frombuffer(offsets, "<i8")[chunk.offset : chunk.offset + len(chunk) + 1]
        hashes.append(hashes_of(np.frombuffer(text or b"", np.uint8), ends[:-1], ends[1:]))
    return np.concatenate(hashes)


def _read_bucket(folder: Path, bucket: int) -> np.ndarray:
    """A bucket's rows; of those with one name, an ordinal makes the names distinct."""
    path = folder / str(bucket)
    rows = np.fromfile(path, _ROW) if path.exists() else np.empty(0, _ROW)
    rows = rows[np.lexsort((rows["place"], rows["name"]))]
    _, first, counts = np.unique(rows["name"], return_index=True, return_counts=True)
    again = np.arange(len(rows)) - np.repeat(first, counts)
    rows["name"] += again.astype(np.uint64)
    return rows
