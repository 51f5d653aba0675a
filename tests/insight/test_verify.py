"""`albert-data verify`: whatever is changed in a finished build is found, and the place is named."""

from __future__ import annotations

import copy
import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from albert_data.base.errors import DataError
from albert_data.insight.verify import decompress
from albert_data.shards.manifest import parse_manifest
from albert_data.storage.sealed import plain
from tests.command_line import albert_data, edit, fails, succeeds

SECOND = "shards-00001-of-00004"
THIRD = "shards-00002-of-00004"


@pytest.fixture
def folder(tiny_build, tmp_path):
    """A copy of the build, to be damaged."""
    return Path(shutil.copytree(tiny_build, tmp_path / "shards"))


def check(folder: Path, *expected: str) -> None:
    fails(albert_data("verify", folder), *expected, code=1)


def change_manifest(folder: Path, change: Callable[[dict], None], seal: bool = True) -> None:
    """Changes a manifest; without `seal` as if by accident, with it so that only its claims tell."""
    path = folder / "manifest.json"
    if seal:
        edit(path, change)
        return
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def of_version_one(manifest: dict) -> None:
    """As version 0.1 wrote it."""
    del manifest["seal"]
    manifest["schema_version"] = 1


def places(value, keys=()) -> Iterator[tuple]:
    """The keys of every plain value in nested ones."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, own in inside:
        if isinstance(own, dict | list) and own:
            yield from places(own, (*keys, key))
        else:
            yield (*keys, key)


def other(value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return value + "x" if isinstance(value, str) else [1]


def frame_of(shard: Path, record: int) -> tuple[int, int]:
    """Begin and end of a framed record."""
    data, begin, end = shard.read_bytes(), 0, 0
    for _ in range(record + 1):
        begin, end = end, end + 16 + int.from_bytes(data[end : end + 8], "little")
    return begin, end


def test_a_build_is_as_its_manifest_claims(tiny_build):
    result = succeeds(albert_data("verify", tiny_build))
    totals = json.loads((tiny_build / "manifest.json").read_text())["totals"]
    assert (
        f"{tiny_build} is as its manifest claims: 4 shards, {totals['examples']:,} ex" in result.err
    )


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_every_variant_of_the_token_cache_verifies(tiny_build, tmp_path, compression):
    options = [f"--set=shards.compression={compression}", "--set=pairs.objective=nsp"]
    given = ["--output", tmp_path / "b", "--config=tiny.yaml", "--workers=1", *options]
    succeeds(albert_data("remask", tiny_build / "tokens", *given))
    succeeds(albert_data("verify", tmp_path / "b"))


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        (8, "record 17 is damaged (CRC-32C)"),  # the length's checksum
        (100, "record 17 is damaged (CRC-32C)"),
        (-1, "record 17 is damaged (CRC-32C)"),  # the record's checksum
        (0, "record 17 "),  # the length itself: damaged or cut off
        (7, "record 17 is cut off or its length is damaged"),
    ],
)
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_is_found_in_its_record(folder, place, fault, bit):
    shard = folder / SECOND
    begin, end = frame_of(shard, 17)
    data = bytearray(shard.read_bytes())
    data[begin + place if place >= 0 else end + place] ^= 1 << bit
    shard.write_bytes(data)
    check(folder, f"{SECOND} byte {begin}: {fault}")


def test_a_length_near_the_largest_number_is_found(folder):
    shard = folder / SECOND
    begin, _ = frame_of(shard, 3)
    data = bytearray(shard.read_bytes())
    data[begin : begin + 8] = b"\xf0" + b"\xff" * 6 + b"\x7f"
    shard.write_bytes(data)
    check(folder, f"{SECOND} byte {begin}: record 3 is ")


def test_a_missing_shard_is_named(folder):
    (folder / SECOND).unlink()
    (folder / THIRD).unlink()
    check(folder, f"{folder / SECOND}: shard is missing")


def test_an_extra_shard_is_named(folder):
    shutil.copy(folder / SECOND, folder / "shards-00004-of-00005")
    check(folder, f"{folder}/shards-00004-of-00005: shard is not in the manifest")


def test_a_renamed_shard_is_named(folder):
    (folder / SECOND).rename(folder / "shards-00001-of-00005")
    check(folder, f"{folder / SECOND}: shard is missing")


def test_two_exchanged_shards_are_found(folder):
    (folder / SECOND).rename(folder / "third")
    (folder / THIRD).rename(folder / SECOND)
    (folder / "third").rename(folder / THIRD)
    check(folder, f"{SECOND}: the manifest claims ")


@pytest.mark.parametrize("cut", [1, 700, 10_000])
def test_a_truncated_shard_is_named_with_the_record_that_is_cut(folder, cut):
    data = (folder / SECOND).read_bytes()
    (folder / SECOND).write_bytes(data[:-cut])
    check(folder, f"{SECOND} byte ", " is cut off")


def test_a_shard_cut_between_two_records_is_found(folder):
    begin, _ = frame_of(folder / SECOND, 17)
    (folder / SECOND).write_bytes((folder / SECOND).read_bytes()[:begin])
    check(folder, f"{SECOND}: the manifest claims ", " records, the file has 17")


@pytest.mark.parametrize("shard", [b"", b"no TFRecord file at all, but text"])
def test_a_shard_of_something_else_is_found(folder, shard):
    (folder / SECOND).write_bytes(shard)
    check(folder, f"{SECOND}")


COUNTS = [
    ("totals", "examples"),
    ("totals", "example_tokens"),
    ("totals", "documents"),
    ("totals", "tokens"),
    ("totals", "shard_bytes"),
    ("statistics", "masked_tokens"),
    ("statistics", "labels", 0),
    ("statistics", "labels", 1),
    ("statistics", "examples_by_tokens", 63),
    ("statistics", "replaced", "mask"),
    ("statistics", "replaced", "random"),
    ("statistics", "pairs", "tokens", "truncated"),
    ("reading", "counts", "kept/document"),
    ("shards", 2, "records"),
    ("shards", 2, "tokens"),
    ("shards", 2, "bytes"),
]


@pytest.mark.parametrize("keys", COUNTS, ids=lambda keys: ".".join(map(str, keys)))
def test_a_wrong_count_in_the_manifest_is_found(folder, keys):
    def add_one(manifest: dict) -> None:
        inside = manifest
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] += 1

    change_manifest(folder, add_one)
    shard = keys[0] == "shards"
    check(folder, THIRD if shard else f"{folder}/manifest.json: ", "manifest")


def test_every_changed_field_of_a_manifest_is_found(folder):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    fields = list(places(manifest))
    assert len(fields) > 200
    for keys in fields:
        changed = copy.deepcopy(manifest)
        inside = changed
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = other(inside[keys[-1]])
        with pytest.raises(DataError):
            parse_manifest(json.dumps(changed).encode(), folder)
        del inside[keys[-1]]
        with pytest.raises(DataError):
            parse_manifest(json.dumps(changed).encode(), folder)
    assert plain(parse_manifest(path.read_bytes(), folder)) | {"seal": manifest["seal"]} == manifest


def test_a_set_of_version_one_is_read_and_told_what_could_not_be_checked(folder):
    change_manifest(folder, of_version_one, seal=False)
    told = succeeds(albert_data("verify", folder)).err
    assert "made by version 0.1, whose manifests have no seal" in told
    for key in ("made_by", "splitter", "fingerprints.sources", "fingerprints.code"):
        assert key in told
    change_manifest(folder, lambda m: m["features"][0].update(length=9), seal=False)
    check(folder, "features is ")


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["features"].pop(),
        lambda manifest: manifest["features"][1].update(dtype="float32"),
        lambda manifest: manifest["provenance"]["columns"].pop(),
        lambda manifest: manifest["corpus"]["books"].update(sentences=1),
        lambda manifest: manifest["statistics"]["spans"]["law"].reverse(),
        lambda manifest: manifest["vocabulary"].update(size=9),
        lambda manifest: manifest["vocabulary"]["special_ids"].update({"[CLS]": 9}),
    ],
)
def test_a_claim_that_something_else_shows_to_be_wrong_is_found_whatever_the_seal(folder, change):
    change_manifest(folder, change)
    check(folder)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", "", "a\\b", "x\0"])
@pytest.mark.parametrize("sidecar", [False, True])
@pytest.mark.parametrize("command", ["verify", "inspect", "report", "clean"])
def test_a_name_that_leads_out_of_the_folder_is_refused(folder, name, sidecar, command, tmp_path):
    def rename(manifest: dict) -> None:
        shard = manifest["shards"][1]
        (shard["provenance"] if sidecar else shard)["name"] = name

    change_manifest(folder, rename)
    options = ["--output", tmp_path / "report.html"] if command == "report" else []
    fails(
        albert_data(command, folder, *options),
        f"{folder}/manifest.json: {name!r} is not the name of a file in its folder",
        code=1,
    )


def test_a_symbolic_link_out_of_the_folder_is_refused_and_one_within_is_not(folder, tmp_path):
    shard = folder / SECOND
    shard.rename(tmp_path / "elsewhere")
    shard.symlink_to(tmp_path / "elsewhere")
    check(folder, f"{shard}: a symbolic link out of its folder, to {tmp_path}/elsewhere")
    shard.unlink()
    (tmp_path / "elsewhere").rename(folder / "of-another-name")
    shard.symlink_to("of-another-name")
    succeeds(albert_data("verify", folder))


def test_another_configuration_or_vocabulary_in_the_manifest_is_found(folder):
    change_manifest(folder, lambda manifest: manifest["config"]["masking"].update(rate=0.151))
    check(folder, "fingerprints.configuration is ")
    change_manifest(folder, lambda manifest: manifest["config"]["masking"].update(rate=0.15))
    succeeds(albert_data("verify", folder))
    (folder / "vocab.model").write_bytes(b"another")
    check(folder, "vocabulary.sha256 is ")
    (folder / "vocab.model").unlink()
    check(folder, f"{folder}/vocab.model: the vocabulary is missing")


def test_another_sample_in_the_manifest_is_found(folder):
    sample = json.loads((folder / "manifest.json").read_text())["sample"]
    assert sum(sample["labels"]) == sample["records"] > 0
    assert sum(n * of for n, of in sample["pieces_by_count"]) == sample["pieces"]
    assert (folder / "difficulty.json").is_file()
    assert "What a model must beat" in (folder / "README.md").read_text()
    change_manifest(folder, lambda manifest: manifest["sample"]["pieces_by_count"][0].reverse())
    check(folder, "sample is ")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"shards": []}'])
def test_a_damaged_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text)
    check(folder, f"{folder}/manifest.json: the ", " is damaged: ")


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    check(tmp_path, f"{tmp_path}: there is no manifest.json: not a finished build")


def test_a_truncated_gzip_shard_is_found(tiny_build, tmp_path):
    given = ["--config=tiny.yaml", "--workers=1", "--set=shards.compression=gzip"]
    succeeds(albert_data("remask", tiny_build / "tokens", "--output", tmp_path / "z", *given))
    shard = tmp_path / "z/shards-00001-of-00004.gz"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-9])
    place = f"shards-00001-of-00004.gz, byte {len(whole) - 9}"
    check(tmp_path / "z", f"{place}: the gzip archive is truncated")


def test_a_gzip_shard_is_all_of_its_members_and_nothing_else():
    path = Path("shards-00000-of-00001.gz")
    first, second = gzip.compress(b"first "), gzip.compress(b"second")
    assert decompress(np.frombuffer(first + second, np.uint8), path).tobytes() == b"first second"
    for more in (b"x", second[:1], second[:-1], b"\0" * 512 + b"x" + second):
        with pytest.raises(DataError, match="shards-00000-of-00001.gz, byte") as caught:
            decompress(np.frombuffer(first + more, np.uint8), path)
        assert "restore the file" in caught.value.fix
    with pytest.raises(DataError, match="byte 0: the gzip archive is truncated"):
        decompress(np.zeros(0, np.uint8), path)
