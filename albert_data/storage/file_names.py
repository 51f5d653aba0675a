"""Every name of a file and folder of ours, once: names, prefixes, patterns.

OUTPUT/             build.json, shards-*, provenance-*, offsets-*, vocab.model, README.md, manifest.json,
                    left_out.parquet, and beside these run.json, difficulty.json, estimate.json,
                    contamination.json
OUTPUT/held-out/    a shard set of its own, of the documents held out (`hold_out`)
OUTPUT/work/        blocks/, tokens/ (mapped), merged/, shards/ (markers), left-out/ (lists),
                    held-out-N/ (token files); gone when the build is whole
OUTPUT/tokens/      the token cache, or where --tokens says:
                    identity.json, inputs.json, config.yaml, vocab.model, exclude.txt, left_out.parquet,
                    tokens.json, units/ (markers), left-out/ (their lists), parts/
GRID/               ablation.json, a folder a variant
"""

from __future__ import annotations

TEMPORARY = ".tmp-"  # before the name of what is being written
LOCK = ".lock"

# A shard set.
BUILD_IDENTITY = "build.json"
MANIFEST = "manifest.json"
CARD = "README.md"
HELD_OUT = "held-out"  # a shard set in the folder of another
VOCABULARY = "vocab.model"
SHARDS, SIDECARS, OFFSETS = "shards-*", "provenance-*", "offsets-*"
SHARD_NAME = "shards-{index}-of-{count}"  # the default of `shards.name`
RUN, ESTIMATE, CONTAMINATION = "run.json", "estimate.json", "contamination.json"
DIFFICULTY = "difficulty.json"
GRID = "ablation.json"

# Its folders while it is made.
WORK, TOKENS = "work", "tokens"
BLOCKS, MAPPED, MERGED, MARKERS, LISTS = "blocks", "tokens", "merged", "shards", "left-out"

# A token cache.
CACHE_IDENTITY = "identity.json"
INPUTS = "inputs.json"
CONFIGURATION = "config.yaml"
TOKEN_INDEX = "tokens.json"
EXCLUDED = "exclude.txt"
LEFT_OUT = "left_out.parquet"
UNITS, PARTS = "units", "parts"

FOLDERS = (WORK, TOKENS, HELD_OUT, UNITS, PARTS, LISTS)  # in a folder of ours

# By which a folder of ours is told.
MARKS = (BUILD_IDENTITY, CACHE_IDENTITY, MANIFEST, LOCK, GRID)
# What may lie in a folder that a build or a cache was begun in.
_OURS = {
    *MARKS, CARD, VOCABULARY, RUN, ESTIMATE, CONTAMINATION, DIFFICULTY, WORK, TOKENS, TOKEN_INDEX,
    EXCLUDED, UNITS, PARTS, CONFIGURATION, HELD_OUT, LEFT_OUT, LISTS, INPUTS,
}  # fmt: skip
_OUR_PREFIXES = tuple(pattern.rstrip("*") for pattern in (SHARDS, SIDECARS, OFFSETS)) + (TEMPORARY,)


def shard_name(
    index: int, count: int, compression: str = "none", template: str = SHARD_NAME
) -> str:
    """`shards-00000-of-00064`, or as `shards.name` says, with `.gz` behind it where compressed."""
    name = template.format(index=f"{index:05d}", count=f"{count:05d}").removesuffix(".gz")
    return name + (".gz" if compression == "gzip" else "")


def plain_name(shard: str) -> str:
    """A shard's name without what says its form: `shards-00000-of-00064` of `….tfrecord.gz`."""
    return shard.removesuffix(".gz").removesuffix(".tfrecord")


def sidecar_name(index: int, count: int) -> str:
    """`provenance-00000-of-00064.parquet`; a glob for `shards-*` does not find it."""
    return f"provenance-{index:05d}-of-{count:05d}.parquet"


def offsets_name(shard: str) -> str:
    """`offsets-NAME` for a shard of this name: where its records begin.

    Behind a suffix of the user's own stands `.offsets`: who looks for `*.tfrecord` must not find it.
    """
    suffixed = "." in shard.removesuffix(".gz")
    return OFFSETS.replace("*", shard) + (".offsets" if suffixed else "")


def token_file_name(unit: str, number: int) -> str:
    """A token file of a unit."""
    return f"{unit}-{number:05d}.parquet"


def block_name(fingerprint: str, dupe: int) -> str:
    """The block of a token file and dupe; the fingerprint is of all else that it depends on."""
    return f"{fingerprint[:20]}-{dupe:05d}.block"


def mapped_name(cache: int, unit: int, file: int, fingerprint: str) -> str:
    """The mapped tokens of a token file; the fingerprint is of what is read of it."""
    return f"{cache}-{unit:08}-{file:08}-{fingerprint[:12]}.mapped"


def merged_name(fingerprint: str) -> str:
    """A merged file; the fingerprint is of its blocks and range of shards."""
    return f"{fingerprint[:20]}.merged"


def marker_name(name: str) -> str:
    """The marker of a finished unit or shard."""
    return f"{name}.json"


def left_out_name(unit: str) -> str:
    """The list of what a unit left out."""
    return f"{unit}.parquet"


def is_of_shards(name: str) -> bool:
    """Whether a file is called as shards and sidecars are."""
    return name.startswith(_OUR_PREFIXES[:2])


def is_offsets(name: str) -> bool:
    """Whether a file is called as the offsets of a shard are."""
    return name.startswith(_OUR_PREFIXES[2])


def is_ours(name: str, begun: bool) -> bool:
    """Whether a file of a build or cache may have this name.

    Args:
        begun: one was begun in the folder; otherwise only what stands there before or by itself.
    """
    if begun:
        return name in _OURS or name.startswith(_OUR_PREFIXES)
    return name in (LOCK, MANIFEST, ESTIMATE) or name.startswith(TEMPORARY)
