"""A manifest is read as it was written; what is damaged or leads out of its folder is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import convert

from albert_data.base.errors import DataError
from albert_data.schema import Manifest, Sidecar
from albert_data.shards.manifest import parse_manifest, read_manifest
from albert_data.storage.sealed import Damaged, write_sealed
from tests.small_build import CONFIG, FILES, INDEX, make, manifest_of


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Manifest:
    made = make(tmp_path_factory.mktemp("build"), FILES)
    return convert(manifest_of(CONFIG, INDEX, *made), Manifest)


def test_a_manifest_is_read_as_it_was_written(manifest, tmp_path):
    write_sealed(tmp_path / "manifest.json", manifest)
    assert read_manifest(tmp_path) == manifest
    raw = (tmp_path / "manifest.json").read_bytes()
    assert parse_manifest(raw, tmp_path / "elsewhere") == manifest


def test_a_folder_without_a_manifest_is_no_finished_build(tmp_path):
    with pytest.raises(DataError) as caught:
        read_manifest(tmp_path)
    assert caught.value.problem == "there is no manifest.json: not a finished build"
    assert caught.value.where == str(tmp_path)
    assert caught.value.fix == (
        "name the --output folder of a build, or run the build again to finish it"
    )


@pytest.mark.parametrize("change", [(b'"seed": 7', b'"seed": 8'), (b"}", b""), (b"manif", b"\xff")])
def test_a_manifest_that_is_not_as_it_was_written_is_refused_by_its_path(
    manifest, tmp_path, change
):
    path = tmp_path / "manifest.json"
    write_sealed(path, manifest)
    raw = path.read_bytes()
    changed = raw.replace(*change) if change[0] in raw else change[1] + raw
    for folder in (tmp_path, tmp_path / "elsewhere"):
        with pytest.raises(Damaged) as caught:
            parse_manifest(changed, folder)
        assert caught.value.where == str(folder / "manifest.json")
    path.write_bytes(changed)
    with pytest.raises(Damaged):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", ["../shards-00000-of-00002", "a/b", "..", ""])
@pytest.mark.parametrize("of_sidecar", [False, True])
def test_a_name_out_of_the_folder_is_refused_wherever_it_stands(
    manifest, tmp_path, name, of_sidecar
):
    last = manifest.shards[-1]
    last = (
        replace(last, provenance=Sidecar(name, 1, "")) if of_sidecar else replace(last, name=name)
    )
    write_sealed(tmp_path / "manifest.json", replace(manifest, shards=[manifest.shards[0], last]))
    with pytest.raises(DataError) as caught:
        read_manifest(tmp_path)
    assert caught.value.problem == f"{name!r} is not the name of a file in its folder"
    assert caught.value.where == str(tmp_path / "manifest.json")


def test_a_file_of_a_build_that_is_a_link_out_of_its_folder_is_refused(manifest, tmp_path):
    folder = tmp_path / "shards"
    folder.mkdir()
    write_sealed(folder / "manifest.json", manifest)
    (tmp_path / "other").write_bytes(b"")
    (folder / manifest.shards[1].name).symlink_to(tmp_path / "other")
    with pytest.raises(DataError, match="a symbolic link out of its folder"):
        read_manifest(folder)
