"""A straggler and its backup: two processes that do the same work at the same time, or one long after
the other, leave the bytes that one leaves."""

from __future__ import annotations

import pytest

from tests.command_line import (
    CORPUS,
    SMALL,
    albert_data,
    content,
    finish,
    go_on,
    leftovers,
    start,
    stop_at,
    stopped_in,
    succeeds,
)

pytestmark = pytest.mark.slow

# Read by Python at the start of a process: nothing is locked or tidied up, so that two may work on one
# folder, and each waits before a rename until the other is to make the same one (20 s at most).
_SIDE_BY_SIDE = """
import fcntl, os, pathlib, time
fcntl.flock = lambda *_: None
glob = pathlib.Path.glob
pathlib.Path.glob = lambda self, p: iter(()) if "/.tmp-" in p else glob(self, p)
meeting, folder, replace = pathlib.Path(os.environ["MEETING"]), os.environ["FOLDER"], os.replace
def replace_together(source, target):
    if str(target).startswith(folder):
        place = meeting / str(target).removeprefix(folder).replace("/", "_")
        place.mkdir(exist_ok=True)
        (place / str(os.getpid())).touch()
        end = time.monotonic() + 20
        while len(list(place.iterdir())) < 2 and time.monotonic() < end:
            time.sleep(0.001)
    replace(source, target)
os.replace = replace_together
"""


@pytest.fixture(scope="module")
def command(vocabulary_file):
    """The arguments of a build into a folder."""
    return lambda folder: [
        "build", *CORPUS, "--vocab", vocabulary_file, "--output", folder, *SMALL, "--workers=1",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def alone(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("alone") / "shards"
    succeeds(albert_data(*command(folder)))
    return folder


def unlocked(folder, when: str, text: str, number: int) -> dict[str, str]:
    """`stop_at` in a folder of its own, for a process that locks nothing."""
    folder.mkdir()
    environment = stop_at(folder, when, text, number)
    hook = folder / "sitecustomize.py"
    hook.write_text("import fcntl\nfcntl.flock = lambda *_: None\n" + hook.read_text())
    return environment


def test_two_that_write_every_file_at_the_same_time_leave_the_bytes_of_one(
    tmp_path, command, alone
):
    folder, meeting = tmp_path / "shards", tmp_path / "meeting"
    meeting.mkdir()
    environment = stop_at(tmp_path, "never", "", 0)  # for its path
    (tmp_path / "sitecustomize.py").write_text(_SIDE_BY_SIDE)
    environment |= {"MEETING": str(meeting), "FOLDER": f"{folder}/"}
    both = [start(*command(folder), **environment) for _ in range(2)]
    for result in [finish(process) for process in both]:
        succeeds(result)
    assert content(folder) == content(alone) and leftovers(folder) == []
    met = [place.name for place in meeting.iterdir() if len(list(place.iterdir())) == 2]
    for kind, count in (("tokens_units_", 5), (".block", 5), ("shards-0", 8), ("manifest", 1)):
        assert sum(kind in name for name in met) >= count, (kind, met)


@pytest.mark.parametrize("late", ["/tokens/parts/", ".block", "/shards-00001-"])
def test_a_straggler_that_ends_after_the_build_is_done_changes_no_byte(
    tmp_path, command, alone, late
):
    folder = tmp_path / "shards"
    build = unlocked(tmp_path / "build", "wait after", "/build.json", 1)
    backup = start(*command(folder), **build)
    stopped_in(tmp_path / "build", backup)
    stops = unlocked(tmp_path / "late", "wait before", late, 1)
    straggler = start(*command(folder), **stops)
    stopped_in(tmp_path / "late", straggler)
    go_on(tmp_path / "build")
    succeeds(finish(backup))
    assert content(folder) == content(alone)
    go_on(tmp_path / "late")
    finish(straggler)  # it may find that its work files are gone, as one of an engine would
    assert content(folder) == content(alone)
    succeeds(albert_data("verify", folder))
