"""Commands that cannot print: where the result is a file they do their work all the same, where the
result is what they print they end with an exit code other than 0. Each is a process of its own."""

from __future__ import annotations

import sys

import pytest
from rich.table import Table

import albert_data.insight.verify  # noqa: F401  # imported while a test holds a function, it would keep that
from albert_data.commands.tables import console
from tests.command_line import PROGRAM, albert_data, content, fails, finish, start

# How the shell is to begin a command that cannot print; a pipe's reader is gone before it begins.
NO_READER = 'trap "" PIPE; exec 3> >(:); wait $!; exec "$0" "$@" '
UNPRINTABLE = {
    "full disk": 'exec "$0" "$@" >/dev/full 2>/dev/full',
    "no reader": NO_READER + ">&3 2>&3 3>&-",
    "closed": 'exec "$0" "$@" <&- >&- 2>&-',
}


def shell(script: str) -> list[str]:
    return ["bash", "-c", script, *PROGRAM]


def ends(script: str, *arguments):
    """How a command ends that the shell begins so."""
    return finish(start(*arguments, program=shell(script)))


@pytest.mark.parametrize("how", UNPRINTABLE)
def test_a_build_that_cannot_print_is_whole_and_ends_with_0(tmp_path, jobs, embedded, how):
    result = ends(UNPRINTABLE[how], *jobs(tmp_path / "shards", "--workers=1"))
    assert (result.code, result.out, result.err) == (0, "", "")
    assert content(tmp_path / "shards") == content(embedded)


@pytest.mark.slow
@pytest.mark.parametrize("how", UNPRINTABLE)
def test_so_it_is_with_worker_processes(tmp_path, jobs, embedded, how):
    result = ends(UNPRINTABLE[how], *jobs(tmp_path / "shards", "--workers=2"))
    assert (result.code, result.out, result.err) == (0, "", "")
    assert content(tmp_path / "shards") == content(embedded)


def test_a_build_whose_last_line_alone_cannot_be_printed_says_the_rest(tmp_path, jobs):
    result = ends('exec "$0" "$@" >/dev/full', *jobs(tmp_path / "shards", "--workers=1"))
    assert result.code == 0 and "check it: albert-data verify" in result.err
    assert "error" not in result.err and "Exception" not in result.err


def test_the_other_commands_that_make_files_end_with_0_too(tmp_path, tiny_build):
    tokens = tiny_build / "tokens"
    commands = {
        "remask": [
            "remask",
            tokens,
            "--output",
            tmp_path / "remask",
            "--config=tiny.yaml",
            "--workers=1",
        ],
        "report": ["report", tiny_build, "--output", tmp_path / "report"],
    }
    for name, command in commands.items():
        assert ends(UNPRINTABLE["full disk"], *command).code == 0, name
        assert (tmp_path / name).exists(), name


@pytest.mark.parametrize("how", UNPRINTABLE)
def test_an_error_that_cannot_be_printed_keeps_its_exit_code(tmp_path, how):
    assert ends(UNPRINTABLE[how], "verify", tmp_path).code == 1
    assert ends(UNPRINTABLE[how], "no-such-command").code == 2


def test_so_does_a_build_that_is_refused(tmp_path, jobs):
    assert ends(UNPRINTABLE["full disk"], *jobs(tmp_path, "--workers=0")).code == 2


@pytest.fixture
def printing(tiny_build):
    """The commands that are for what they print on stdout."""
    return {
        "inspect": ["inspect", tiny_build],
        "diff": ["diff", tiny_build, tiny_build],
        "help": ["build", "--help"],
    }


# All print by one way; of those that need a build, one is tried in the default run.
NAMES = [pytest.param("inspect", marks=pytest.mark.slow), "diff", "help"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_command_is_for_and_cannot_be_printed_is_an_error(printing, name):
    full = ends('exec "$0" "$@" >/dev/full', *printing[name])
    fails(full, "stdout: No space left on device", code=1)
    fails(ends('exec "$0" "$@" >&-', *printing[name]), "stdout: Bad file descriptor", code=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_leaves_ends_a_command_in_silence(printing, name):
    result = ends(NO_READER + ">&3 3>&-", *printing[name])
    assert (result.code, result.err) == (141, "")


def test_a_verdict_that_cannot_be_printed_is_no_success(tiny_build):
    assert ends('exec "$0" "$@" 2>/dev/full', "verify", tiny_build).code == 1
    assert ends(NO_READER + "2>&3 3>&-", "verify", tiny_build).code == 141


def test_a_closed_descriptor_is_not_given_to_the_next_file(tmp_path):
    code = (
        "import sys\nfrom albert_data.commands import printing\n"
        "with printing.watched():\n"
        f"    file = open({str(tmp_path / 'shard')!r}, 'w')\n"
        "    sys.exit(file.fileno() < 3)\n"
    )
    program = ["bash", "-c", UNPRINTABLE["closed"], sys.executable]
    assert finish(start("-c", code, program=program)).code == 0


def test_the_connection_that_a_command_loses_in_its_work_is_no_reader_that_left(
    monkeypatch, tmp_path
):
    def cut(path):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("albert_data.shards.manifest.read_manifest", cut)
    fails(albert_data("verify", tmp_path), "Broken pipe", code=1)


def test_a_table_in_a_pipe_is_as_wide_as_it_is(capsys):
    table = Table("what", box=None)
    table.add_row("word " * 100)
    console().print(table)
    assert "word " * 99 in capsys.readouterr().out


def test_what_a_locale_has_no_character_for_is_spelled_out(tiny_build):
    """An `inspect` of text with `⟨`, for a terminal that knows ASCII alone."""
    process = start("inspect", tiny_build, "--count=1", PYTHONIOENCODING="ascii", LC_ALL="C")
    result = finish(process)
    assert (result.code, result.err) == (0, "")
    assert "\\u27e8" in result.out and result.out.isascii()
