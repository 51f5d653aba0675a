"""The Dockerfiles, as far as they can be judged without Docker."""

import os
import subprocess
import sys

import pytest

from tests.engines import docker_stand_in
from tests.engines.servers import BIN, ROOT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.mark.parametrize("image", ["worker", "trainer"])
def test_a_linter_finds_nothing_in_a_dockerfile(image):
    command = [BIN / "hadolint", ROOT / "docker" / f"{image}.Dockerfile"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_an_image_that_is_not_known_is_refused():
    made = subprocess.run([ROOT / "docker/build.sh", "wrker"], capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (2, "no such image: wrker\n")


def build(kind, folder):
    """The environment that the steps of an image's Dockerfile leave, by the project's own script."""
    source, root, shims = folder / "source", folder / "image", folder / "bin"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    shims.mkdir()
    docker = shims / "docker"
    docker.write_text(f'#!/bin/sh\nexec {sys.executable} {docker_stand_in.__file__} {root} "$@"\n')
    docker.chmod(0o755)
    path = f"{shims}:{BIN}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PIP_NO_COMPILE": "1"}  # half the time
    made = subprocess.run(
        [source / "docker/build.sh", kind], env=environment, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert not list((root / "tmp").glob("*")), "the image keeps temporary files"
    return root


@pytest.mark.parametrize(
    "kind, tensorflow, constraints",
    [
        ("trainer-cpu", "tensorflow-cpu==", "constraints.txt"),
        ("trainer-gpu", "tensorflow[and-cuda]==", "constraints.txt"),
        ("trainer-tpu", "tensorflow-tpu==", "constraints-tpu.txt"),
    ],
)
def test_a_trainers_image_has_the_tensorflow_of_its_extra(tmp_path, kind, tensorflow, constraints):
    source = tmp_path / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$@"\n')
    docker.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{BIN}:{os.environ['PATH']}"}
    told = subprocess.check_output([source / "docker/build.sh", kind], env=environment, text=True)
    assert f"--build-arg CONSTRAINTS={constraints} " in told
    assert "--file docker/trainer.Dockerfile " in told
    wanted = (source / "dist/extra.txt").read_text().splitlines()
    assert sum(line.startswith(tensorflow) for line in wanted) == 1
    assert any(line.startswith("keras==") for line in wanted)


def run(root, *command):
    path = f"{root / 'venv' / 'bin'}:/usr/bin:/bin"
    return subprocess.run(command, env={"PATH": path}, cwd=root, capture_output=True, text=True)


def test_the_steps_of_the_worker_image_make_a_worker_without_tensorflow(tmp_path):
    root = build("worker", tmp_path)
    told = run(root, "sh", "-c", "albert-data --version")
    assert (told.returncode, told.stderr) == (0, "")
    stores = run(
        root, "sh", "-c", "python -c 'import albert_data.storage.object_stores, apache_beam.io.gcp'"
    )
    assert stores.returncode == 0, stores.stderr
    absent = run(root, "sh", "-c", "python -c 'import tensorflow'")
    assert "No module named 'tensorflow'" in absent.stderr


def test_the_steps_of_the_trainer_image_make_a_trainer_without_beam(tmp_path):
    root = build("trainer-cpu", tmp_path)
    told = run(root, "sh", "-c", "albert-train --shards none --model-dir run --strategy cpu")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-2] == "error: none: no such folder"
    absent = run(root, "sh", "-c", "python -c 'import apache_beam'")
    assert "No module named 'apache_beam'" in absent.stderr
