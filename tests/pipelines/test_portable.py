"""Beam's Job API in this process: the everyday stand-in for the engines under engines/."""

import pytest

from tests.command_line import CORPUS, SMALL, content, finish, leftovers, start, succeeds


@pytest.mark.slow
def test_a_job_server_makes_the_same_bytes_as_this_machine(tmp_path, vocabulary_file):
    made = []
    for name, options in (
        ("here", ["--workers=1"]),
        (
            "served",
            ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"],
        ),
    ):
        folder = tmp_path / name
        given = ["--vocab", vocabulary_file, "--output", folder, *SMALL, *options]
        succeeds(finish(start("build", *CORPUS, *given)))
        made.append(content(folder))
        assert leftovers(folder) == []
    assert made[0] == made[1]
