"""What is installed: the same files under names that no folder of a user's has, and commands."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.command_line import CORPUS
from tests.shared import ROOT

PROGRAMS = (
    "train", "evaluate", "analysis", "convert", "try", "export", "check-tpu", "check-hugging-face",
)  # fmt: skip
TAKEN_NAMES = ("model", "pipelines", "tests", "schema", "configs", "shards")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*command, folder, ROOT], check=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def wheel_programs(wheel, tmp_path_factory) -> Path:
    """The commands of the wheel, in an environment with the libraries of this one."""
    clean = tmp_path_factory.mktemp("environment")
    venv.create(clean)
    packages = next(clean.glob("lib/python*/site-packages"))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    pip = [sys.executable, "-m", "pip", "--python", clean / "bin/python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    return clean / "bin"


@pytest.fixture
def users_folder(tmp_path) -> Path:
    """A folder of a user's whose files have the names of folders of ours."""
    folder = tmp_path / "users"
    folder.mkdir()
    for name in TAKEN_NAMES:
        (folder / f"{name}.py").write_text(f"raise SystemExit('{name}.py is the user\\'s')\n")
    return folder


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess:
    """Runs a command in a folder whose files Python finds first of all."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("kind", ["editable", pytest.param("wheel", marks=pytest.mark.slow)])
def test_a_build_does_not_meet_what_a_user_calls_model_or_pipelines(
    kind, request, users_folder, vocabulary_file
):
    programs = Path(sys.executable).parent
    if kind == "wheel":
        programs = request.getfixturevalue("wheel_programs")
    given = ["--vocab", vocabulary_file, "--config=tiny", "--workers=2", "--output=made"]
    built = run(users_folder, programs / "albert-data", "build", *CORPUS[:1], *given)
    assert built.returncode == 0, built.stderr


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_trainers_programs_do_not_either(program, wheel_programs, users_folder):
    done = run(users_folder, wheel_programs / f"albert-{program}", "--help")
    text = done.stdout + done.stderr  # one prints its help as on any wrong use
    assert "Traceback" not in text and f"albert-{program}" in text


@pytest.mark.slow
def test_a_module_of_the_trainer_can_be_run_by_its_name(wheel_programs, users_folder):
    done = run(users_folder, wheel_programs / "python", "-m", "albert_model.evaluate", "--help")
    assert done.returncode == 0 and "--model-dir" in done.stdout, done.stderr


@pytest.mark.slow
def test_the_wheel_holds_every_module_page_and_ready_configuration_and_nothing_else(wheel):
    expected = {
        f"{name}/{path.relative_to(ROOT / folder)}"
        for name, folder in (
            ("albert_data", "albert_data"),
            ("albert_pipelines", "pipelines"),
            ("albert_model", "model"),
            ("albert_data/configs", "configs"),
        )
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix != ".pyc"
    }
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == expected


@pytest.mark.slow
@pytest.mark.parametrize("program", ["evaluate", "analysis", "check_tpu"])
def test_in_a_checkout_a_program_can_be_run_as_a_file(program, tmp_path):
    command = [sys.executable, ROOT / "model" / f"{program}.py", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "Usage:" in done.stdout, done.stderr
