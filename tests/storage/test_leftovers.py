"""`clean`: what it finds, what it leaves alone, and that it removes nothing unasked."""

import fcntl

from tests.command_line import albert_data, content, fails, succeeds


def test_a_finished_build_keeps_what_is_its_own(tiny_build, tmp_path):
    import shutil

    folder = tmp_path / "shards"
    shutil.copytree(tiny_build, folder)
    before = content(folder)
    (folder / "work" / "blocks").mkdir(parents=True)
    (folder / "work" / "blocks" / "x.block").write_bytes(b"1234")
    (folder / "tokens" / ".tmp-1-x").write_bytes(b"12")
    (folder / "shards-00000-of-00009").write_bytes(b"")
    (folder / "offsets-shards-00000-of-00009").write_bytes(b"1")
    listed = succeeds(albert_data("clean", folder))
    assert listed.out.splitlines() == [
        f"{folder}/offsets-shards-00000-of-00009  1 bytes, offsets of no shard in the manifest",
        f"{folder}/shards-00000-of-00009  0 bytes, shard or sidecar that is not in the manifest",
        f"{folder}/tokens/.tmp-1-x  2 bytes, half-written",
        f"{folder}/work/blocks/x.block  4 bytes, work file of a finished build",
    ]
    assert "4 files of 0.0 MB to be removed with --yes" in listed.err
    assert (folder / "work" / "blocks" / "x.block").exists()
    succeeds(albert_data("clean", folder, "--yes"))
    assert not (folder / "tokens" / ".tmp-1-x").exists()
    assert content(folder) == before
    assert succeeds(albert_data("clean", folder)).out == ""


def test_an_unfinished_build_is_removed_only_with_all(tmp_path):
    (tmp_path / "build.json").write_text("{}")
    (tmp_path / "shards-00000-of-00002").write_bytes(b"123")
    assert succeeds(albert_data("clean", tmp_path)).out == ""
    succeeds(albert_data("clean", tmp_path, "--all", "--yes"))
    assert [path for path in tmp_path.iterdir() if path.name != ".lock"] == []


def test_a_folder_of_others_or_of_a_build_at_work_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    fails(albert_data("clean", tmp_path, "--all", "--yes"), "no build wrote this folder", code=2)
    (tmp_path / "build.json").write_text("{}")
    with open(tmp_path / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fails(albert_data("clean", tmp_path, "--yes"), "a build is writing", code=2)
