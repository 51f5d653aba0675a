"""Each command in an environment without what an extra brings: one message with the line that installs it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.command_line import python_path
from tests.shared import ROOT

COMMANDS = {
    name: target
    for name, target in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "scripts"
    ].items()
    if target.startswith("albert_model.")
}
TRAIN = ("tensorflow", "keras", "safetensors", "jax", "jaxlib", "tensorboard")
# What each needs at once; the rest is asked for by what it is given.
ARGUMENTS = {
    "albert-train": ["--shards", "s", "--model-dir", "m"],
    "albert-finetune": ["--task=rte", "--data=d", "--init=random", "--output=o"],
    "albert-check-hugging-face": ["write", "a"],
}
# Read at the start of a process, as if these were not installed.
_BLOCKED = """
import os, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ["ABSENT"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from importlib import util
found = util.find_spec
def find_spec(name, package=None):
    return None if name.partition(".")[0] in os.environ["ABSENT"].split() else found(name, package)
util.find_spec = find_spec
"""


def run_without(
    absent: tuple[str, ...], folder: Path, *command: str
) -> subprocess.CompletedProcess:
    (folder / "sitecustomize.py").write_text(_BLOCKED)
    path = os.pathsep.join([python_path(folder), str(ROOT / "typings")])
    environment = {**os.environ, "PYTHONPATH": path, "ABSENT": " ".join(absent)}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )


# What check-tpu needs is in environments that it is told.
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"albert-check-tpu"}))
def test_command_without_its_libraries_says_what_to_install(name: str, tmp_path: Path) -> None:
    module, _, function = COMMANDS[name].partition(":")
    code = f"from {module} import {function}; {function}()"
    done = run_without(TRAIN, tmp_path, "-c", code, *ARGUMENTS.get(name, ["--help"]))
    assert done.returncode == 2, done.stderr
    assert "not installed" in done.stderr and "Traceback" not in done.stderr
    assert "\n  fix: pip install 'albert-data[train]'" in done.stderr


@pytest.mark.parametrize("command", [["-m", "model.try"], [str(ROOT / "model" / "evaluate.py")]])
def test_program_run_as_a_file_or_module_says_it_too(command: list[str], tmp_path: Path) -> None:
    done = run_without(TRAIN, tmp_path, *command, "--help")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "fix: pip install 'albert-data[train]'" in done.stderr


def test_the_engine_that_is_asked_for_names_its_own_extra(tmp_path: Path) -> None:
    code = "from albert_model.programs import train; train()"
    given = ["--shards=s", "--model-dir=m", "--engine=jax"]
    done = run_without(("jax", "jaxlib"), tmp_path, "-c", code, *given)
    assert done.returncode == 2 and "fix: pip install 'albert-data[jax]'" in done.stderr


def test_a_defect_of_ours_keeps_its_traceback(tmp_path: Path) -> None:
    done = run_without(("numpy",), tmp_path, "-m", "model.evaluate", "--help")
    assert "Traceback" in done.stderr and "pip install" not in done.stderr
