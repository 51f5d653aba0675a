"""The Dockerfiles, as far as they can be judged without Docker."""

import subprocess

import pytest

from tests.engines.servers import BIN, ROOT

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("image", ["worker", "trainer"])
def test_a_linter_finds_nothing_in_a_dockerfile(image):
    command = [BIN / "hadolint", ROOT / "docker" / f"{image}.Dockerfile"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_an_image_that_is_not_known_is_refused():
    made = subprocess.run([ROOT / "docker/build.sh", "wrker"], capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (2, "no such image: wrker\n")
